"""Django's handle on the buddies room."""

from django.apps import AppConfig


class BuddiesConfig(AppConfig):
    """Label `buddies`."""

    name = "server.buddies"
    label = "buddies"
