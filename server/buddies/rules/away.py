"""When an expert is away for longer than the day, so that a backup takes over; pure.

Away is an absence or a pause: hours that end for the evening are no absence, and a rest or a full evening is over by
tomorrow. A stretch counts when it reaches beyond midnight of the day on which it began (absences that touch are one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.availability.rules.schedule import PAUSE, Schedule
from server.availability.rules.wall_clock import find_instant

ABSENCE_REASON, PAUSE_REASON, PAIRING_REASON, REMATCH_REASON = "absence", "pause", "pairing", "rematch"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Away:
    """A stretch [start, until) in which somebody is away; `until` None: nobody knows. `reason` is absence or pause."""

    start: datetime
    until: datetime | None
    reason: str


def find_away(schedule: Schedule, at: datetime) -> Away | None:
    """Return the stretch for which a backup takes over at an instant, or None."""
    return next((one for one in _list_long(schedule) if _holds(one, at)), None)


def find_next_turn(schedule: Schedule, at: datetime) -> datetime | None:
    """Return the first instant after `at` at which such a stretch begins or ends; None when none is known."""
    edges = [edge for one in _list_long(schedule) for edge in (one.start, one.until) if edge is not None]
    return min((edge for edge in edges if edge > at), default=None)


def _list_long(schedule: Schedule) -> list[Away]:
    return [one for one in _merge(_list_stretches(schedule)) if _outlasts_day(one, schedule.zone)]


def _list_stretches(schedule: Schedule) -> list[Away]:
    absences = [
        Away(_midnight(one.first, schedule.zone), _midnight(one.last + _DAY, schedule.zone), ABSENCE_REASON)
        for one in schedule.absences
    ]
    pauses = [Away(one.start, one.until, PAUSE_REASON) for one in schedule.closures if one.reason == PAUSE]
    return sorted(absences + pauses, key=lambda one: one.start)


def _merge(stretches: Sequence[Away]) -> list[Away]:
    merged: list[Away] = []
    for one in stretches:
        last = merged[-1] if merged else None
        if last is None or (last.until is not None and one.start > last.until):
            merged.append(one)
        elif last.until is not None:
            until = None if one.until is None else max(last.until, one.until)
            merged[-1] = Away(last.start, until, last.reason)
    return merged


def _holds(one: Away, at: datetime) -> bool:
    return one.start <= at and (one.until is None or at < one.until)


def _outlasts_day(one: Away, zone: str) -> bool:
    ends = _midnight(one.start.astimezone(ZoneInfo(zone)).date() + _DAY, zone)
    return one.until is None or one.until > ends


def _midnight(on: date, zone: str) -> datetime:
    return find_instant(datetime.combine(on, time(0)), zone)
