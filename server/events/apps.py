"""Django's handle on the outbox."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Label `events`."""

    name = "server.events"
    label = "events"
