"""What the availability room's requests may hold: literal tables. Values have rules with codes of their own."""

from __future__ import annotations

from typing import Any, Final

from server.availability.rules.wind_down import BOUNDS, CAPS
from server.foundation.fields import Field, Fields
from server.foundation.rest import draw_schema

# Whether they are times, dates and zones is for the rules to say, each with its code.
_TIME: Final = Field("text", high=16)
_DATE: Final = Field("text", high=40)
_WEEKDAY: Final = Field("integer", low=-100, high=100)
_FEW: Final = 1000  # more windows than the rules allow, so that theirs is the refusal

WEEKLY_WINDOW: Final[Fields] = {"weekday": _WEEKDAY, "start": _TIME, "end": _TIME}
WINDOW: Final[Fields] = {"start": _TIME, "end": _TIME}
_NUMBER: Final = Field("integer", low=-1_000_000, high=1_000_000)
_CAP: Final = Field("integer", nullable=True, low=-1_000_000, high=1_000_000)

SET_HOURS: Final[Fields] = {
    "zone": Field("text", high=64),
    "windows": Field("objects", high=_FEW, rows=WEEKLY_WINDOW),
}
ADD_EXCEPTION: Final[Fields] = {
    "kind": Field("text", high=64),
    "from": _DATE,
    "to": _DATE,
    "windows": Field("objects", required=False, high=_FEW, rows=WINDOW),
    "parts": Field("objects", required=False, high=_FEW, rows=WINDOW),
}
ADD_ABSENCE: Final[Fields] = {"from": _DATE, "to": _DATE}
START_PAUSE: Final[Fields] = {"until": Field("text", required=False, nullable=True, high=40)}
SET_HOLIDAYS: Final[Fields] = {
    "country": Field("text", high=8),
    "subdivision": Field("text", required=False, nullable=True, high=16),
}
SET_CAPS: Final[Fields] = dict.fromkeys(CAPS, _CAP)
SET_TEAM_HOURS: Final[Fields] = {
    "notice_minutes": Field("integers", low=-1_000_000, high=1_000_000),
    **{name: _CAP if name in CAPS else _NUMBER for name in BOUNDS if name != "notice_minutes"},
    "evening_starts": _TIME,
    "duty_windows": Field("objects", high=_FEW, rows=WEEKLY_WINDOW),
    "on_call_windows": Field("objects", high=_FEW, rows=WEEKLY_WINDOW),
}
ADD_SHIFTS: Final[Fields] = {
    "kind": Field("text", high=16),
    "on": _DATE,
    "start": _TIME,
    "end": _TIME,
    "person": Field("uuid", required=False, nullable=True),
    "weeks": Field("integer", required=False, low=-1_000_000, high=1_000_000),
}
ASSIGN_SHIFT: Final[Fields] = {"person": Field("uuid", nullable=True)}
PROPOSE_SWAP: Final[Fields] = {"with": Field("uuid")}


def draw_body(fields: Fields) -> dict[str, Any]:
    """Return the OpenAPI request of a table, with the bounds that the rules hold the values to."""
    return {"application/json": _narrow(draw_schema(fields))}


_BOUNDS: Final[dict[str, dict[str, Any]]] = {
    "weekday": {"minimum": 1, "maximum": 7},
    "weeks": {"minimum": 1, "maximum": 53},
    "start": {"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    "end": {"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    **{name: {"minimum": low, "maximum": high} for name, (low, high) in BOUNDS.items() if name != "notice_minutes"},
}


def _narrow(schema: dict[str, Any]) -> dict[str, Any]:
    properties = {name: _narrow_field(name, field) for name, field in schema["properties"].items()}
    return schema | {"properties": properties}


def _narrow_field(name: str, field: dict[str, Any]) -> dict[str, Any]:
    if field.get("type") == "array" and "properties" in field["items"]:
        return field | {"maxItems": 70, "items": _narrow(field["items"])}
    return field | _BOUNDS.get(name, {})
