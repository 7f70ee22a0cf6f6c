"""Between the wire's texts and wall times, dates, instants: `HH:MM`, `YYYY-MM-DD`, RFC 3339 with an offset."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from server.availability.errors import DateMalformed, TooManyWindows, WindowEmpty, WindowMalformed, ZoneUnknown
from server.availability.rules.schedule import WeeklyWindow, Window
from server.availability.rules.windows import normalise_day, normalise_windows

MOST_WINDOWS: Final = 70
FIRST_YEAR, LAST_YEAR = 2000, 2099
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_MIDNIGHT = time(0)


def read_weekly(rows: Sequence[Mapping[str, Any]]) -> tuple[WeeklyWindow, ...]:
    """Return weekly windows from {weekday, start, end}, normalised. Raises WindowMalformed, WindowEmpty,
    TooManyWindows."""
    _require_few(rows)
    return normalise_windows([_read_weekly_window(row) for row in rows])


def read_day(rows: Sequence[Mapping[str, Any]]) -> tuple[Window, ...]:
    """Return the windows of a day from {start, end}, normalised. Raises as `read_weekly`."""
    _require_few(rows)
    return normalise_day([read_window(row["start"], row["end"]) for row in rows])


def read_window(start: str, end: str) -> Window:
    """Return one window. Equal times are refused, save 00:00 to 00:00: the whole day. Raises as `read_weekly`."""
    window = Window(read_time(start), read_time(end))
    if window.start == window.end != _MIDNIGHT:
        raise WindowEmpty()
    return window


def read_time(text: str) -> time:
    """Return a wall time from HH:MM. Raises WindowMalformed."""
    if _TIME.fullmatch(text) is None:
        raise WindowMalformed()
    return time.fromisoformat(text)


def read_date(text: str) -> date:
    """Return a date from YYYY-MM-DD. Raises DateMalformed."""
    try:
        read = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        read = None
    if read is None or not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise DateMalformed()
    return read


def read_instant(text: str) -> datetime:
    """Return an instant in UTC from RFC 3339 with an offset. Raises DateMalformed."""
    try:
        read = datetime.fromisoformat(text.upper()).astimezone(UTC) if _INSTANT.fullmatch(text) else None
    except (ValueError, OverflowError):
        read = None
    if read is None or not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise DateMalformed()
    return read


def is_date(text: str) -> bool:
    """Tell whether the text has the form of a date."""
    return _DATE.fullmatch(text) is not None


def require_zone(name: str) -> str:
    """Return the zone's name. Raises ZoneUnknown unless the IANA list has it."""
    if name not in _list_zones():
        raise ZoneUnknown()
    return name


def find_local_date(at: datetime, zone: str) -> date:
    """Return the date on somebody's wall at an instant."""
    return at.astimezone(ZoneInfo(zone)).date()


def show_time(at: time) -> str:
    """Return HH:MM."""
    return f"{at:%H:%M}"


def show_weekly(windows: Iterable[WeeklyWindow]) -> list[dict[str, Any]]:
    """Return weekly windows as the wire and the table write them."""
    return [{"weekday": one.weekday} | show_window(one) for one in windows]


def show_day(windows: Iterable[Window]) -> list[dict[str, Any]]:
    """Return a day's windows as the wire and the table write them."""
    return [show_window(one) for one in windows]


def show_window(window: Window | WeeklyWindow) -> dict[str, Any]:
    """Return start and end of a window."""
    return {"start": show_time(window.start), "end": show_time(window.end)}


def restore_weekly(rows: Iterable[Mapping[str, Any]]) -> tuple[WeeklyWindow, ...]:
    """Return weekly windows from the table, where they are normalised already."""
    return tuple(
        WeeklyWindow(row["weekday"], time.fromisoformat(row["start"]), time.fromisoformat(row["end"])) for row in rows
    )


def restore_day(rows: Iterable[Mapping[str, Any]]) -> tuple[Window, ...]:
    """Return a day's windows from the table, where they are normalised already."""
    return tuple(Window(time.fromisoformat(row["start"]), time.fromisoformat(row["end"])) for row in rows)


def _read_weekly_window(row: Mapping[str, Any]) -> WeeklyWindow:
    if not 1 <= row["weekday"] <= 7:
        raise WindowMalformed()
    window = read_window(row["start"], row["end"])
    return WeeklyWindow(row["weekday"], window.start, window.end)


def _require_few(rows: Sequence[object]) -> None:
    if len(rows) > MOST_WINDOWS:
        raise TooManyWindows()


@lru_cache(maxsize=1)
def _list_zones() -> frozenset[str]:
    # Files beside the list that name no place: this machine's own zone, and a mark for "not set".
    return frozenset(available_timezones() - {"localtime", "Factory"})
