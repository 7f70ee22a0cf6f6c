"""Django's handle on the push room: its system checks are registered here."""

from django.apps import AppConfig


class PushConfig(AppConfig):
    """Label `push`."""

    name = "server.push"
    label = "push"

    def ready(self) -> None:
        """Register the system checks."""
        from server.push.checks import register_checks

        register_checks()
