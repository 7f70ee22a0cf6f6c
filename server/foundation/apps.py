"""Django's handle on the foundation: its system checks are registered here."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """Label `foundation`; holds the one-row table that proves that key ring and database belong together."""

    name = "server.foundation"
    label = "foundation"

    def ready(self) -> None:
        """Register the system checks and set up the logs."""
        from server.foundation import checks, logs

        checks.register_checks()
        logs.configure_logs()
