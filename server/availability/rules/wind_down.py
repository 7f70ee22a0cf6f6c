"""How an evening ends: the numbers that a team may set, the notices before the end, and which evening it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Final

from server.availability.rules.schedule import Reachability
from server.availability.rules.wall_clock import find_instant, read_wall

# Smallest and largest value of each number that a team may set.
BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "notice_minutes": (1, 120),
    "grace_minutes": (0, 30),
    "extension_minutes": (5, 30),
    "most_extensions": (0, 4),
    "talk_minutes": (1, 120),
    "answer_once_hours": (1, 24),
    "talks_at_once": (1, 20),
    "contact_minutes_evening": (15, 720),
    "evenings_in_row": (1, 14),
    "hours_week": (1, 60),
    "rest_hours": (1, 168),
}
# These may be None: switched off.
CAPS: Final = ("talks_at_once", "contact_minutes_evening", "evenings_in_row", "hours_week", "rest_hours")
MOST_NOTICES: Final = 5
EVENING_STARTS: Final = "06:00"
# The wall time at which one evening ends and the next begins: a morning.
_MORNING: Final = re.compile(r"(0\d|1[01]):[0-5]\d|12:00")


@dataclass(frozen=True, slots=True)
class HoursSettings:
    """A team's numbers, with the house's own as defaults; the units are in the names.

    A talk is running while the expert has written in it within `talk_minutes`. `evening_starts` is the wall time HH:MM
    at which one evening ends and the next begins. What is said once an evening is not repeated within
    `answer_once_hours`. A cap that is None is off. Raises ValueError for a number outside of BOUNDS.
    """

    notice_minutes: tuple[int, ...] = (15, 5)
    grace_minutes: int = 10
    extension_minutes: int = 15
    most_extensions: int = 2
    talk_minutes: int = 15
    evening_starts: str = EVENING_STARTS
    answer_once_hours: int = 8
    talks_at_once: int | None = 3
    contact_minutes_evening: int | None = 180
    evenings_in_row: int | None = 5
    hours_week: int | None = 12
    rest_hours: int | None = 24

    def __post_init__(self) -> None:
        if not _MORNING.fullmatch(self.evening_starts):
            raise ValueError("evening_starts: HH:MM from 00:00 to 12:00 was expected")
        if len(set(self.notice_minutes)) < len(self.notice_minutes) or len(self.notice_minutes) > MOST_NOTICES:
            raise ValueError(f"notice_minutes: at most {MOST_NOTICES} different numbers were expected")
        for field in fields(self):
            value = getattr(self, field.name)
            for number in value if isinstance(value, tuple) else (value,):
                _require_bounds(field.name, number)


def find_notices(
    reachability: Reachability, settings: HoursSettings, now: datetime, already: Iterable[int]
) -> list[int]:
    """Return which notice of the end is due, in minutes: none or one, the nearest to the end.

    `already` are those that were given for this end. One that comes too late, because a later one is due or was
    given, is left out: it would no longer be true.
    """
    if not reachability.open or reachability.until is None or now >= reachability.until:
        return []
    left = reachability.until - now
    nearest = min((minutes for minutes in settings.notice_minutes if left <= timedelta(minutes=minutes)), default=None)
    return [] if nearest is None or any(given <= nearest for given in already) else [nearest]


def find_evening(at: datetime, zone: str, starts: str = EVENING_STARTS) -> date:
    """Return the date of the evening that an instant belongs to: from `starts` on that date to `starts` on the next.

    Raises ZoneInfoNotFoundError.
    """
    evening = read_wall(at, zone).date() + timedelta(days=1)
    while find_evening_start(evening, zone, starts) > at:
        evening -= timedelta(days=1)
    return evening


def find_evening_start(on: date, zone: str, starts: str = EVENING_STARTS) -> datetime:
    """Return the instant, in UTC, at which the evening of a date begins. Raises ZoneInfoNotFoundError."""
    return find_instant(datetime.combine(on, time.fromisoformat(starts)), zone)


def _require_bounds(name: str, value: int | str | None) -> None:
    if name not in BOUNDS or (value is None and name in CAPS):
        return
    least, most = BOUNDS[name]
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"{name}: a whole number from {least} to {most} was expected")
