"""What an expert has done: minutes of contact by evening, and what the caps look at in them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from server.availability.rules.caps import Usage

# As far back as a cap on evenings in a row may look (BOUNDS), and one more.
LOOK_BACK_DAYS: Final = 15
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


def find_minute(at: datetime) -> datetime:
    """Return the whole minute that an instant lies in."""
    return at.replace(second=0, microsecond=0)


def measure_contact(minute: datetime, last: datetime | None, talk_minutes: int) -> int:
    """Return how many minutes of contact a message in this minute adds, the last one before having come in `last`.

    While a talk runs, the minutes between two messages count as well; a message that begins one counts for one.
    """
    if last is None or minute <= last or minute - last > timedelta(minutes=talk_minutes):
        return 1
    return (minute - last) // _MINUTE


def find_usage(minutes_by_evening: Mapping[date, int], evening: date) -> Usage:
    """Return what somebody has done up to this evening; the week begins with Monday's."""
    monday = evening - _DAY * (evening.isoweekday() - 1)
    return Usage(
        minutes_this_evening=minutes_by_evening.get(evening, 0),
        evenings_in_row=_count_row(minutes_by_evening, evening),
        minutes_this_week=sum(number for on, number in minutes_by_evening.items() if monday <= on <= evening),
    )


def _count_row(evenings: Iterable[date], last: date) -> int:
    known = set(evenings)
    on = last if last in known else last - _DAY
    count = 0
    while on in known:
        count, on = count + 1, on - _DAY
    return count
