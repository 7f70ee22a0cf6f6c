"""System checks of push: a configuration with which no phone would ring is found at the start, not in the night."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from server.push.backends.choosing import CONSOLE, FCM, GOOGLE, REACH, WEBPUSH, is_on
from server.push.backends.vapid import VapidKeyError, read_vapid_key

Rule = tuple[str, str, Callable[[], bool]]
_HOST: Final = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)+")
_CONTACT: Final = re.compile(r"mailto:[^@\s]+@[^@\s]+\.[^@\s]+|https://[a-z0-9.-]+\.[a-z]+(/\S*)?")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def _is_on_loopback() -> bool:
    parts = urlsplit(settings.FCM_BASE_URL)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK


def _is_base_url_wrong() -> bool:
    plain = settings.FCM_BASE_URL == GOOGLE
    return not plain and (settings.APP_ENV == "prod" or not _is_on_loopback())


def _is_readable() -> bool:
    file = settings.FCM_CREDENTIALS_FILE
    try:
        return file is not None and bool(file.read_bytes())
    except OSError:
        return False


def _find_key_problem() -> str:
    try:
        read_vapid_key(settings.VAPID_KEY_FILE)
    except VapidKeyError as problem:
        return str(problem)
    return ""


# id, sentence, and when it applies: what no process starts with, in dev either.
RULES: Sequence[Rule] = (
    ("warmlijn.E031", f"PUSH_BACKEND lists one or more of {', '.join(REACH)}, separated by commas",
     lambda: not settings.PUSH_BACKEND or bool(set(settings.PUSH_BACKEND) - set(REACH))),
    ("warmlijn.E032", "FCM_CREDENTIALS_FILE must name a readable file: the service account's key from Firebase",
     lambda: is_on(FCM) and not _is_readable()),
    ("warmlijn.E033", f"FCM_BASE_URL is for a stand-in on this machine (http://127.0.0.1:PORT); in prod leave {GOOGLE}",
     _is_base_url_wrong),
    ("warmlijn.E034", "VAPID_SUBJECT must be mailto:ADDRESS or https://…, for push services to write to",
     lambda: is_on(WEBPUSH) and not _CONTACT.fullmatch(settings.VAPID_SUBJECT)),
    ("warmlijn.E035", "WEBPUSH_HOSTS must list host names of push services, without scheme or port",
     lambda: is_on(WEBPUSH) and (not settings.WEBPUSH_HOSTS
                                 or not all(_HOST.fullmatch(one) for one in settings.WEBPUSH_HOSTS))),
)  # fmt: skip


def register_checks() -> None:
    """Register every check of push."""
    register(check_push)


def check_push(app_configs: Iterable[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Refuse each broken rule; warn of a production in which no phone rings."""
    found: list[CheckMessage] = [Error(sentence, id=id_) for id_, sentence, broken in RULES if broken()]
    if is_on(WEBPUSH) and (problem := _find_key_problem()):
        found.append(Error(problem, hint="python -m server push key", id="warmlijn.E036"))
    if settings.APP_ENV == "prod" and is_on(CONSOLE):
        hint = "docs/push.md: PUSH_BACKEND=fcm"
        found.append(Warning("PUSH_BACKEND holds console: pushes go into the log", hint=hint, id="warmlijn.W031"))
    return found
