"""Django's handle on the foundation: its system checks are registered and a demo clock is put up here."""

from django.apps import AppConfig
from django.conf import settings


class FoundationConfig(AppConfig):
    """Label `foundation`; holds the one-row table that proves that key ring and database belong together."""

    name = "server.foundation"
    label = "foundation"

    def ready(self) -> None:
        """Register the system checks, set up the logs, and in dev the demo clock, if one is asked for."""
        from server.foundation import checks, clock, demo_clock, logs

        checks.register_checks()
        logs.configure_logs()
        if settings.APP_ENV == "dev" and settings.DEMO_CLOCK is not None:
            shown = demo_clock.DemoClock(settings.DEMO_CLOCK, settings.DEMO_CLOCK_SPEED, settings.VAR)
            clock.replace_clock(shown)
