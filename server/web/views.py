"""Serve the page and its worker. No token, name or message ever passes through here: the browser fetches those."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from server.web.help_lines import list_help_lines
from server.web.shell_files import list_modules, list_shell, read_version, read_worker

LANGUAGES = ("nl", "en")
DEFAULT_LANGUAGE = "nl"
LANGUAGE_COOKIE = "warmlijn_language"
LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Answer the page in Dutch, or in the language that the reader chose with `?lang=` before."""
    chosen = _known(request.GET.get("lang"))
    language = chosen or _known(request.COOKIES.get(LANGUAGE_COOKIE)) or DEFAULT_LANGUAGE
    with translation.override(language):
        response = render(request, "web/index.html", _read_context(language))
    if chosen:
        _remember(response, chosen, secure=request.is_secure())
    return _with_headers(response, language)


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


def _known(language: str | None) -> str | None:
    return language if language in LANGUAGES else None


def _remember(response: HttpResponse, language: str, *, secure: bool) -> None:
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=LANGUAGE_COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def _with_headers(response: HttpResponse, language: str) -> HttpResponse:
    response.headers["Content-Language"] = language
    patch_vary_headers(response, ["Cookie"])
    return response
