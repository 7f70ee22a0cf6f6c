"""In which language a page is: the one that its reader chose with `?lang=`, here or on another page, else Dutch."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

_LANGUAGES: Final = ("nl", "en")
_DEFAULT: Final = "nl"
# One for all pages: who reads English in the app reads English at the desk.
_COOKIE: Final = "warmlijn_language"
_COOKIE_SECONDS: Final = 365 * 24 * 3600


def read_language(request: HttpRequest) -> str:
    """Return the language to answer a page in."""
    return _read_choice(request) or _known(request.COOKIES.get(_COOKIE)) or _DEFAULT


def mark_language(request: HttpRequest, response: HttpResponse, language: str) -> HttpResponse:
    """Say in the headers in which language a page is, and remember what its reader has just chosen."""
    if _read_choice(request):
        response.set_cookie(
            _COOKIE, language, max_age=_COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    response.headers["Content-Language"] = language
    patch_vary_headers(response, ["Cookie"])
    return response


def _read_choice(request: HttpRequest) -> str | None:
    return _known(request.GET.get("lang"))


def _known(language: str | None) -> str | None:
    return language if language in _LANGUAGES else None
