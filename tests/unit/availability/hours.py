"""Schedules in few words: Ben's evenings, a night owl, and what changes them. Dates count from a Wednesday."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.availability.rules.reachability import preview
from server.availability.rules.schedule import Absence, Closure, DatedException, Schedule, WeeklyWindow, Window

AMSTERDAM = "Europe/Amsterdam"
INSTANT = timedelta(microseconds=1)
# Wednesday 14 January 2026; Amsterdam is an hour ahead of UTC.
WEDNESDAY = date(2026, 1, 14)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
EVENINGS = tuple(WeeklyWindow(number, time(19), time(22)) for number in range(1, 8))
NIGHTS = tuple(WeeklyWindow(number, time(22), time(2)) for number in range(1, 8))
AROUND_THE_CLOCK = tuple(WeeklyWindow(number, time(), time()) for number in range(1, 8))
BEN = Schedule(AMSTERDAM, EVENINGS)
NIGHT_OWL = Schedule(AMSTERDAM, NIGHTS)


def at_wall(on: date, wall: str, zone: str = AMSTERDAM) -> datetime:
    """Return the instant at which the wall shows a time on a date."""
    return datetime.combine(on, time.fromisoformat(wall), ZoneInfo(zone)).astimezone(UTC)


def in_days(days: int) -> date:
    """Return a date so many days after Wednesday."""
    return WEDNESDAY + timedelta(days=days)


def close(first: int, last: int, name: str = "e") -> DatedException:
    """Return an exception that closes dates, counted from Wednesday."""
    return DatedException(name, "exam", in_days(first), in_days(last))


def change(first: int, last: int, *windows: str, name: str = "e") -> DatedException:
    """Return an exception with other hours."""
    return DatedException(name, "exam", in_days(first), in_days(last), windows=make_windows(*windows))


def take(first: int, last: int, *parts: str, name: str = "e") -> DatedException:
    """Return an exception that takes parts off."""
    return DatedException(name, "exam", in_days(first), in_days(last), parts=make_windows(*parts))


def make_windows(*texts: str) -> tuple[Window, ...]:
    """Return windows from "19:00-22:00"."""
    return tuple(Window(*(time.fromisoformat(part) for part in text.split("-"))) for text in texts)


def make_pause(start: datetime, until: datetime | None, reason: str = "pause", rule_id: str = "pause:1") -> Closure:
    """Return a closure."""
    return Closure(start, until, reason, rule_id)


def list_open(schedule: Schedule, first: date = WEDNESDAY, days: int = 1) -> list[str]:
    """Return the open stretches of some dates as "14 19:00-22:00"."""
    return [f"{one.on.day} {one.start:%H:%M}-{one.end:%H:%M}" for one in preview(schedule, first, days)]


def take_off(schedule: Schedule, what: DatedException | Absence | date) -> Schedule:
    """Return the schedule with something more that closes."""
    match what:
        case DatedException():
            return replace(schedule, exceptions=(*schedule.exceptions, what))
        case Absence():
            return replace(schedule, absences=(*schedule.absences, what))
        case _:
            return replace(schedule, holidays=schedule.holidays | {what})


NOON = at_wall(WEDNESDAY, "12:00")
