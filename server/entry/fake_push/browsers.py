"""A browser's push service: subscriptions with keys of their own; payloads are opened, signatures checked."""

from __future__ import annotations

import base64
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

import http_ece
import orjson
from py_vapid import Vapid02, jwt

from server.entry.fake_push.http import HttpAnswer, HttpRequest, answer_json
from server.foundation.clock import read_machine_clock
from server.foundation.ids import make_secret

_MOST_BYTES: Final = 4096


@dataclass(slots=True)
class FakeBrowsers:
    """Made-up browsers at https://HOST. What reaches one is opened with its key and kept."""

    host: str = "push.example.org"
    received: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=10_000))
    answers: dict[str, int] = field(default_factory=dict)  # path → HTTP status to refuse with
    _browsers: dict[str, tuple[Vapid02, bytes]] = field(default_factory=dict)

    def subscribe(self) -> dict[str, Any]:
        """Return a new browser's subscription, as `PushSubscription.toJSON()` gives it."""
        keys, secret = Vapid02(), make_secret()
        keys.generate_keys()
        auth = base64.urlsafe_b64decode(secret + "=")[:16]
        path = f"/push/{secret}"
        self._browsers[path] = keys, auth
        shown = {"p256dh": encode_point(keys), "auth": _to_text(auth)}
        return {"endpoint": f"https://{self.host}{path}", "keys": shown}

    def receive(self, request: HttpRequest) -> HttpAnswer:
        """Take on one push, as RFC 8030, 8188, 8291 and 8292 have it."""
        known = self._browsers.get(request.path)
        status = self.answers.get(request.path, 201 if known else 404)
        if known is None or status != 201:
            return HttpAnswer(status, headers={"Location": "http://127.0.0.1:9/"} if 300 <= status < 400 else {})
        claims = self._read_signature(request.headers.get("authorization", ""))
        if claims is None:
            return HttpAnswer(401)
        if len(request.body) > _MOST_BYTES:
            return HttpAnswer(413)
        if request.headers.get("content-encoding") != "aes128gcm" or not request.headers.get("ttl", "").isdigit():
            return HttpAnswer(400)
        keys, auth = known
        opened = http_ece.decrypt(request.body, private_key=keys.private_key, auth_secret=auth)
        headers = {name: request.headers[name] for name in ("ttl", "urgency", "topic") if name in request.headers}
        payload = orjson.loads(opened)
        self.received.append({"path": request.path, "payload": payload, "headers": headers, "claims": claims})
        return answer_json(None, 201)

    def _read_signature(self, header: str) -> dict[str, Any] | None:
        parts = dict(one.strip().partition("=")[::2] for one in header.removeprefix("vapid ").split(","))
        try:
            if not Vapid02.verify(header):
                return None
            claims: dict[str, Any] = jwt.decode(parts["t"], parts["k"])
        except Exception:  # py_vapid has no one error for a bad header
            return None
        now = read_machine_clock().timestamp()
        ours = claims.get("aud") == f"https://{self.host}" and 0 < claims.get("exp", 0) - now <= 86_400
        return claims if ours and str(claims.get("sub", "")).startswith(("mailto:", "https://")) else None


def encode_point(keys: Vapid02) -> str:
    """Return the public half as browsers write it: the uncompressed point in base64url without padding."""
    numbers = keys.public_key.public_numbers()
    return _to_text(b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
