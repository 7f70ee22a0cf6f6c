"""Serve the page and its worker. No token, name or message ever passes through here: the browser fetches those."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from server.foundation.page_language import mark_language, read_language
from server.web.help_lines import list_help_lines
from server.web.shell_files import list_modules, list_shell, read_version, read_worker


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Answer the page in Dutch, or in the language that the reader chose with `?lang=` here or at the desk."""
    language = read_language(request)
    with translation.override(language):
        response = render(request, "web/index.html", _read_context(language))
    return mark_language(request, response, language)


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Answer the service worker, from the root so that it may serve the page: its files and their version first."""
    shell = json.dumps({"version": read_version(), "files": list_shell()})
    return HttpResponse(f"self.SHELL = {shell};\n{read_worker()}", content_type="text/javascript")


def _read_context(language: str) -> dict[str, Any]:
    return {
        "language": language,
        "exit_url": settings.QUICK_EXIT_URL,
        "is_demo": settings.APP_ENV == "dev",
        "help_lines": list_help_lines(),
        "modules": list_modules(language),
    }
