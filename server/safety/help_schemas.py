"""The answers and events about help, worries and care afterwards as JSON schemas."""

from __future__ import annotations

from typing import Any, Final

from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape
from server.safety.rules.care import HEAVIEST, LIGHTEST
from server.safety.rules.help_notes import NOTES
from server.safety.rules.levels import LEVELS
from server.safety.rules.silence import DEFAULT_MINUTES, LEAST_MINUTES, MOST_MINUTES
from server.safety.states import ESCALATION

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}
_LEVEL: Final[dict[str, Any]] = {"type": "string", "enum": list(LEVELS)}
_NOTE: Final[dict[str, Any]] = {"type": "string", "enum": list(NOTES)}
_HEAVINESS: Final[dict[str, Any]] = {"type": "integer", "minimum": LIGHTEST, "maximum": HEAVIEST}
# Published once, as the line of the same shape that chat shows.
HELP_LINE: Final = shape(
    {
        "name": _TEXT,
        "phone": _TEXT,
        "url": _TEXT,
        "hours": _TEXT,
        "checked_on": _TEXT,
    }
)
_HELP: Final[dict[str, Any]] = {"type": "array", "items": HELP_LINE}
SHORT_ESCALATION: Final = shape(
    {"id": UUID_TEXT, "level": _LEVEL, "state": {"type": "string", "enum": list(ESCALATION.states)}}
)
HELP_PRESSED: Final = shape({"escalation": SHORT_ESCALATION, "help": _HELP, "next": _TEXT, "note": _NOTE})
HELP_NOW: Final = shape(
    {
        "escalation": nullable(SHORT_ESCALATION),
        "picked_up_by": nullable({"type": "string", "enum": ["coordinator"]}),
        "help": _HELP,
        "next": _TEXT,
    }
)
_WORRY: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "c": UUID_TEXT,
    "escalation": SHORT_ESCALATION,
    "raised_at": INSTANT,
    "released": _FLAG,
    "must_choose": _FLAG,
    "text": _TEXT,
}
WORRY: Final = shape(_WORRY)
WORRY_RAISED: Final = shape(_WORRY | {"note": _NOTE})
WORRIES: Final = shape({"worries": {"type": "array", "items": WORRY}})
_CARE: Final[dict[str, Any]] = {"id": UUID_TEXT, "escalation": UUID_TEXT, "asked_at": INSTANT}
CARE: Final = shape({"after_care": {"type": "array", "items": shape(_CARE | {"text": _TEXT})}})
CARE_ANSWERED: Final = shape(_CARE | {"heaviness": _HEAVINESS, "call_back": _FLAG, "rest_until": nullable(INSTANT)})
CALL_BACK: Final = shape(
    _CARE
    | {
        "person": UUID_TEXT,
        "role": {"type": "string", "enum": ["youth", "expert"]},
        "answered_at": INSTANT,
        "heaviness": _HEAVINESS,
        "called_at": nullable(INSTANT),
    }
)
CALL_BACKS: Final = shape({"call_backs": {"type": "array", "items": CALL_BACK}})
SILENCE: Final = shape(
    {
        "level": {"type": "string", "enum": list(DEFAULT_MINUTES)},
        "minutes": {"type": "integer", "minimum": LEAST_MINUTES, "maximum": MOST_MINUTES},
    }
)
WHO_CAN_READ: Final = shape(
    {
        "parts": {"type": "array", "items": shape({"id": _TEXT, "title": _TEXT, "text": _TEXT})},
        "conversations": {
            "type": "array",
            "items": shape(
                {
                    "c": UUID_TEXT,
                    "kind": {"type": "string", "enum": ["pair", "line", "room"]},
                    "readers": {"type": "array", "items": shape({"display_name": _TEXT, "role": _TEXT})},
                }
            ),
        },
    }
)
_TOLD: Final = ({"c": UUID_TEXT, "worry": UUID_TEXT, "escalation": UUID_TEXT, "text": _TEXT}, dict[str, Any]())
# kind → the fields beside `pos` and `kind`, and those that may be absent.
EVENTS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "worry.picked_up": _TOLD,
    "worry.released": _TOLD,
    "worry.choose": _TOLD,
    "care.asked": ({"after_care": UUID_TEXT, "escalation": UUID_TEXT, "text": _TEXT}, {}),
    "case.follow_up_due": ({"case": UUID_TEXT, "entry": UUID_TEXT, "due_on": {"type": "string", "format": "date"}}, {}),
}
