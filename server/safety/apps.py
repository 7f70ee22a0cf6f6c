"""Django's handle on the safety room."""

from django.apps import AppConfig


class SafetyConfig(AppConfig):
    """Label `safety`."""

    name = "server.safety"
    label = "safety"
