"""Tables of the chat room.

The hot ones hold plain ids instead of foreign keys: they are written in bulk and can be partitioned.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ConversationKey(models.Model):
    """The wrapped data key of one conversation; destroying it makes every body unreadable."""

    id = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()
    kek_id = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)


class Conversation(models.Model):
    """A talk between members. `last_seq` is the number of messages ever accepted; its row lock orders them."""

    id = models.UUIDField(primary_key=True)
    team_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    last_seq = models.BigIntegerField(default=0)
    key = models.OneToOneField(ConversationKey, on_delete=models.PROTECT)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["pair", "line", "room"]), name="conversation_kind_known"),
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="conversation_state_known"),
        ]


class Membership(models.Model):
    """One person in one conversation, and their prefix gate.

    While the gate is open the member sees everything up to the conversation's `last_seq`; while it is closed,
    everything up to `visible_upto`, where the gate closed. `gate_version` counts its turns. Nobody sees messages up
    to their own `visible_from` (0: from the start).
    """

    id = models.UUIDField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="memberships")
    person_id = models.UUIDField(db_index=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    gate = models.CharField(max_length=10, default="open")
    gate_reason = models.CharField(max_length=40, default="")
    gate_version = models.IntegerField(default=0)
    opens_at = models.DateTimeField(null=True)
    visible_from = models.BigIntegerField(default=0)
    visible_upto = models.BigIntegerField(default=0)
    read_upto = models.BigIntegerField(default=0)
    delivered_upto = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "person_id"], name="membership_once"),
            models.CheckConstraint(condition=Q(gate__in=["open", "closed"]), name="membership_gate_known"),
        ]


class Message(models.Model):
    """One accepted message. `body` is sealed, null once withdrawn; `body_hash` is keyed and compares repeats only."""

    id = models.UUIDField(primary_key=True)
    conversation_id = models.UUIDField()
    seq = models.BigIntegerField()
    sender_id = models.UUIDField()
    client_id = models.UUIDField()
    reply_to = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    body = models.BinaryField(null=True)
    body_hash = models.BinaryField()
    accepted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation_id", "seq"], name="message_seq_once"),
            models.UniqueConstraint(fields=["client_id", "sender_id"], name="message_client_id_once"),
            models.CheckConstraint(condition=Q(state__in=["accepted", "withdrawn"]), name="message_state_known"),
        ]
