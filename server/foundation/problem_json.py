"""From an error to `application/problem+json` (RFC 9457) with a stable `code`; a fault of ours shows nothing inside."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import DisallowedHost
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response

from server.foundation.errors import (
    BadRequest,
    Forbidden,
    Internal,
    MethodNotAllowed,
    NotFound,
    NotSignedIn,
    TooLarge,
    Unavailable,
    UnsupportedMediaType,
    WarmlijnError,
)
from server.foundation.json_codec import encode
from server.foundation.logs import get_logger

log = get_logger(__name__)
MEDIA_TYPE = "application/problem+json"

_TRANSLATIONS: tuple[tuple[type[Exception], type[WarmlijnError]], ...] = (
    (Http404, NotFound),
    (DjangoPermissionDenied, Forbidden),
    (DisallowedHost, BadRequest),
    (exceptions.NotAuthenticated, NotSignedIn),
    (exceptions.AuthenticationFailed, NotSignedIn),
    (exceptions.PermissionDenied, Forbidden),
    (exceptions.NotFound, NotFound),
    (exceptions.MethodNotAllowed, MethodNotAllowed),
    (exceptions.UnsupportedMediaType, UnsupportedMediaType),
    (exceptions.ParseError, BadRequest),
    (exceptions.ValidationError, BadRequest),
    (DatabaseError, Unavailable),
    (InterfaceError, Unavailable),  # a dead connection; no DatabaseError in Django's family
)


def translate_exception(problem: Exception) -> WarmlijnError:
    """Return the error of ours that stands for `problem`; what nobody foresaw becomes Internal and is logged."""
    if isinstance(problem, WarmlijnError):
        return problem
    for known, ours in _TRANSLATIONS:
        if isinstance(problem, known):
            if ours is Unavailable:
                log.error("database_unavailable", problem=type(problem).__name__)
            return ours()
    log.error("unforeseen", exc_info=problem)
    return Internal()


def answer_exception(problem: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every refusal of the API leaves through here."""
    error = translate_exception(problem)
    response = Response(describe_problem(error), status=error.http_status, content_type=MEDIA_TYPE)
    if error.retry_after is not None:
        response["Retry-After"] = str(max(1, round(error.retry_after.total_seconds())))
    if isinstance(error, NotSignedIn):
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(problem, exceptions.MethodNotAllowed) and (view := context.get("view")):
        response["Allow"] = ", ".join(view.allowed_methods)
    return response


def answer_error(error: WarmlijnError) -> HttpResponse:
    """Return the problem outside DRF: unknown paths, refused hosts, faults in a middleware."""
    return HttpResponse(encode(describe_problem(error)), status=error.http_status, content_type=MEDIA_TYPE)


def answer_400(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    error = TooLarge() if type(exception).__name__ == "RequestDataTooBig" else BadRequest()
    return answer_error(error)


def answer_403(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    return answer_error(Forbidden())


def answer_404(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404: the same answer as for a thing that is not yours."""
    return answer_error(NotFound())


def answer_500(_request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    return answer_error(Internal())


def describe_problem(error: WarmlijnError) -> dict[str, object]:
    """Return the fields of a problem."""
    return {"type": "about:blank", "title": error.title, "status": error.http_status} | error.describe()
