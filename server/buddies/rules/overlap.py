"""How many minutes of an ordinary week two people share.

A week is one whole number with a bit per minute of UTC, 10,080 of them, as a ring: sharing is `&`, and counting is one
step of the processor. Counted this way for 30,000 pairs it takes some hundredths of a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from server.availability.rules.schedule import WeeklyWindow

_DAY: Final = 24 * 60
_WEEK: Final = 7 * _DAY
_WHOLE: Final = (1 << _WEEK) - 1
_NOON: Final = time(12)  # the clock changes at night, so that at noon the day's offset is settled


def lay_out_week(windows: Iterable[WeeklyWindow], zone: str, on: date) -> int:
    """Return the minutes of an ordinary week that windows cover, a bit each, from Monday 00:00 UTC.

    All wall times are read with the offset that the zone has at noon UTC `on` that day: two people of one zone are
    compared by their wall clocks all year, those of two zones as they are apart now. Seconds are cut off.
    Raises ZoneInfoNotFoundError.
    """
    offset = _read_offset(zone, on)
    covered = 0
    for window in windows:
        start, end = _count_minutes(window.start), _count_minutes(window.end)
        length = end - start if end > start else end - start + _DAY
        begin = ((window.weekday - 1) * _DAY + start - offset) % _WEEK
        run = ((1 << length) - 1) << begin
        covered |= (run | run >> _WEEK) & _WHOLE
    return covered


def count_shared_minutes(one: int, other: int) -> int:
    """Return how many minutes a week two laid-out weeks share."""
    return (one & other).bit_count()


def _read_offset(zone: str, on: date) -> int:
    offset = datetime.combine(on, _NOON, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) // 60 if offset else 0


def _count_minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
