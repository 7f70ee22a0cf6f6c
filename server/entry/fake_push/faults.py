"""What the stand-in does wrong, when it is told to: by token, next in line, or a share of all sends by a seed."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from server.entry.fake_push.http import HttpAnswer, answer_json

FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_HTML: Final = b"<!doctype html><title>502</title><p>The server encountered a temporary error."
_HANG_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Wrong:
    """One way to go wrong: HTTP status, Google's status, FCM's error code, and whether the push was taken on."""

    http: int = 200
    status: str = ""
    code: str = ""
    message: str = ""
    accepted: bool = False


# kind → what Firebase documents for it; the last nine are not Firebase's but the world's
WRONGS: Final[Mapping[str, Wrong]] = {
    "unregistered": Wrong(404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found."),
    "not_found": Wrong(404, "NOT_FOUND", "", "Requested entity was not found."),
    "invalid_argument": Wrong(
        400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token"
    ),
    "sender_id_mismatch": Wrong(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch"),
    "forbidden": Wrong(403, "PERMISSION_DENIED", "", "Permission 'cloudmessaging.messages.create' denied"),
    "unauthenticated": Wrong(401, "UNAUTHENTICATED", "", "Request had invalid authentication credentials."),
    "apns_auth": Wrong(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", "Auth error from APNS or Web Push Service"),
    "quota": Wrong(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "Quota exceeded for quota metric"),
    "unavailable": Wrong(503, "UNAVAILABLE", "UNAVAILABLE", "The service is currently unavailable."),
    "internal": Wrong(500, "INTERNAL", "INTERNAL", "Internal error encountered."),
    "html": Wrong(502),
    "redirect": Wrong(307),
    "cut": Wrong(),
    "cut_late": Wrong(accepted=True),
    "slow": Wrong(accepted=True),
    "hang": Wrong(accepted=True),
    "html_with_200": Wrong(accepted=True),
    "error_with_200": Wrong(500, "INTERNAL", "INTERNAL", "Internal error encountered."),
    "nothing_with_200": Wrong(accepted=True),
}


def shape_error(wrong: Wrong) -> dict[str, Any]:
    """Return Google's form of an error."""
    error: dict[str, Any] = {"code": wrong.http, "message": wrong.message, "status": wrong.status}
    if wrong.code:
        error["details"] = [{"@type": FCM_ERROR, "errorCode": wrong.code}]
    return {"error": error}


@dataclass(slots=True)
class Faults:
    """The plan in force. `percent` of all sends go wrong in one of `kinds`, drawn by a seed, so a run repeats."""

    percent: float = 0.0
    kinds: tuple[str, ...] = ("unavailable",)
    slow_seconds: float = 8.0
    retry_after: float = 7.0
    queued: deque[str] = field(default_factory=deque)
    by_token: dict[str, str] = field(default_factory=dict)
    _dice: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311  no secret

    def change(self, told: Mapping[str, Any]) -> None:
        """Follow orders: `percent`, `kinds`, `seed`, `next` (a list), `tokens` (token → kind or null), and numbers.

        Raises ValueError on a kind that does not exist.
        """
        _require_known([*told.get("kinds", ()), *told.get("next", ()), *filter(None, told.get("tokens", {}).values())])
        self.percent = float(told.get("percent", self.percent))
        self.kinds = tuple(told.get("kinds", self.kinds))
        self.slow_seconds = float(told.get("slow_seconds", self.slow_seconds))
        self.retry_after = float(told.get("retry_after", self.retry_after))
        self.queued.extend(told.get("next", ()))
        if "seed" in told:
            self._dice.seed(told["seed"])
        for token, kind in told.get("tokens", {}).items():
            self.by_token.pop(token, None) if kind is None else self.by_token.update({token: kind})

    def draw(self, token: str) -> str | None:
        """Return what goes wrong with this send, None when nothing does."""
        if token in self.by_token:
            return self.by_token[token]
        if self.queued:
            return self.queued.popleft()
        if self.percent and self._dice.random() * 100 < self.percent:
            return self._dice.choice(self.kinds)
        return None

    def answer(self, kind: str, good: HttpAnswer) -> HttpAnswer:
        """Return the answer of a send that goes wrong like this; `good` is what it would have been."""
        wrong = WRONGS[kind]
        match kind:
            case "cut":
                return HttpAnswer(keep=0)
            case "cut_late":
                return replace(good, keep=len(good.encode()) - 10)
            case "slow" | "hang":
                return replace(good, delay=self.slow_seconds if kind == "slow" else _HANG_SECONDS)
            case "html" | "html_with_200":
                return HttpAnswer(wrong.http, _HTML, "text/html; charset=UTF-8")
            case "nothing_with_200":
                return HttpAnswer()
            case "error_with_200":
                return answer_json(shape_error(wrong))
            case "redirect":
                return HttpAnswer(wrong.http, headers={"Location": "http://127.0.0.1:9/elsewhere"})
            case "quota":
                return answer_json(shape_error(wrong), wrong.http, Retry_After=f"{self.retry_after:g}")
        return answer_json(shape_error(wrong), wrong.http)


def _require_known(kinds: Sequence[str]) -> None:
    for kind in kinds:
        if kind not in WRONGS:
            raise ValueError(f"no such fault: {kind}; there are {', '.join(WRONGS)}")
