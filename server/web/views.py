"""Serve the page. No token, name or message ever passes through here: the module in the browser fetches those."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from server.web.help_lines import list_help_lines

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


def _read_context(language: str) -> dict[str, Any]:
    lines = list_help_lines()
    oldest = min((line.checked_on for line in lines), default=None)
    return {"language": language, "help_lines": lines, "help_checked_on": oldest}


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
