"""What a push token may look like. A browser's is its subscription as JSON, and names the address we would call: that
address must be https and of a push service on a list, or anybody could make this server call a machine of theirs."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

MOST_DEVICES: Final = 10  # a person; sessions on more are signed in, but the one unused longest gets no pushes
ASK_AGAIN_AFTER: Final = timedelta(days=60)
DROPPED_AFTER: Final = timedelta(days=270)  # Firebase calls an Android token dead after as long without contact
MOST_TOKEN_LENGTH: Final = 4096
# One plain form only: no port, no name and password before the host, nothing that two readers take differently.
_ENDPOINT: Final = re.compile(r"https://([a-z0-9](?:[a-z0-9.-]{0,252}))(/[A-Za-z0-9._~:/?=&%+,;@!$'()*-]{1,2000})")
_PHONE_TOKEN: Final = re.compile(r"[!-~]{1,4096}")
_POINT_BYTES: Final = 65
_SECRET_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser's pushes go (RFC 8030), and its keys (RFC 8291) in base64url."""

    endpoint: str
    host: str
    p256dh: str
    auth: str

    def write(self) -> str:
        """Return it in the one form in which it is stored and compared."""
        shape = {"endpoint": self.endpoint, "keys": {"auth": self.auth, "p256dh": self.p256dh}}
        return json.dumps(shape, separators=(",", ":"), sort_keys=True)


def clean_push_token(token: str, platform: str, hosts: Sequence[str], *, plain_web: bool = False) -> str | None:
    """Return a token in the form in which it is stored, None when it is none. `hosts` as in `is_on_list`.

    With `plain_web` a browser may bring a token instead of a subscription, as Firebase's own library for browsers has.
    """
    if platform == "web" and not (plain_web and not token.lstrip().startswith("{")):
        subscription = read_subscription(token, hosts)
        return None if subscription is None else subscription.write()
    return token if _PHONE_TOKEN.fullmatch(token) else None


def read_subscription(text: str, hosts: Sequence[str]) -> Subscription | None:
    """Return a browser's subscription from what `PushSubscription.toJSON()` gives, None for anything else."""
    try:
        shape = json.loads(text) if len(text) <= MOST_TOKEN_LENGTH else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(shape, dict) or set(shape) - {"endpoint", "expirationTime", "keys"}:
        return None
    keys = shape.get("keys")
    if not isinstance(keys, dict) or set(keys) != {"p256dh", "auth"}:
        return None
    found = _ENDPOINT.fullmatch(shape["endpoint"]) if isinstance(shape.get("endpoint"), str) else None
    if found is None or not is_on_list(found[1], hosts) or not _are_keys(keys["p256dh"], keys["auth"]):
        return None
    return Subscription(shape["endpoint"], found[1], keys["p256dh"], keys["auth"])


def is_on_list(host: str, hosts: Sequence[str]) -> bool:
    """Say whether a host is one of `hosts`, or lies below one that begins with a dot (`.push.apple.com`)."""
    return any(host.endswith(one) and len(host) > len(one) if one.startswith(".") else host == one for one in hosts)


def _are_keys(point: Any, secret: Any) -> bool:
    return _count_bytes(point) == _POINT_BYTES and _count_bytes(secret) == _SECRET_BYTES


def _count_bytes(text: Any) -> int:
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", text):
        return -1
    try:
        return len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except binascii.Error:
        return -1
