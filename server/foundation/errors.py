"""What can go wrong, as values with a stable code: the same error serves REST (problem+json) and the socket."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Literal

Retry = Literal["never", "same", "after"]


class WarmlijnError(Exception):
    """A refusal with a stable code. Subclasses set `code`, `http_status`, `retry`; raising one has changed nothing.

    `retry` tells the client: `never` (the same request can only fail again), `same` (send it again unchanged),
    `after` (not before `retry_after`).  `extra` holds further named fields of the answer.
    """

    code: ClassVar[str] = "server.internal"
    http_status: ClassVar[int] = 500
    retry: ClassVar[Retry] = "never"
    title: ClassVar[str] = "Something went wrong here"

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after: timedelta | None = None,
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.retry_after = retry_after
        self.extra = extra or {}

    def describe(self) -> dict[str, object]:
        """Return the fields that both edges show: code, retry, and where present retry_after_ms, detail and extras."""
        shown: dict[str, object] = {"code": self.code, "retry": self.retry}
        if self.retry_after is not None:
            shown["retry_after_ms"] = int(self.retry_after.total_seconds() * 1000)
        if self.detail:
            shown["detail"] = self.detail
        return shown | self.extra


class EnvironmentProblem(Exception):
    """A variable is missing, contradictory or not of its type; the message names it and never shows its value."""


class BadRequest(WarmlijnError):
    """The request is not of the contract's form."""

    code, http_status, title = "proto.bad_frame", 400, "The request is not of the agreed form"


class NotFound(WarmlijnError):
    """The thing does not exist or is not yours: the two are never told apart."""

    code, http_status, title = "http.not_found", 404, "Not found"


class MethodNotAllowed(WarmlijnError):
    """The path knows no such method."""

    code, http_status, title = "http.method_not_allowed", 405, "Method not allowed"


class UnsupportedMediaType(WarmlijnError):
    """The body is not JSON."""

    code, http_status, title = "http.unsupported_media_type", 415, "Send application/json"


class TooLarge(WarmlijnError):
    """A frame or a body beyond the limit."""

    code, http_status, title = "proto.too_large", 413, "Too large"


class NotSignedIn(WarmlijnError):
    """No live session comes with the request."""

    code, http_status, title = "auth.session_revoked", 401, "Sign in first"


class Forbidden(WarmlijnError):
    """The role may not do this at all (an object that is not yours is NotFound instead)."""

    code, http_status, title = "auth.forbidden", 403, "Not allowed"


class RateLimited(WarmlijnError):
    """Too many in too short a time; `retry_after` says when the next one fits."""

    code, http_status, retry, title = "rate.limited", 429, "after", "Too many requests"


class Unavailable(WarmlijnError):
    """A dependency is away; nothing was changed."""

    code, http_status, retry, title = "server.unavailable", 503, "after", "Please try again in a moment"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, retry_after=timedelta(seconds=1))


class Overloaded(WarmlijnError):
    """More work is waiting than this process takes on; nothing was changed."""

    code, http_status, retry, title = "server.overloaded", 503, "after", "Please try again in a moment"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, retry_after=timedelta(seconds=2))


class Internal(WarmlijnError):
    """A fault of ours. The log holds the cause under the request id; the answer does not.

    `same`: what is sent again unchanged (with the same `m`) is never done twice.
    """

    retry = "same"
