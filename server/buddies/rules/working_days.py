"""The next working day, on the wall of the team's zone; pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from server.availability.rules.wall_clock import find_instant

_DAY = timedelta(days=1)
_SATURDAY: Final = 6
CLOSES: Final = time(18)  # the desk of a coordinator


def find_working_day_after(on: date, holidays: Collection[date]) -> date:
    """Return the first day after `on` that is no weekend and no public holiday."""
    day = on + _DAY
    while day.isoweekday() >= _SATURDAY or day in holidays:
        day += _DAY
    return day


def find_due_at(now: datetime, zone: str, holidays: Collection[date]) -> datetime:
    """Return the end of the next working day: by then somebody else is offered (issue 4, point 4)."""
    on = find_working_day_after(now.astimezone(ZoneInfo(zone)).date(), holidays)
    return find_instant(datetime.combine(on, CLOSES), zone)
