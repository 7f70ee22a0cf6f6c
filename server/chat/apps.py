"""Django's handle on the chat room."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Label `chat`."""

    name = "server.chat"
    label = "chat"
