"""The availability room's answers as JSON schemas: OpenAPI publishes them, tests hold every answer against them."""

from __future__ import annotations

from typing import Any, Final

from server.accounts.figures import draw_cuts
from server.availability.coverage import WEAKNESSES
from server.availability.figures import NUMBERS as FIGURE_NAMES
from server.availability.rules.kinds import LEDGER_KINDS, SHIFT_KINDS, SIGNAL_KINDS
from server.availability.rules.schedule import REASONS
from server.availability.rules.wind_down import BOUNDS, CAPS
from server.availability.states import SHIFT_SWAP
from server.foundation.figures import CUTS
from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
_TIME: Final[dict[str, Any]] = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
_DATE: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_SHIFT_KIND: Final[dict[str, Any]] = {"type": "string", "enum": list(SHIFT_KINDS)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _number(name: str) -> dict[str, Any]:
    low, high = BOUNDS[name]
    number = {"type": "integer", "minimum": low, "maximum": high}
    return nullable(number) if name in CAPS else number


WINDOW: Final = shape({"start": _TIME, "end": _TIME})
WEEKLY_WINDOW: Final = shape({"weekday": {"type": "integer", "minimum": 1, "maximum": 7}, "start": _TIME, "end": _TIME})
REACHABILITY: Final = shape(
    {
        "open": {"type": "boolean"},
        "until": nullable(INSTANT),
        "next_opening": nullable(INSTANT),
        "reason": {"type": "string", "enum": ["", *REASONS]},
        "rule_id": _TEXT,
    }
)
_EXCEPTION_FIELDS: Final[dict[str, Any]] = {
    "kind": _TEXT,
    "from": _DATE,
    "to": _DATE,
    "windows": _list(WINDOW),
    "parts": _list(WINDOW),
}
EXCEPTION: Final = shape({"id": UUID_TEXT} | _EXCEPTION_FIELDS)
EXCEPTIONS: Final = shape({"exceptions": _list(EXCEPTION)})
ABSENCE: Final = shape({"id": UUID_TEXT, "from": _DATE, "to": _DATE})
ABSENCES: Final = shape({"absences": _list(ABSENCE)})
MADE: Final = shape({"id": UUID_TEXT})
PAUSE: Final = shape({"started_at": INSTANT, "until": nullable(INSTANT)})
REST: Final = shape({"until": INSTANT})
HOLIDAYS: Final = shape({"country": _TEXT, "subdivision": _TEXT})
HOURS: Final = shape(
    {
        "zone": _TEXT,
        "windows": _list(WEEKLY_WINDOW),
        "exceptions": _list(EXCEPTION),
        "absences": _list(ABSENCE),
        "pause": nullable(PAUSE),
        "rest": nullable(REST),
        "extensions": _list(shape({"c": UUID_TEXT, "until": INSTANT})),
        "holidays": HOLIDAYS,
        "version": _COUNT,
        "reachability": REACHABILITY,
    }
)
PREVIEW: Final = shape(
    {
        "zone": _TEXT,
        "stretches": _list(
            shape(
                {
                    "on": _DATE,
                    "start": _TIME,
                    "end": _TIME,
                    "starts_at": INSTANT,
                    "ends_at": INSTANT,
                    "rule_id": _TEXT,
                }
            )
        ),
    }
)
_CAPS: Final = shape({name: _number(name) for name in CAPS})
CAPS_ANSWER: Final = shape({"own": _CAPS, "team": _CAPS, "in_force": _CAPS})
LEDGER: Final = shape(
    {
        "entries": _list(
            shape(
                {
                    "at": INSTANT | {"description": "when it happened"},
                    "kind": {"type": "string", "enum": list(LEDGER_KINDS)},
                    "reason": _TEXT,
                    "rule_id": _TEXT,
                    "c": nullable(UUID_TEXT),
                    "minutes": nullable(_COUNT),
                    "own_choice": {"type": "boolean"},
                }
            )
        )
    }
)
SIGNALS: Final = shape(
    {
        "weeks": _list(
            shape(
                {
                    "week": _DATE,
                    "counts": _list(
                        shape(
                            {
                                "kind": {"type": "string", "enum": list(SIGNAL_KINDS)},
                                "count": _COUNT,
                                "minutes": _COUNT,
                            }
                        )
                    ),
                }
            )
        )
    }
)
TEAM_HOURS: Final = shape(
    {
        "notice_minutes": {"type": "array", "maxItems": 5, "items": _number("notice_minutes")},
        **{name: _number(name) for name in BOUNDS if name != "notice_minutes"},
        "evening_starts": _TIME,
        "duty_windows": _list(WEEKLY_WINDOW),
        "on_call_windows": _list(WEEKLY_WINDOW),
    }
)
TEAM_HOURS_HISTORY: Final = shape(
    {
        "versions": _list(
            shape(
                {
                    "version": {"type": "integer", "minimum": 1},
                    "changed_at": INSTANT,
                    "changed_by": nullable(UUID_TEXT) | {"description": "null: the server itself"},
                    "settings": TEAM_HOURS,
                }
            )
        )
    }
)
SHIFT: Final = shape(
    {
        "id": UUID_TEXT,
        "kind": _SHIFT_KIND,
        "person": nullable(UUID_TEXT),
        "on": _DATE,
        "start": _TIME,
        "end": _TIME,
        "zone": _TEXT,
        "starts_at": INSTANT,
        "ends_at": INSTANT,
    }
)
SHIFTS: Final = shape({"shifts": _list(SHIFT)})
_WEAKNESS: Final = shape({"shift": UUID_TEXT, "reason": {"type": "string", "enum": list(WEAKNESSES)}})
_WEAKNESSES: Final = {"weaknesses": _list(_WEAKNESS)}
SHIFTS_SAVED: Final = shape({"shifts": _list(SHIFT)} | _WEAKNESSES)
SHIFT_SAVED: Final = shape(SHIFT["properties"] | _WEAKNESSES)
SWAP: Final = shape(
    {
        "id": UUID_TEXT,
        "state": {"type": "string", "enum": list(SHIFT_SWAP.states)},
        "shift": SHIFT,
        "from": UUID_TEXT,
        "to": UUID_TEXT,
        "proposed_at": INSTANT,
        "decided_at": nullable(INSTANT),
    }
)
SWAPS: Final = shape({"swaps": _list(SWAP)})
COVERAGE: Final = shape(
    {
        "gaps": _list(shape({"kind": _SHIFT_KIND, "starts_at": INSTANT, "ends_at": INSTANT})),
        "unreachable": _list(SHIFT),
        "alone": _list(
            shape(
                {
                    "pairing": UUID_TEXT,
                    "youth": UUID_TEXT,
                    "expert": UUID_TEXT,
                    "backup": nullable(UUID_TEXT),
                    "starts_at": INSTANT,
                    "ends_at": INSTANT,
                }
            )
        ),
    }
)
_PERSON: Final = shape({"id": UUID_TEXT, "display_name": _TEXT})
_POST: Final = shape(
    {
        "shift": UUID_TEXT,
        "person": nullable(_PERSON) | {"description": "null: nobody's"},
        "starts_at": INSTANT,
        "ends_at": INSTANT,
        "there": {"type": "boolean", "description": "not away when it begins, or now"},
        "device": {"type": "boolean", "description": "a push would find a device"},
        "test_page": {"type": ["boolean", "null"], "description": "confirmed this month; null for duty"},
    }
)
_POSTS: Final = shape({"now": _list(_POST), "next": _list(_POST)})
ON_SHIFT: Final = shape(dict.fromkeys(SHIFT_KINDS, _POSTS) | {"gaps": COVERAGE["properties"]["gaps"]})
OPENINGS: Final = shape(
    {
        "people": _list(
            shape(
                {
                    "person": _PERSON,
                    "zone": _TEXT,
                    "open": {"type": "boolean"},
                    "until": nullable(INSTANT),
                    "next_opening": nullable(INSTANT),
                    "stretches": _list(shape({"starts_at": INSTANT, "ends_at": INSTANT})),
                }
            )
        )
    }
)
FIGURES: Final = draw_cuts(CUTS, FIGURE_NAMES)
FEED: Final = shape({"url": {"type": "string", "format": "uri"}})
IMPORT: Final = shape({"exceptions": _list(shape(_EXCEPTION_FIELDS)), "written": {"type": "boolean"}})
