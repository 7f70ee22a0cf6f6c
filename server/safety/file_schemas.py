"""The answers about case files as JSON schemas."""

from __future__ import annotations

from typing import Any, Final

from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape
from server.safety.rules.cases import KINDS
from server.safety.rules.meldcode import DECISIONS, OUTCOMES, ROLES, STEPS

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_DATE: Final[dict[str, Any]] = {"type": "string", "format": "date"}
_STEP: Final[dict[str, Any]] = {"type": "integer", "minimum": STEPS[0].number, "maximum": STEPS[-1].number}
_KIND: Final[dict[str, Any]] = {"type": "string", "enum": list(KINDS)}
_QUESTIONS: Final[dict[str, Any]] = {"heading": _TEXT, "questions": {"type": "array", "items": _TEXT}}

_ENTRY_HEAD: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "number": {"type": "integer", "minimum": 1},
    "kind": _KIND,
    "at": INSTANT,
    "by": UUID_TEXT,
    "escalation": nullable(UUID_TEXT),
    "corrects": nullable(UUID_TEXT),
    "due_on": nullable(_DATE),
    "done_at": nullable(INSTANT),
    "done_by": nullable(UUID_TEXT),
}
ENTRY_HEAD: Final = shape(_ENTRY_HEAD)
CASE_ENTRY: Final = shape(_ENTRY_HEAD | {"text": _TEXT, "corrected_by": nullable(UUID_TEXT)})
_STEP_HEAD: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "step": _STEP,
    "outcome": {"type": "string", "enum": list(OUTCOMES)},
    "with_role": nullable({"type": "string", "enum": list(ROLES)}),
    "decision": nullable({"type": "string", "enum": list(DECISIONS)}),
    "on": _DATE,
    "at": INSTANT,
    "by": UUID_TEXT,
}
STEP_HEAD: Final = shape(_STEP_HEAD)
_MELDCODE_HEAD: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "opened_at": INSTANT,
    "opened_by": UUID_TEXT,
    "closed_at": nullable(INSTANT),
}
MELDCODE_HEAD: Final = shape(_MELDCODE_HEAD)
MELDCODE: Final = shape(
    _MELDCODE_HEAD
    | {"next": nullable(_STEP), "steps": {"type": "array", "items": shape(_STEP_HEAD | {"reason": _TEXT})}}
)
MELDCODES: Final = shape({"meldcodes": {"type": "array", "items": MELDCODE}})
_CASE_HEAD: Final[dict[str, Any]] = {"id": UUID_TEXT, "youth": UUID_TEXT, "opened_at": INSTANT, "opened_by": UUID_TEXT}
CASE_HEAD: Final = shape(_CASE_HEAD)
ENTRIES: Final = shape({"entries": {"type": "array", "items": CASE_ENTRY}})
CASE: Final = shape(_CASE_HEAD | ENTRIES["properties"] | MELDCODES["properties"])
TEMPLATES: Final = shape(
    {
        "entries": {"type": "array", "items": shape({"kind": _KIND} | _QUESTIONS)},
        "meldcode": {"type": "array", "items": shape({"step": _STEP} | _QUESTIONS)},
    }
)
