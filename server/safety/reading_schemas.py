"""The answers and events about reading as JSON schemas: OpenAPI and AsyncAPI publish them."""

from __future__ import annotations

from typing import Any, Final

from server.audit.rules.actions import ACTOR_ROLES, LOOKS, PURPOSES
from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape
from server.safety.rules.glass import OUTCOMES, REASONS
from server.safety.rules.joining import SHOWN
from server.safety.schemas import ESCALATION_VIEW

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}
_REASON_CODE: Final[dict[str, Any]] = {"type": "string", "enum": list(REASONS)}
_OPENING: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "c": UUID_TEXT,
    "youth": UUID_TEXT,
    "coordinator": UUID_TEXT,
    "reason_code": _REASON_CODE,
    "emergency": _FLAG,
    "opened_at": INSTANT,
    "until": INSTANT,
    "ended_at": nullable(INSTANT),
    "running": _FLAG,
    "told": {"type": "array", "items": UUID_TEXT},
    "alone": _FLAG,
    "youth_told_at": nullable(INSTANT),
    "tell_youth_at": INSTANT,
    "review": shape(
        {
            "due_at": INSTANT,
            "overdue": _FLAG,
            "at": nullable(INSTANT),
            "by": nullable(UUID_TEXT),
            "outcome": nullable({"type": "string", "enum": list(OUTCOMES)}),
        }
    ),
}
GLASS: Final = shape(_OPENING)
GLASS_OPENED: Final = shape(_OPENING, optional={"fallback": _TEXT})
GLASS_WITH_TEXTS: Final = shape(
    _OPENING | {"reason": _TEXT, "safety_reason": nullable(_TEXT), "review_note": nullable(_TEXT)}
)
GLASSES: Final = shape({"break_glass": {"type": "array", "items": GLASS}})
JOINED_ESCALATION: Final = shape(
    ESCALATION_VIEW["properties"]
    | {"conversation": nullable(UUID_TEXT) | {"description": "where the caller now is; null without a youth"}}
)
JOINING: Final = shape(
    {
        "escalation": UUID_TEXT,
        "c": UUID_TEXT,
        "private": _FLAG,
        "joined_at": INSTANT,
        "took_over_at": nullable(INSTANT),
        "handed_back_at": nullable(INSTANT),
    }
)
_WHY: Final[dict[str, Any]] = {
    "user": UUID_TEXT,
    "role": _TEXT,
    "reason": {"type": "string", "enum": list(SHOWN)},
    "text": _TEXT,
}
COMPANY: Final = shape(
    {
        "company": {
            "type": "array",
            "items": shape(_WHY | {"joined_at": INSTANT, "private": _FLAG, "answers_instead": _FLAG}),
        }
    }
)
WHO_LOOKED: Final[dict[str, Any]] = {
    "type": "array",
    "items": shape(
        {
            "at": INSTANT,
            "role": {"type": "string", "enum": list(ACTOR_ROLES)},
            "action": {"type": "string", "enum": sorted(LOOKS)},
            "purpose": {"type": "string", "enum": list(PURPOSES)},
            "emergency": _FLAG,
            "text": _TEXT,
        }
    ),
}
# kind → the fields beside `pos` and `kind`, and those that may be absent.
EVENTS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    # To colleagues with who and whom; to the youth with the role and the reason in plain words.
    "glass.opened": (
        {"c": UUID_TEXT, "at": INSTANT, "until": INSTANT, "role": _TEXT, "reason_code": _REASON_CODE},
        {"glass": UUID_TEXT, "coordinator": UUID_TEXT, "youth": UUID_TEXT, "text": _TEXT},
    ),
    "escalation.joined": (_WHY | {"c": UUID_TEXT}, {}),
    # To experts within their hours.
    "escalation.taken_over": (_WHY | {"c": UUID_TEXT}, {}),
    "escalation.handed_back": (_WHY | {"c": UUID_TEXT}, {}),
    "glass.review_due": ({"glass": UUID_TEXT, "due_at": INSTANT}, {}),
}
