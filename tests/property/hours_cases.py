"""Schedules and instants by the thousand, most of them around the nights on which a zone changes its clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from server.availability.rules.schedule import (
    Absence,
    Closure,
    DatedException,
    Schedule,
    Shift,
    WeeklyWindow,
    Window,
)

# Zone → years with clock changes worth seeing: Newfoundland changed at one minute past midnight until 2011, Samoa
# skipped 30 December 2011, Nepal moved by a quarter of an hour on 1 January 1986, Lord Howe moves by half an hour.
ZONES = {
    "Europe/Amsterdam": (2023, 2024, 2025, 2026, 2027),
    "America/St_Johns": (2009, 2010, 2011, 2025, 2026),
    "Australia/Lord_Howe": (2024, 2025, 2026),
    "Pacific/Apia": (2011, 2012, 2020, 2021),
    "Asia/Kathmandu": (1985, 1986, 2026),
}
INSTANT = timedelta(microseconds=1)
_NOON = 12
_AT_NIGHT = [time(hour, minute) for hour in range(5) for minute in (0, 1, 15, 30, 45, 59)]


@cache
def list_changes(zone: str) -> tuple[datetime, ...]:
    """Return the instants, to the minute, at which the zone's clocks change in the years of ZONES."""
    found, one = [], ZoneInfo(zone)
    for year in ZONES[zone]:
        minutes = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(-24, 366 * 24)]
        for hour in minutes:
            if (hour + timedelta(hours=1)).astimezone(one).utcoffset() != hour.astimezone(one).utcoffset():
                found.append(_narrow(one, hour))
    return tuple(sorted(set(found)))


def make_schedule(random: Random, zone: str, focus: datetime) -> Schedule:
    """Return a schedule with something of everything around an instant; wall times are whole minutes."""
    on = focus.astimezone(ZoneInfo(zone)).date()
    return Schedule(
        zone=zone,
        windows=tuple(_make_weekly(random, on) for _ in range(random.choice((0, 2, 4, 7, 14, 14)))),
        exceptions=tuple(_make_exception(random, on, number) for number in range(random.choice((0, 0, 1, 2, 4)))),
        absences=tuple(_make_absence(random, on, number) for number in range(random.choice((0, 0, 0, 0, 1, 2)))),
        closures=tuple(_make_closure(random, focus, number) for number in range(random.choice((0, 0, 0, 0, 1, 3)))),
        shifts=tuple(_make_shift(random, on, number) for number in range(random.choice((0, 2, 5)))),
        holidays=frozenset(_move(random, on, 3) for _ in range(random.choice((0, 0, 1, 2)))),
    )


def make_instants(random: Random, schedule: Schedule, focus: datetime, count: int) -> Iterator[datetime]:
    """Yield instants around another: half of them in its night; on a minute, right before one, or anywhere."""
    edges = [edge for one in schedule.closures for edge in (one.start, one.until) if edge is not None]
    for _ in range(count):
        reach = random.choice((4 * 60, 36 * 60, 9 * 24 * 60))
        minute = focus + timedelta(minutes=random.randint(-reach, reach))
        if edges and random.random() < 0.05:
            minute = random.choice(edges)
        yield minute + random.choice(
            (timedelta(), timedelta(), -INSTANT, INSTANT, timedelta(seconds=random.random() * 60))
        )


def pick_focus(random: Random, zone: str) -> datetime:
    """Return a clock change of the zone, three times out of four, or any minute of its years."""
    if random.random() < 0.75:
        return random.choice(list_changes(zone))
    minutes = random.randrange(366 * 24 * 60)
    return datetime(random.choice(ZONES[zone]), 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)


def _narrow(zone: ZoneInfo, hour: datetime) -> datetime:
    minutes = (hour + timedelta(minutes=minute) for minute in range(1, 61))
    old = hour.astimezone(zone).utcoffset()
    return next(minute for minute in minutes if minute.astimezone(zone).utcoffset() != old)


def _make_time(random: Random) -> time:
    kind = random.random()
    if kind < 0.15:
        return time()
    if kind < 0.6:
        return random.choice(_AT_NIGHT)
    return time(random.randrange(24), random.choice((0, 30, random.randrange(60))))


def _make_window(random: Random) -> Window:
    start, end = _make_time(random), _make_time(random)
    return Window(start, end if end != start or random.random() < 0.3 else time((start.hour + 1) % 24, start.minute))


def _make_weekly(random: Random, on: date) -> WeeklyWindow:
    window = _make_window(random)
    return WeeklyWindow(_move(random, on, random.choice((1, 3))).isoweekday(), window.start, window.end)


def _make_exception(random: Random, on: date, number: int) -> DatedException:
    first = _move(random, on, 2)
    windows = tuple(_make_window(random) for _ in range(random.randint(1, 3)))
    kind = random.choice(("closed", "hours", "parts"))
    return DatedException(
        id=f"{random.randrange(10)}-{number}",
        kind="illness",
        first=first,
        last=first + timedelta(days=random.choice((0, 0, 1, 3))),
        windows=windows if kind == "hours" else (),
        parts=windows if kind == "parts" else (),
    )


def _make_absence(random: Random, on: date, number: int) -> Absence:
    first = _move(random, on, 3)
    return Absence(f"{random.randrange(10)}-{number}", first, first + timedelta(days=random.choice((0, 0, 1, 5, 66))))


def _make_closure(random: Random, focus: datetime, number: int) -> Closure:
    start = focus + timedelta(minutes=random.randint(-3_000, 3_000), microseconds=random.choice((0, 0, 1, 7_777_777)))
    until = start + timedelta(minutes=random.choice((1, 90, 600, 4_000)), microseconds=random.choice((0, 0, 5)))
    reason = random.choice(("pause", "cap", "rest"))
    return Closure(start, until if random.random() < 0.9 else None, reason, f"{reason}:{random.randrange(10)}-{number}")


def _make_shift(random: Random, on: date, number: int) -> Shift:
    window = _make_window(random)
    kind = random.choice(("duty", "on_call"))
    return Shift(f"{random.randrange(10)}-{number}", kind, _move(random, on, 4), window.start, window.end)


def _move(random: Random, on: date, days: int) -> date:
    return on + timedelta(days=random.randint(-days, days))
