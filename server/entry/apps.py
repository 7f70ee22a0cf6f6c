"""Django's handle on the entry: when everything is loaded, the switchboard is thrown."""

from django.apps import AppConfig


class EntryConfig(AppConfig):
    """Label `entry`; the last of ours in INSTALLED_APPS."""

    name = "server.entry"
    label = "entry"

    def ready(self) -> None:
        """Bind ports, listeners, commands and renderers."""
        from server.wiring import wire

        wire()
