"""Between instants and the clock on somebody's wall, exact over every clock change. Wall times are naive datetimes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

# In the whole of the time zone database no two changes of one zone are less than three days apart.
_PROBE: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
# A few zones, each for the weeks that are asked about.
_RANGES_KEPT: Final = 4_096


@dataclass(frozen=True, slots=True)
class SteadyRange:
    """The instants [begin, end) at which the wall shows UTC plus `offset`."""

    begin: datetime
    end: datetime
    offset: timedelta

    def read_wall(self, at: datetime) -> datetime:
        """Return what the wall shows at an instant, as if this range went on for ever."""
        return at.replace(tzinfo=None) + self.offset

    def find_instant(self, wall: datetime) -> datetime:
        """Return the instant at which the wall shows this, as if this range went on for ever."""
        return (wall - self.offset).replace(tzinfo=UTC)


@lru_cache(maxsize=_RANGES_KEPT)
def list_steady_ranges(zone: str, begin: datetime, end: datetime) -> tuple[SteadyRange, ...]:
    """Return the ranges between clock changes that fill [begin, end), whole seconds in UTC.

    Raises ZoneInfoNotFoundError.
    """
    edges, probe = [begin], begin
    while probe < end:
        following = min(probe + _PROBE, end)
        if _read_offset(zone, probe) != _read_offset(zone, following):
            edges.append(_find_change(zone, probe, following))
        probe = following
    edges = [edge for edge in edges if edge < end]
    return tuple(
        SteadyRange(first, last, _read_offset(zone, first))
        for first, last in zip(edges, [*edges[1:], end], strict=True)
    )


def find_instant(wall: datetime, zone: str) -> datetime:
    """Return the first instant, in UTC, at which the wall shows this time; the jump when it is missing there.

    Raises ZoneInfoNotFoundError.
    """
    local = wall.replace(tzinfo=ZoneInfo(zone), fold=0)
    instant = local.astimezone(UTC)
    if read_wall(instant, zone) == wall:
        return instant
    # PEP 495: of a missing time, fold=0 lies behind the jump and fold=1 before it.
    before = local.replace(fold=1).astimezone(UTC).replace(microsecond=0)
    return _find_change(zone, before, instant.replace(microsecond=0) + _SECOND)


def read_wall(at: datetime, zone: str) -> datetime:
    """Return what the wall shows at an instant. Raises ZoneInfoNotFoundError."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def _find_change(zone: str, before: datetime, after: datetime) -> datetime:
    """Return the first second in (before, after] at which the offset is no longer that of `before`."""
    old = _read_offset(zone, before)
    while after - before > _SECOND:
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        before, after = (middle, after) if _read_offset(zone, middle) == old else (before, middle)
    return after


def _read_offset(zone: str, at: datetime) -> timedelta:
    return read_wall(at, zone) - at.replace(tzinfo=None)
