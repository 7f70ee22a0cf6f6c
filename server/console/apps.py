"""Django's name for the desk."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Bring the template and the static files of the desk."""

    name = "server.console"
    label = "console"
    verbose_name = "Coordinators' desk"
