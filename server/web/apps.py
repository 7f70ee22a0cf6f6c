"""Django's name for the page at `/`."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Bring the templates, the static files and the Dutch words of the page."""

    name = "server.web"
    label = "web"
    verbose_name = "Web page"
