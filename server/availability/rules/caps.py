"""When somebody has done enough: the caps that close their hours, and rest after a heavy evening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from server.availability.rules.schedule import CAP, REST, Closure
from server.availability.rules.wind_down import HoursSettings, find_evening, find_evening_start

CONTACT_MINUTES_EVENING: Final = "cap:contact_minutes_evening"
EVENINGS_IN_ROW: Final = "cap:evenings_in_row"
HOURS_WEEK: Final = "cap:hours_week"
REST_HOURS: Final = "rest:heavy_evening"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Usage:
    """What an expert has done up to now, in whole minutes of contact.

    `evenings_in_row` counts evenings with contact without a free one between: up to this one when it has had
    contact, else up to the one before. The week begins with Monday's evening.
    """

    minutes_this_evening: int
    evenings_in_row: int
    minutes_this_week: int


def find_cap(usage: Usage, settings: HoursSettings, now: datetime, zone: str) -> Closure | None:
    """Return the closure that the caps that are reached make together; None when none is.

    It begins with the first of them and is named after the one that lasts longest. Minutes close from `now` until the
    next evening or the next week begins. Evenings in a row make one whole evening free: this one while it has had no
    contact, else the next, so that the last evening that is allowed can be finished. Raises ZoneInfoNotFoundError.
    """
    reached = list(_list_reached(usage, settings, now, zone))
    if not reached:
        return None
    longest = max(reached, key=lambda closure: closure.until or closure.start)
    return replace(longest, start=min(closure.start for closure in reached))


def rest_closure(now: datetime, hours: int) -> Closure:
    """Return the rest that an expert takes after a heavy evening: so many hours by the clock, from now on."""
    now = now.astimezone(UTC)
    return Closure(now, now + timedelta(hours=hours), REST, REST_HOURS)


def _list_reached(usage: Usage, settings: HoursSettings, now: datetime, zone: str) -> Iterator[Closure]:
    now = now.astimezone(UTC)
    evening = find_evening(now, zone, settings.evening_starts)
    monday = evening + _DAY * (8 - evening.isoweekday())
    tomorrow, after_tomorrow, next_week = (
        find_evening_start(on, zone, settings.evening_starts) for on in (evening + _DAY, evening + 2 * _DAY, monday)
    )
    if _is_reached(usage.minutes_this_evening, settings.contact_minutes_evening):
        yield Closure(now, tomorrow, CAP, CONTACT_MINUTES_EVENING)
    if _is_reached(usage.evenings_in_row, settings.evenings_in_row):
        free = (tomorrow, after_tomorrow) if usage.minutes_this_evening else (now, tomorrow)
        yield Closure(*free, CAP, EVENINGS_IN_ROW)
    if _is_reached(usage.minutes_this_week, settings.hours_week and settings.hours_week * 60):
        yield Closure(now, next_week, CAP, HOURS_WEEK)


def _is_reached(used: int, cap: int | None) -> bool:
    return cap is not None and used >= cap
