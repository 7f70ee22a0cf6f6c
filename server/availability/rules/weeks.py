"""A calendar as a line of instants, laid out a week at a time: when each verdict begins to hold, in UTC."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

from server.availability.rules.days import DAY, Calendar, Verdict, judge_day, read_day
from server.availability.rules.schedule import Closure
from server.availability.rules.wall_clock import SteadyRange, list_steady_ranges

_ORIGIN: Final = datetime(2001, 1, 1, tzinfo=UTC)
_WEEK: Final = timedelta(days=7)
_WEEKS_KEPT: Final = 4_096


@dataclass(frozen=True, slots=True)
class Piece:
    """The instants [start, end) of one local date with one verdict."""

    start: datetime
    end: datetime
    on: date
    verdict: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """Seven days of UTC without a gap; `starts` are those of the pieces."""

    starts: tuple[datetime, ...]
    pieces: tuple[Piece, ...]

    def find_place(self, at: datetime) -> int:
        """Return which piece an instant of this week lies in."""
        return bisect_right(self.starts, at) - 1


def find_week(at: datetime) -> int:
    """Return the number of the week that an instant lies in."""
    return (at - _ORIGIN) // _WEEK


@lru_cache(maxsize=_WEEKS_KEPT)
def lay_out_week(calendar: Calendar, number: int) -> Week:
    """Return one week of a calendar. Raises ZoneInfoNotFoundError, OverflowError at the ends of the calendar."""
    begin = _ORIGIN + number * _WEEK
    steady = list_steady_ranges(calendar.zone, begin, begin + _WEEK)
    pieces = [piece for one in steady for piece in _lay_out_range(calendar, one)]
    for closure in reversed(calendar.closures):
        pieces = [part for piece in pieces for part in _close(piece, closure)]
    return Week(tuple(piece.start for piece in pieces), tuple(pieces))


def _lay_out_range(calendar: Calendar, steady: SteadyRange) -> list[Piece]:
    first, last = steady.read_wall(steady.begin), steady.read_wall(steady.end)
    dates = [first.date() + DAY * number for number in range(-1, (last.date() - first.date()).days + 1)]
    laid = [
        (wall, today.on, verdict)
        for eve, today in pairwise([read_day(calendar, on) for on in dates])
        for wall, verdict in judge_day(eve, today, calendar.outside)
    ]
    ends = [*(wall for wall, _, _ in laid[1:]), last]
    shown = [one for one, end in zip(laid, ends, strict=True) if one[0] < last and end > first]
    starts = [steady.begin, *(steady.find_instant(wall) for wall, _, _ in shown[1:])]
    edges = pairwise([*starts, steady.end])
    return [Piece(*edge, on, verdict) for edge, (_, on, verdict) in zip(edges, shown, strict=True)]


def _close(piece: Piece, closure: Closure) -> Iterable[Piece]:
    """Return the piece with what the closure covers of it cut out and closed."""
    start = max(piece.start, closure.start)
    end = piece.end if closure.until is None else min(piece.end, closure.until)
    if start >= end:
        return [piece]
    verdict = Verdict(False, closure.reason, closure.rule_id)
    cuts = [
        Piece(piece.start, start, piece.on, piece.verdict),
        Piece(start, end, piece.on, verdict),
        Piece(end, piece.end, piece.on, piece.verdict),
    ]
    return [cut for cut in cuts if cut.start < cut.end]
