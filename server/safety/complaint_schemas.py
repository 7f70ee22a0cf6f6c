"""The answers and events about complaints as JSON schemas: OpenAPI and AsyncAPI publish them."""

from __future__ import annotations

from typing import Any, Final

from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape
from server.safety.rules.complaints import DECISIONS
from server.safety.states import COMPLAINT as MACHINE

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_STATE: Final[dict[str, Any]] = {"type": "string", "enum": list(MACHINE.states)}
_DECISION: Final[dict[str, Any]] = {"type": "string", "enum": list(DECISIONS)}
_FIELDS: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "state": _STATE,
    "about": nullable(UUID_TEXT) | {"description": "null: the team"},
    "received_at": INSTANT,
    "changed_at": INSTANT,
    "decision": nullable(_DECISION) | {"description": "to the one who complained only once it is closed"},
    "handling": {"type": "boolean", "description": "whether the caller is one of the handlers"},
}
COMPLAINT: Final = shape(_FIELDS, optional={"waiting": {"type": "string", "enum": ["complaint.nobody_independent"]}})
COMPLAINTS: Final = shape({"complaints": {"type": "array", "items": COMPLAINT}})
_ADVICE: Final[dict[str, Any]] = {"id": UUID_TEXT, "asked_at": INSTANT, "answered_at": nullable(INSTANT)}
COMPLAINT_VIEW: Final = shape(
    _FIELDS | {"text": _TEXT, "answer": nullable(_TEXT)},
    optional={
        "waiting": {"type": "string", "enum": ["complaint.nobody_independent"]},
        "complainant": UUID_TEXT,
        "handlers": {
            "type": "array",
            "items": shape({"person": UUID_TEXT, "independent": {"type": "boolean"}, "assigned_at": INSTANT}),
        },
        "votes": {
            "type": "array",
            "items": shape(
                {
                    "person": UUID_TEXT,
                    "round": {"type": "integer", "minimum": 1},
                    "decision": _DECISION,
                    "note": _TEXT,
                    "at": INSTANT,
                }
            ),
        },
        "advice": {
            "type": "array",
            "items": shape(_ADVICE | {"expert": UUID_TEXT, "question": _TEXT, "answer": nullable(_TEXT)}),
        },
    },
)
ADVICE_ASKED: Final = shape(_ADVICE)
ADVICE_REQUESTS: Final = shape({"requests": {"type": "array", "items": shape(_ADVICE | {"text": _TEXT})}})
REPORTED: Final = shape({"id": UUID_TEXT, "text": _TEXT})
# kind → the fields beside `pos` and `kind`, and those that may be absent.
EVENTS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "complaint.moved": ({"complaint": UUID_TEXT, "state": _STATE}, {}),
    "complaint.advice_asked": ({"advice": UUID_TEXT}, {}),
}
