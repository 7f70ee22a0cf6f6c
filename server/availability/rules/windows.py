"""Windows in their one form: merged and sorted, so that the same hours are always written the same way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final

from server.availability.rules.schedule import WeeklyWindow, Window

# From the begin of the week (or of the day), half-open.
Run = tuple[timedelta, timedelta]

_NOTHING: Final = timedelta()
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_LATE: Final = timedelta(hours=23, minutes=59)


def normalise_windows(windows: Iterable[WeeklyWindow]) -> tuple[WeeklyWindow, ...]:
    """Return the weekly windows that cover the same wall time, with overlapping and touching ones merged.

    The week is a ring. What lasts 24 hours or longer is cut at its midnights: a whole week is seven whole days, and
    only whole days start and end at the same wall time. Lists that cover the same wall time have one and the same
    result; normalising it again changes nothing.
    """
    runs = _close_ring(_merge(piece for window in windows for piece in _lay_on_week(window)))
    pieces = (piece for run in runs for piece in _cut_at_midnights(run))
    return tuple(sorted(WeeklyWindow(_find_weekday(start), _as_time(start), _as_time(end)) for start, end in pieces))


def normalise_day(windows: Iterable[Window]) -> tuple[Window, ...]:
    """Return the windows of one day that cover the same wall time, with overlapping and touching ones merged.

    They may run into the next day, yet all begin on this one. So what lasts 24 hours or longer is cut at 23:59, save a
    whole day from midnight to midnight. Lists that cover the same wall time have one and the same result; normalising
    it again changes nothing.
    """
    runs = _merge(measure(window.start, window.end) for window in windows)
    pieces = (piece for run in runs for piece in _cut_late(run))
    return tuple(Window(_as_time(start), _as_time(end)) for start, end in pieces)


def measure(start: time, end: time) -> Run:
    """Return a window's run from the midnight before it: an end not after its start is on the next day."""
    begin, finish = _as_offset(start), _as_offset(end)
    return begin, finish if begin < finish else finish + _DAY


def _lay_on_week(window: WeeklyWindow) -> Iterator[Run]:
    start, end = (offset + _DAY * (window.weekday - 1) for offset in measure(window.start, window.end))
    yield start, min(end, _WEEK)
    if end > _WEEK:
        yield _NOTHING, end - _WEEK


def _merge(runs: Iterable[Run]) -> list[Run]:
    merged: list[Run] = []
    for start, end in sorted(runs):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def _close_ring(runs: list[Run]) -> list[Run]:
    """Join what ends with the week to what begins with it."""
    if len(runs) > 1 and runs[0][0] == _NOTHING and runs[-1][1] == _WEEK:
        return [*runs[1:-1], (runs[-1][0], _WEEK + runs[0][1])]
    return runs


def _cut_at_midnights(run: Run) -> Iterator[Run]:
    start, end = run
    midnights = (_DAY * day for day in range(start // _DAY + 1, -(-end // _DAY)))
    return pairwise([start, *(midnights if end - start >= _DAY else ()), end])


def _cut_late(run: Run) -> Iterator[Run]:
    start, end = run
    cut = max(_LATE, end - _DAY)
    is_long = end - start >= _DAY and run != (_NOTHING, _DAY)
    return pairwise([start, cut, end] if is_long and start < cut else run)


def _find_weekday(offset: timedelta) -> int:
    return offset // _DAY % 7 + 1


def _as_offset(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)


def _as_time(offset: timedelta) -> time:
    return (datetime(1, 1, 1) + offset % _DAY).time()  # noqa: DTZ001  (wall time has no zone)
