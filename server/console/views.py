"""Serve the desk's empty page. No token, name or text ever passes through here: the modules fetch them."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

LANGUAGES = ("nl", "en")
DEFAULT_LANGUAGE = "nl"
# The same cookie as the app's: who reads English there reads English here.
LANGUAGE_COOKIE = "warmlijn_language"
LANGUAGE_COOKIE_SECONDS = 365 * 24 * 3600


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Answer the page in Dutch, or in the language that the reader chose with `?lang=` here or in the app."""
    chosen = _known(request.GET.get("lang"))
    language = chosen or _known(request.COOKIES.get(LANGUAGE_COOKIE)) or DEFAULT_LANGUAGE
    response = render(request, "console/desk.html", {"language": language, "is_demo": settings.APP_ENV == "dev"})
    if chosen:
        _remember(response, chosen, secure=request.is_secure())
    response.headers["Content-Language"] = language
    patch_vary_headers(response, ["Cookie"])
    return response


@require_safe
def lead_to_desk(request: HttpRequest) -> HttpResponse:
    """Lead who left out the last stroke to the desk."""
    return HttpResponseRedirect(reverse("console-index"))


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
