"""Django's handle on the realtime room."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    """Label `realtime`."""

    name = "server.realtime"
    label = "realtime"
