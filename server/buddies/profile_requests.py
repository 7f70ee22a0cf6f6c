"""What requests about files, the waiting list and settings may hold: made from the tables of fields, and literal ones.

Whether a theme is known or a text too long is for the rules to say, each with its code; here only the form counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rest_framework.request import Request

from server.availability.requests import WEEKLY_WINDOW
from server.buddies.profile_schemas import draw_form
from server.buddies.rules.fields import (
    COORDINATOR,
    EXPERT_FIELDS,
    SELF,
    YOUTH_FIELDS,
    Form,
    Reader,
    Table,
    list_writable,
)
from server.buddies.rules.settings import BOUNDS
from server.buddies.rules.weights import BOUNDS as WEIGHT_BOUNDS
from server.foundation.fields import Field, Fields
from server.foundation.rest import draw_schema, read_body

_WIDE: Final[dict[str, Any]] = {"low": -1_000_000_000, "high": 1_000_000_000}
_LONG: Final = 65_536  # the door refuses larger bodies
_MANY: Final = 1_000
_VERSION: Final = Field("integer", required=False, nullable=True, low=0, high=2_147_483_647)


def _loose(kind: Any, **bounds: Any) -> Field:
    return Field(kind, required=False, nullable=True, **bounds)


_TEXT: Final = _loose("text", high=_LONG)
_TEXTS: Final = _loose("texts", high=_LONG)
_FORMS: Final[Mapping[Form, Field]] = {
    "flag": _loose("boolean"),
    "number": _loose("integer", **_WIDE),
    "day": _loose("text", high=40),
    "choice": _TEXT,
    "choices": _TEXTS,
    "languages": _TEXTS,
    "language": _TEXT,
    "themes": _TEXTS,
    "open_themes": _loose(
        "objects", high=_MANY, rows={"theme": Field("text", high=_LONG), "openness": Field("integer", **_WIDE)}
    ),
    "names": _TEXTS,
    "text": _TEXT,
    "years": _loose("integers", **_WIDE),
    "windows": _loose("objects", high=_MANY, rows=WEEKLY_WINDOW),
    "zone": _TEXT,
}


def _list_fields(table: Table, writer: Reader) -> Fields:
    return {one.name: _FORMS[one.form] for one in list_writable(table, writer)} | {"version": _VERSION}


SET_PROFILE: Final = _list_fields(EXPERT_FIELDS, SELF)
FILL_IN_INTAKE: Final = _list_fields(YOUTH_FIELDS, SELF)
# By the role of whose file it is.
SET_FILE: Final[Mapping[str, Fields]] = {
    "expert": _list_fields(EXPERT_FIELDS, COORDINATOR),
    "youth": _list_fields(YOUTH_FIELDS, COORDINATOR),
}
_WORDS: Final = Field("text", high=_LONG)
SET_TEAM_BUDDIES: Final[Fields] = {
    **{name: Field("integer", required=False, low=-1_000_000, high=1_000_000) for name in BOUNDS},
    "weights": Field(
        "objects",
        required=False,
        high=_MANY,
        rows={"name": Field("text", high=64), "value": Field("integer", low=-1_000_000, high=1_000_000)},
    ),
    "extra_themes": Field("objects", required=False, high=_MANY, rows={"code": _WORDS, "nl": _WORDS, "en": _WORDS}),
    "version": _VERSION,
}


def read_named(request: Request, fields: Fields) -> tuple[dict[str, Any], int | None]:
    """Return the fields that the body names (null ones too), and the version that it builds on.

    Raises BadRequest, TooLarge; 415 for another content type.
    """
    read = read_body(request, fields)
    named = {name: value for name, value in read.items() if name in request.data}
    version: int | None = named.pop("version", None)
    return named, version


def draw_file_body(*tables: tuple[Table, Reader]) -> dict[str, Any]:
    """Return the OpenAPI request of one table or of several to choose from, with the bounds that the rules have."""
    drawn = [_draw_writable(table, writer) for table, writer in tables]
    return {"application/json": drawn[0] if len(drawn) == 1 else {"anyOf": drawn}}


def draw_settings_body() -> dict[str, Any]:
    """Return the OpenAPI request of a team's settings, with their bounds."""
    drawn = draw_schema(SET_TEAM_BUDDIES)
    for name, (low, high) in BOUNDS.items():
        drawn["properties"][name] |= {"minimum": low, "maximum": high}
    drawn["properties"]["weights"]["items"]["properties"]["name"] = {"type": "string", "enum": list(WEIGHT_BOUNDS)}
    return {"application/json": drawn}


def _draw_writable(table: Table, writer: Reader) -> dict[str, Any]:
    fields = {one.name: {"oneOf": [draw_form(one), {"type": "null"}]} for one in list_writable(table, writer)}
    version = {"version": draw_schema({"version": _VERSION})["properties"]["version"]}
    return {"type": "object", "additionalProperties": False, "properties": fields | version}
