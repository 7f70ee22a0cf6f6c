"""This room's answers about files, the waiting list, the matching and settings, as JSON schemas.

What is shown of a file is drawn from the table of fields, for each reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from server.availability.schemas import WEEKLY_WINDOW
from server.buddies.rules.fields import (
    ASKED,
    COORDINATOR,
    EXPERT_FIELDS,
    PAIRED,
    SELF,
    YOUTH_FIELDS,
    FieldClass,
    Form,
    Reader,
    Table,
    list_readable,
)
from server.buddies.rules.hard import RULES
from server.buddies.rules.kinds import KINDS, REQUEST_REASONS, TRAINING, VOG
from server.buddies.rules.settings import BOUNDS
from server.buddies.rules.themes import A_LITTLE, FREELY, MOST_EXTRA, THEME_KINDS
from server.buddies.rules.weights import BOUNDS as WEIGHT_BOUNDS
from server.buddies.rules.weights import COMPONENTS
from server.buddies.states import BUDDY_REQUEST
from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}
_COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
_DATE: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_POINTS: Final[dict[str, Any]] = {"type": "number", "minimum": 0, "maximum": 100}
_CODE: Final[dict[str, Any]] = {"type": "string", "maxLength": 40}
_OPENNESS: Final[dict[str, Any]] = {"type": "integer", "minimum": A_LITTLE, "maximum": FREELY}


def _list(items: dict[str, Any], most: int | None = None) -> dict[str, Any]:
    return {"type": "array", "items": items} | ({} if most is None else {"maxItems": most})


def _number(one: FieldClass) -> dict[str, Any]:
    return {"type": "integer", "minimum": one.low, "maximum": one.high}


_FORMS: Final[Mapping[Form, Callable[[FieldClass], dict[str, Any]]]] = {
    "flag": lambda _: _FLAG,
    "number": _number,
    "day": lambda _: _DATE,
    "choice": lambda one: {"type": "string", "enum": ["", *one.choices]},
    "choices": lambda one: _list({"type": "string", "enum": list(one.choices)}),
    "languages": lambda one: _list({"type": "string", "pattern": "^[a-z]{2}$"}, one.most),
    "language": lambda _: {"type": "string", "pattern": "^([a-z]{2})?$"},
    "themes": lambda one: _list(_CODE, one.most),
    "open_themes": lambda one: _list(shape({"theme": _CODE, "openness": _OPENNESS}), one.most),
    "names": lambda one: _list({"type": "string", "maxLength": one.high}, one.most),
    "text": lambda one: {"type": "string", "maxLength": one.high},
    "years": lambda one: _list(_number(one), 2),
    "windows": lambda one: _list(WEEKLY_WINDOW, one.most),
    "zone": lambda one: {"type": "string", "maxLength": one.high},
}
_MAY_BE_NULL: Final = ("number", "day", "years")


def draw_form(one: FieldClass) -> dict[str, Any]:
    """Return the schema of a field that holds something."""
    return _FORMS[one.form](one)


def draw_fields(table: Table, reader: Reader) -> dict[str, Any]:
    """Return the schema of what a reader sees of a file."""
    readable = list_readable(table, reader)
    return shape(
        {one.name: nullable(draw_form(one)) if one.form in _MAY_BE_NULL else draw_form(one) for one in readable}
    )


PERSON: Final = shape({"id": UUID_TEXT, "display_name": _TEXT})
_FILED: Final[dict[str, Any]] = {"version": _COUNT, "changed_at": nullable(INSTANT)}
_ENDING: Final = _list(
    shape({"what": {"type": "string", "enum": [TRAINING, VOG]}, "until": nullable(_DATE), "valid": _FLAG})
)
PROFILE: Final = shape({"profile": draw_fields(EXPERT_FIELDS, SELF), "ending": _ENDING} | _FILED)
_CHOICE: Final = shape({"value": _TEXT, "nl": _TEXT, "en": _TEXT})
_QUESTION: Final = shape({"field": _TEXT, "nl": _TEXT, "en": _TEXT, "choices": _list(_CHOICE)})
INTAKE: Final = shape(
    {"intake": draw_fields(YOUTH_FIELDS, SELF), "filled_in": _FLAG, "questions": _list(_QUESTION)} | _FILED
)
_OF_EXPERT: Final = {"person": PERSON, "role": {"const": "expert"}}
_OF_YOUTH: Final = {"person": PERSON, "role": {"const": "youth"}}
FILE: Final[dict[str, Any]] = {
    "oneOf": [
        shape(_OF_EXPERT | {"profile": draw_fields(EXPERT_FIELDS, COORDINATOR), "ending": _ENDING} | _FILED),
        shape(_OF_YOUTH | {"profile": draw_fields(YOUTH_FIELDS, COORDINATOR), "filled_in": _FLAG} | _FILED),
    ]
}
CARD: Final[dict[str, Any]] = {
    "oneOf": [
        shape(of | {"seen_as": {"const": reader}, "card": draw_fields(table, reader)})
        for of, table in ((_OF_EXPERT, EXPERT_FIELDS), (_OF_YOUTH, YOUTH_FIELDS))
        for reader in (ASKED, PAIRED)
    ]
}
_ENTRY_FIELDS: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "youth": PERSON,
    "state": {"type": "string", "enum": list(BUDDY_REQUEST.states)},
    "reason": {"type": "string", "enum": list(REQUEST_REASONS)},
    "kind": {"type": "string", "enum": list(KINDS)},
    "asked_at": INSTANT,
    "due_at": nullable(INSTANT),
}
REQUEST: Final = shape(_ENTRY_FIELDS)
WAITING_LIST: Final = shape(
    {
        "waiting": _list(shape(_ENTRY_FIELDS | {"days": _COUNT, "overdue": _FLAG, "filled_in": _FLAG})),
        "duty_open": _FLAG,
    }
)
_PARTS: Final = _list(
    shape({"component": {"type": "string", "enum": list(COMPONENTS)}, "points": _POINTS, "text": _TEXT})
)
_CANDIDATE_FIELDS: Final[dict[str, Any]] = {
    "expert": PERSON,
    "score": _POINTS,
    "reasons": _list(_TEXT),
    "parts": _PARTS,
}
_RULE: Final[dict[str, Any]] = {"type": "string", "enum": list(RULES)}
CANDIDATES: Final = shape(
    {
        "youth": PERSON,
        "candidates": _list(shape(_CANDIDATE_FIELDS)),
        "excluded": _list(shape({"expert": PERSON, "rule": _RULE, "rules": _list(_RULE), "text": _TEXT})),
    }
)
ASSIGNMENT: Final = shape(
    {
        "proposals": _list(shape({"youth": PERSON} | _CANDIDATE_FIELDS)),
        "unplaced": _list(
            shape(
                {
                    "youth": PERSON,
                    "text": _TEXT,
                    "rules": _list(shape({"rule": _RULE, "experts": _COUNT})),
                }
            )
        ),
    }
)
_THEME_FIELDS: Final[dict[str, Any]] = {"code": _CODE, "nl": _TEXT, "en": _TEXT}
THEMES: Final = shape({"themes": _list(shape(_THEME_FIELDS | {"kind": {"type": "string", "enum": list(THEME_KINDS)}}))})
_SETTING_FIELDS: Final[dict[str, Any]] = {
    **{name: {"type": "integer", "minimum": low, "maximum": high} for name, (low, high) in BOUNDS.items()},
    "weights": _list(
        shape({"name": {"type": "string", "enum": list(WEIGHT_BOUNDS)}, "value": {"type": "integer"}}),
        len(WEIGHT_BOUNDS),
    ),
    "extra_themes": _list(shape(_THEME_FIELDS), MOST_EXTRA),
}
TEAM_BUDDIES: Final = shape(
    _SETTING_FIELDS
    | _FILED
    | {"history": _list(shape(_SETTING_FIELDS | {"version": _COUNT, "changed_at": INSTANT, "changed_by": UUID_TEXT}))}
)
# kind → the fields of the event beside `pos` and `kind`; a second table holds those that may be absent.
EVENTS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "waiting.reminder": (
        {"request": UUID_TEXT, "youth": UUID_TEXT, "days": _COUNT, "overdue": _FLAG},
        {},
    ),
    "validity.ending": (
        {
            "person": UUID_TEXT,
            "what": {"type": "string", "enum": [TRAINING, VOG]},
            "until": _DATE,
            "days": _COUNT,
        },
        {},
    ),
}
