"""Firebase Cloud Messaging as its documentation has it: sign-in with a signed assertion, HTTP v1 send, errors."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
from google.auth import jwt

from server.entry.fake_push.faults import WRONGS, Faults, Wrong, shape_error
from server.entry.fake_push.http import HttpAnswer, HttpRequest, answer_json
from server.foundation.clock import read_monotonic
from server.foundation.ids import make_id, make_secret

PROJECT: Final = "warmlijn-local"
_SCOPES: Final = (
    "https://www.googleapis.com/auth/firebase.messaging",
    "https://www.googleapis.com/auth/cloud-platform",
)
# Google's client names this audience whatever token_uri the account's file has.
_AUDIENCE: Final = "https://oauth2.googleapis.com/token"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_MOST_KEPT: Final = 200_000
_MOST_BYTES: Final = 4096  # of a message's payload
_TTL: Final = re.compile(r"[0-9]{1,7}(\.[0-9]{1,9})?s")
_FIELDS: Final = frozenset(["token", "data", "notification", "android", "apns", "webpush", "fcm_options", "name"])
_ANDROID: Final = frozenset(
    ["collapse_key", "priority", "ttl", "restricted_package_name", "data", "notification", "fcm_options",
     "direct_boot_ok"]
)  # fmt: skip


@dataclass(slots=True)
class FakeFirebase:
    """One project with one service account. What it took on, and what it refused, is kept for whoever asks."""

    service_account: Mapping[str, str]  # client_email, token_uri
    public_key: str
    faults: Faults = field(default_factory=Faults)
    token_seconds: float = 3600.0
    skew_seconds: int = 0  # how far the callers' clock may be off, for tests in which it stands still
    sign_ins_fail: Wrong | None = None
    received: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_MOST_KEPT))
    sign_ins: int = 0
    count: int = 0
    known: set[str] | None = None  # None: every token counts as registered
    _access: dict[str, float] = field(default_factory=dict)

    def sign_in(self, request: HttpRequest) -> HttpAnswer:
        """Give an access token for an assertion that this account has signed for this address."""
        self.sign_ins += 1
        if self.sign_ins_fail is not None:
            return answer_json(shape_error(self.sign_ins_fail), self.sign_ins_fail.http)
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if form.get("grant_type") != _GRANT or not self._is_ours(form.get("assertion", "")):
            return answer_json({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, 400)
        token = make_secret()
        self._access[token] = read_monotonic() + self.token_seconds
        return answer_json({"access_token": token, "expires_in": int(self.token_seconds), "token_type": "Bearer"})

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Take on one message, or refuse it as documented, or go wrong as told."""
        if not self._is_signed_in(request):
            return answer_json(shape_error(WRONGS["unauthenticated"]), 401)
        if request.path != f"/v1/projects/{PROJECT}/messages:send":
            return answer_json(shape_error(WRONGS["forbidden"]), 403)
        try:
            body = orjson.loads(request.body)
            message, only_look = require_message(body), bool(body.get("validate_only"))
        except (ValueError, TypeError, KeyError) as problem:
            return _refuse(str(problem))
        if only_look:
            return answer_json({"name": f"projects/{PROJECT}/messages/fake_message_id"})
        return self._deliver(message)

    def forget(self) -> None:
        """Begin anew: no faults, nothing received; who is signed in stays."""
        self.received.clear()
        self.count = self.sign_ins = 0
        self.faults, self.known, self.token_seconds, self.sign_ins_fail = Faults(), None, 3600.0, None
        self.skew_seconds = 0

    def expire_access(self) -> None:
        """Let every access token run out at once."""
        self._access.clear()

    def _deliver(self, message: dict[str, Any]) -> HttpAnswer:
        token = message["token"]
        kind = self.faults.draw(token)
        if kind is None and self.known is not None and token not in self.known:
            kind = "unregistered"
        self.count += 1
        accepted = kind is None or WRONGS[kind].accepted
        self.received.append({"number": self.count, "message": message, "fault": kind, "accepted": accepted})
        good = answer_json({"name": f"projects/{PROJECT}/messages/{make_id()}"})
        return good if kind is None else self.faults.answer(kind, good)

    def _is_signed_in(self, request: HttpRequest) -> bool:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind == "Bearer" and self._access.get(token, 0.0) > read_monotonic()

    def _is_ours(self, assertion: str) -> bool:
        try:
            claims = jwt.decode(assertion, self.public_key, True, _AUDIENCE, self.skew_seconds)  # type: ignore[no-untyped-call]
        except ValueError:  # GoogleAuthError's kinds for a bad signature, audience or time are ValueErrors too
            return False
        scopes = str(claims.get("scope", "")).split()
        return claims.get("iss") == self.service_account["client_email"] and any(one in _SCOPES for one in scopes)


def require_message(body: Any) -> dict[str, Any]:
    """Return the message of a send request. Raises ValueError naming what HTTP v1 would refuse."""
    if not isinstance(body, dict) or set(body) - {"message", "validate_only"}:
        raise ValueError("Invalid JSON payload received. Unknown name")
    message = body.get("message")
    if not isinstance(message, dict) or set(message) - _FIELDS:
        raise ValueError("Invalid JSON payload received. Unknown name at 'message'")
    token = message.get("token")
    if not isinstance(token, str) or not token or not token.isascii() or " " in token:
        raise ValueError("The registration token is not a valid FCM registration token")
    for data in (message.get("data", {}), message.get("android", {}).get("data", {})):
        if any(not isinstance(value, str) for value in data.values()):
            raise ValueError("Invalid value at 'message.data': a string was expected")
    _require_android(message.get("android", {}))
    _require_apns(message.get("apns", {}))
    if len(orjson.dumps({name: value for name, value in message.items() if name != "token"})) > _MOST_BYTES:
        raise ValueError("Android message is too big")
    return message


def _require_android(android: Mapping[str, Any]) -> None:
    if set(android) - _ANDROID:
        raise ValueError("Invalid JSON payload received. Unknown name at 'message.android'")
    if str(android.get("priority", "HIGH")).upper() not in ("HIGH", "NORMAL"):
        raise ValueError("Invalid value at 'message.android.priority'")
    ttl = android.get("ttl", "0s")
    if not _TTL.fullmatch(ttl) or float(ttl[:-1]) > 28 * 86400:
        raise ValueError("Invalid value at 'message.android.ttl'")


def _require_apns(apns: Mapping[str, Any]) -> None:
    headers = apns.get("headers", {})
    if any(not isinstance(value, str) for value in headers.values()):
        raise ValueError("Invalid value at 'message.apns.headers'")
    if len(headers.get("apns-collapse-id", "").encode()) > 64:
        raise ValueError("apns-collapse-id must not exceed 64 bytes")
    if headers.get("apns-priority", "10") not in ("1", "5", "10"):
        raise ValueError("Invalid apns-priority")


def _refuse(message: str) -> HttpAnswer:
    wrong = Wrong(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", message)
    return answer_json(shape_error(wrong), 400)
