"""Django's handle on the availability room."""

from django.apps import AppConfig


class AvailabilityConfig(AppConfig):
    """Label `availability`."""

    name = "server.availability"
    label = "availability"
