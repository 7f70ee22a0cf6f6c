"""Which backend sends to which platform: PUSH_BACKEND, a list separated by commas, read in its order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from django.conf import settings

from server.push.backends.console import ConsoleBackend
from server.push.backends.port import Outcome, Push, PushBackend, Verdict
from server.push.rules.deciding import NO_BACKEND

if TYPE_CHECKING:
    from server.push.backends.fcm import FcmBackend

GOOGLE: Final = "https://fcm.googleapis.com"
CONSOLE: Final = "console"
FCM: Final = "fcm"
WEBPUSH: Final = "webpush"
# What each can reach.
REACH: Final = {
    CONSOLE: frozenset({"android", "ios", "web"}),
    FCM: frozenset({"android", "ios"}),
    WEBPUSH: frozenset({"web"}),
}


class NoBackend:
    """For a platform that no backend of this installation reaches: nothing is sent there."""

    name = "none"

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Return that for each."""
        return [Outcome(Verdict.UNREACHED, NO_BACKEND)] * len(pushes)


def find_backend(platform: str) -> PushBackend:
    """Return the backend for a platform. The same one each time: it keeps its connections."""
    return _open_backend(_name_backend(platform))


def find_call_backend(platform: str) -> PushBackend:
    """Return the same with threads and connections of its own: a call never waits behind a crowd of messages."""
    return _open_backend(_name_backend(platform), for_calls=True)


def is_on(backend: str) -> bool:
    """Say whether a backend is one of PUSH_BACKEND."""
    return backend in settings.PUSH_BACKEND


def open_fcm() -> FcmBackend:
    """Return a new backend for phones by the settings."""
    # Loaded when it is used: firebase-admin takes 0.4 s and 40 MB that web processes and the console do not need.
    from server.push.backends.fcm import FcmBackend, FcmConfig

    return FcmBackend(FcmConfig(settings.FCM_CREDENTIALS_FILE, settings.FCM_BASE_URL))


def open_webpush() -> PushBackend:
    """Return a new backend for browsers by the settings."""
    # Loaded when it is used, as firebase-admin is.
    from server.push.backends.webpush import WebPushBackend, WebPushConfig

    hosts = tuple(settings.WEBPUSH_HOSTS)
    return WebPushBackend(WebPushConfig(settings.VAPID_KEY_FILE, settings.VAPID_SUBJECT, hosts))


def forget_backends() -> None:
    """Open them anew by the settings (tests)."""
    _open_backend.cache_clear()


def _name_backend(platform: str) -> str | None:
    return next((one for one in settings.PUSH_BACKEND if platform in REACH.get(one, ())), None)


@cache
def _open_backend(name: str | None, *, for_calls: bool = False) -> PushBackend:
    match name:
        case "console":
            return ConsoleBackend()
        case "fcm":
            return open_fcm()
        case "webpush":
            return open_webpush()
    return NoBackend()
