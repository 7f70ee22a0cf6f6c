"""Answers and events about pairings as JSON schemas: both protocol files publish them, tests hold each against them."""

from __future__ import annotations

from typing import Any, Final

from server.buddies.models.pairings import KINDS, MOVES
from server.buddies.rules.kinds import REQUEST_REASONS
from server.buddies.states import PAIRING as MACHINE
from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}
_DATE: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_STATE: Final[dict[str, Any]] = {"type": "string", "enum": list(MACHINE.states)}
_BY: Final[dict[str, Any]] = {"type": "string", "enum": ["youth", "expert", "coordinator", "system"]}
_VERB: Final[dict[str, Any]] = {"type": "string", "enum": ["propose", "accept", *MACHINE.steps]}
_SCORE: Final[dict[str, Any]] = nullable({"type": "integer", "minimum": 1, "maximum": 10})


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


PERSON: Final = shape({"id": UUID_TEXT, "display_name": _TEXT})
COVER: Final = shape({"person": nullable(PERSON), "since": INSTANT, "until": nullable(INSTANT)})
_PAIRING_FIELDS: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "state": _STATE,
    "kind": {"type": "string", "enum": list(KINDS)},
    "youth": PERSON,
    "expert": PERSON,
    "backups": _list(PERSON),
    "cover": nullable(COVER),
    "conversation": nullable(UUID_TEXT),
    "youth_said_yes": _FLAG,
    "expert_said_yes": _FLAG,
    "proposed_at": INSTANT,
    "introduced_at": nullable(INSTANT),
    "active_at": nullable(INSTANT),
    "ended_at": nullable(INSTANT),
    "paused_until": nullable(INSTANT),
    "bridge_until": nullable(_DATE),
    "introduction": _list(_TEXT),
    "moves": {"type": "string", "enum": list(MOVES)},
    "successor_of": nullable(UUID_TEXT),
}
_FOR_COORDINATORS: Final[dict[str, Any]] = {"override": _list(_TEXT)}
PAIRING: Final = shape(_PAIRING_FIELDS, optional=_FOR_COORDINATORS)
PAIRINGS: Final = shape({"pairings": _list(PAIRING)})
_STEP: Final = shape(
    {"number": _COUNT, "verb": _VERB, "from": _TEXT, "to": _STATE, "by": nullable(_BY), "at": INSTANT},
    optional={"reason": _TEXT},
)
PAIRING_WITH_STEPS: Final = shape(_PAIRING_FIELDS | {"steps": _list(_STEP)}, optional=_FOR_COORDINATORS)
NOTE: Final = shape({"id": UUID_TEXT, "words": _TEXT, "written_at": INSTANT})
NOTES: Final = shape({"notes": _list(NOTE)})
HANDOVER_NOTE: Final = shape(
    {"words": _TEXT, "revision": _COUNT, "written_at": nullable(INSTANT), "approved_at": nullable(INSTANT)}
)
INTRODUCTION: Final = shape({"items": _list(shape({"id": _TEXT, "title": _TEXT, "text": _TEXT, "done": _FLAG}))})
WARMTH: Final = shape(
    {
        "silence_days": _COUNT,
        "own_days": _FLAG,
        "heard_at": nullable(INSTANT),
        "nudges": _COUNT,
        "quiet_until": nullable(INSTANT),
    }
)
CLOSING: Final = shape(
    {
        "questions": _list(shape({"area": _TEXT, "question": _TEXT})),
        "scores": _list(shape({"area": _TEXT, "before": _SCORE, "after": _SCORE})),
        "words": _TEXT,
        "goodbyes": _list(shape({"words": _TEXT, "by": _BY, "at": INSTANT})),
        "next": _TEXT,
    }
)
REQUEST: Final = shape(
    {
        "id": UUID_TEXT,
        "state": {"type": "string", "enum": ["waiting"]},
        "reason": {"type": "string", "enum": list(REQUEST_REASONS)},
        "asked_at": INSTANT,
        "due_at": nullable(INSTANT),
    }
)
OWN_REQUEST: Final = shape({"request": nullable(REQUEST), "filled_in": _FLAG})

# kind → the fields beside `pos` and `kind`, and those that may be absent.
EVENTS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "pairing.changed": (
        {"pairing": UUID_TEXT, "c": nullable(UUID_TEXT), "state": _STATE, "verb": _VERB},
        {"who": _BY, "until": INSTANT},
    ),
    "pairing.cover": (
        {
            "pairing": UUID_TEXT,
            "c": nullable(UUID_TEXT),
            "over": _FLAG,
            "cover": nullable(PERSON),
            "until": nullable(INSTANT),
        },
        {},
    ),
    "pairing.nudge": (
        {"pairing": UUID_TEXT, "c": nullable(UUID_TEXT), "days": _COUNT, "note": nullable(_TEXT)},
        {},
    ),
    "pairing.bridge_over": ({"pairing": UUID_TEXT, "until": _DATE, "days": _COUNT}, {}),
    "pairing.silent": ({"pairing": UUID_TEXT, "c": nullable(UUID_TEXT), "days": _COUNT}, {}),
}
