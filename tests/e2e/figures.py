"""Made-up numbers for the desk's pictures: a new house has nothing to draw yet."""

from __future__ import annotations

from typing import Any

NUMBERS = (
    "talks", "turns", "duty_minutes", "on_call_minutes", "contact_minutes", "unanswered", "median_seconds",
    "p90_seconds", "emergency", "urgent", "concern", "acknowledged", "begun", "ended", "asked", "placed", "median_days",
)  # fmt: skip
LEVELS = ("concern", "urgent", "emergency")
STATES = ("proposed", "introduced", "active", "paused", "closing")
EVENING = range(17, 24)


def make_figures() -> dict[str, Any]:
    """Return an answer of the insight calls: a month of full evenings, some of it hidden."""
    places: list[tuple[str, str | None, int | None, int | None]] = [
        *(("day", f"2026-10-{day:02}", None, None) for day in range(1, 32)),
        *(("hour", None, None, hour) for hour in range(24)),
        *(("weekday_hour", None, weekday, hour) for weekday in range(1, 8) for hour in range(24)),
    ]
    places += [("week", f"2026-10-{day:02}", None, None) for day in (5, 12, 19, 26)]
    rows = [_make_row(at, *place) for at, place in enumerate(places)]
    rows += [
        {"cut": "level", "level": one, "hidden": False, "median_seconds": 60 * (at + 1)}
        for at, one in enumerate(LEVELS)
    ]
    rows += [{"cut": "state", "state": one, "hidden": False, "pairings": at * 3 + 2} for at, one in enumerate(STATES)]
    return {"from": "2026-10-01", "to": "2026-10-31", "zone": "Europe/Amsterdam", "least_people": 3, "rows": rows}


def _make_row(at: int, cut: str, on: str | None, weekday: int | None, hour: int | None) -> dict[str, Any]:
    place = {"cut": cut, "on": on, "weekday": weekday, "hour": hour}
    if at % 11 == 4:
        return place | {"hidden": True} | dict.fromkeys(NUMBERS)
    busy = 1 if hour is None or hour in EVENING else 0
    return place | {"hidden": False} | {name: busy * ((at * 7 + len(name) * 5) % 23) for name in NUMBERS}
