"""When the next step is due, and when a page that failed is tried again. Pure: instants in, instants out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from server.availability.rules.wall_clock import find_instant
from server.safety.rules.chains import LAST_RESORT, Step
from server.safety.rules.levels import find_repeat

# A worker that dies with a step or a page in its hands delays it by this.
STEP_LEASE: Final = timedelta(seconds=15)
PAGE_LEASE: Final = timedelta(seconds=15)
# A letter or a webhook may hang for a while before it fails (`channels`): nobody sends it twice meanwhile.
CHANNEL_LEASE: Final = timedelta(seconds=45)
# The watchdog's measure (issue 5): with a worker alive nothing is later than this.
MOST_LATE: Final = timedelta(seconds=60)
MOST_TRIES: Final = 20
# Why a page calls somebody who has it in hands already; all other reasons are steps of the chain.
REMIND: Final = "remind"
# SAFETY §3: whoever is called for an emergency has three minutes to answer. Nobody's haste takes them away.
JUST_CALLED: Final = timedelta(minutes=3)
_BACK_OFF: Final = (5, 15, 30, 60, 120, 300, 600)  # seconds before the next try of a page

# The hours at which somebody looks at what can wait, Monday to Friday on the team's wall clock, on no public holiday.
_WORKING_MOMENTS: Final = (time(9), time(13))
_NOTICE: Final = timedelta(hours=1)
_FRIDAY: Final = 5


def find_next_step(step: Step, level: str, now: datetime, zone: str, holidays: Collection[date] = ()) -> datetime:
    """Return when the step after this one is due; after the last resort its first repeat."""
    if step.kind == LAST_RESORT:
        return now + find_repeat(level, 0)
    if step.wait_minutes is None:
        return find_working_moment(now, zone, holidays)
    return now + timedelta(minutes=step.wait_minutes)


def find_working_moment(now: datetime, zone: str, holidays: Collection[date] = ()) -> datetime:
    """Return the next 09:00 or 13:00 of a working day that is at least an hour away: who is paged gets time to look."""
    today = now.astimezone(ZoneInfo(zone)).date()
    days = (today + timedelta(days=number) for number in count())
    working = (day for day in days if day.isoweekday() <= _FRIDAY and day not in holidays)
    moments = (find_instant(datetime.combine(day, at), zone) for day in working for at in _WORKING_MOMENTS)
    return next(one for one in moments if one >= now + _NOTICE)


def find_retry(tries: int, now: datetime) -> datetime | None:
    """Return when a page that failed so often is tried again; None when it is given up."""
    if tries >= MOST_TRIES:
        return None
    return now + timedelta(seconds=_BACK_OFF[min(tries, len(_BACK_OFF)) - 1])
