"""Conversations and messages, in plain text and in two tables."""

from django.conf import settings
from django.db import models


class Conversation(models.Model):
    """A talk between its members."""

    objects: models.Manager["Conversation"]
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="conversations")


class Message(models.Model):
    """One message of a conversation."""

    objects: models.Manager["Message"]
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at"]
