"""docs/availability.md does not promise what the rules do not do: every table of it is run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from server.availability.rules.caps import Usage, find_cap
from server.availability.rules.reachability import reachability
from server.availability.rules.schedule import (
    Absence,
    Closure,
    DatedException,
    Reachability,
    Schedule,
    WeeklyWindow,
    Window,
)
from server.availability.rules.wall_clock import read_wall
from server.availability.rules.wind_down import BOUNDS, CAPS, HoursSettings, find_notices

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "availability.md"
AMSTERDAM = "Europe/Amsterdam"
FRIDAY = date(2026, 5, 15)
INSTANT_TABLE = ["instant (UTC)", "the wall shows", "open", "turns at (UTC)", "reason", "rule"]
SETTING_TABLE = ["setting", "the house's", "least", "most", "may be off", "what it is"]
NOTICE_TABLE = ["left until the end", "already given", "due"]
CAP_TABLE = ["used", "now (UTC)", "the wall shows", "closed from (UTC)", "until (UTC)", "rule"]
FILE_TABLE = ["file in `server/availability/rules`", "what is in it"]


def make_hours(*windows: tuple[int, str, str], zone: str = AMSTERDAM) -> Schedule:
    """Return a schedule of weekly windows."""
    times = [(weekday, time.fromisoformat(start), time.fromisoformat(end)) for weekday, start, end in windows]
    return Schedule(zone, windows=tuple(WeeklyWindow(*one) for one in times))


def make_exam(windows: tuple[Window, ...] = (), parts: tuple[Window, ...] = ()) -> Schedule:
    """Return the hours of the examples around Friday 15 May."""
    exam = DatedException("exam", "exam", FRIDAY, FRIDAY, windows, parts)
    return Schedule(AMSTERDAM, make_hours((4, "22:00", "02:00"), (5, "22:00", "02:00")).windows, (exam,))


EVERY_DAY = make_hours(*((number, "19:00", "22:00") for number in range(1, 8))).windows
TOGETHER = Schedule(
    AMSTERDAM,
    EVERY_DAY,
    exceptions=(DatedException("exam", "exam", date(2026, 5, 6), date(2026, 5, 7)),),
    absences=(Absence("away", date(2026, 5, 7), date(2026, 5, 8)),),
    closures=(Closure(datetime(2026, 5, 8, 12, tzinfo=UTC), datetime(2026, 5, 9, 12, tzinfo=UTC), "pause", "pause:1"),),
    holidays=frozenset({date(2026, 5, 5)}),
)
# The schedule that the heading of each example describes.
EXAMPLES = {
    "Thursday 19:00–22:00 in Amsterdam": make_hours((4, "19:00", "22:00")),
    "spring in Amsterdam, Sunday 01:30–02:30": make_hours((7, "01:30", "02:30")),
    "spring in Amsterdam, Sunday 02:15–02:45": make_hours((7, "02:15", "02:45")),
    "spring in Amsterdam, Sunday 02:30–03:30": make_hours((7, "02:30", "03:30")),
    "autumn in Amsterdam, Sunday 02:15–02:45": make_hours((7, "02:15", "02:45")),
    "autumn in Amsterdam, Saturday 22:00–02:30": make_hours((6, "22:00", "02:30")),
    "autumn in Amsterdam, Sunday 01:00–04:00": make_hours((7, "01:00", "04:00")),
    "autumn on Lord Howe Island, Sunday 01:40–01:50": make_hours((7, "01:40", "01:50"), zone="Australia/Lord_Howe"),
    "a date that does not exist, Thursday and Friday 22:00–01:00 in Samoa": make_hours(
        (4, "22:00", "01:00"), (5, "22:00", "01:00"), zone="Pacific/Apia"
    ),
    "Thursday and Friday 22:00–02:00, Friday 15 May closed": make_exam(),
    "the same, Friday 15 May 10:00–12:00 and 23:00–01:00 instead": make_exam(
        windows=(Window(time(10), time(12)), Window(time(23), time(1)))
    ),
    "the same, less 23:00–00:30 on Friday 15 May": make_exam(parts=(Window(time(23), time(0, 30)),)),
    "every day 19:00–22:00, and everything comes together": TOGETHER,
    "every day 19:00–22:00, away from 1 June to 9 August": Schedule(
        AMSTERDAM, EVERY_DAY, absences=(Absence("away", date(2026, 6, 1), date(2026, 8, 9)),)
    ),
}


def list_rows(header: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield (heading above it, cells) of every row of the tables with this header."""
    heading, current = "", list[str]()
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").removeprefix("Example: ")
        cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
        if not line.startswith("|"):
            current = []
        elif not current:
            current = cells
        elif current == header and not set(line) <= set("| -"):
            yield heading, cells


def read_instant(text: str) -> datetime | None:
    """Return the instant of a cell, None of an empty one."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def show_wall(at: datetime, zone: str) -> str:
    """Return what the wall shows as a cell says it."""
    wall = read_wall(at, zone)
    return f"{wall:%a %H:%M}" if wall.time() == wall.time().replace(second=0, microsecond=0) else f"{wall:%a %X.%f}"


def test_every_table_is_run() -> None:
    tables = re.findall(r"^\|(.*)\|\n\| ---", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    known = [INSTANT_TABLE, SETTING_TABLE, NOTICE_TABLE, CAP_TABLE, FILE_TABLE]
    assert all([cell.strip() for cell in table.split("|")] in known for table in tables)
    assert {heading for heading, _ in list_rows(INSTANT_TABLE)} == EXAMPLES.keys()


@pytest.mark.parametrize(("heading", "cells"), [*list_rows(INSTANT_TABLE)], ids=str)
def test_an_instant_of_an_example(heading: str, cells: list[str]) -> None:
    schedule, at, turn = EXAMPLES[heading], read_instant(cells[0]), read_instant(cells[3])
    assert at is not None
    is_open = {"yes": True, "no": False}[cells[2]]
    until, opening = (turn, None) if is_open else (None, turn)

    assert show_wall(at, schedule.zone) == cells[1]
    assert reachability(schedule, at) == Reachability(is_open, until, opening, cells[4], cells[5])


def test_the_settings_are_those_of_the_table() -> None:
    defaults, seen = HoursSettings(), list[str]()
    for _, (name, default, least, most, may_be_off, _) in list_rows(SETTING_TABLE):
        value = getattr(defaults, name)
        assert default == (", ".join(map(str, value)) if isinstance(value, tuple) else str(value))
        assert (may_be_off == "yes") == (name in CAPS)
        if name in BOUNDS:
            assert (int(least), int(most)) == BOUNDS[name]
        seen.append(name)
    assert seen == [field.name for field in fields(HoursSettings)]


@pytest.mark.parametrize("cells", [cells for _, cells in list_rows(NOTICE_TABLE)], ids=" · ".join)
def test_a_notice_of_the_table(cells: list[str]) -> None:
    left, already, due = cells
    minutes, seconds = left.split(":")
    now = datetime(2026, 1, 15, 20, tzinfo=UTC)
    until = now + timedelta(minutes=int(minutes), seconds=float(seconds))
    found = find_notices(Reachability(True, until, None, "", "window:4:19:00"), HoursSettings(), now, read_set(already))
    assert found == sorted(read_set(due))


def read_set(text: str) -> set[int]:
    """Return the numbers of a cell."""
    return {int(one) for one in text.split(",") if one}


@pytest.mark.parametrize("cells", [cells for _, cells in list_rows(CAP_TABLE)], ids=lambda cells: " · ".join(cells[:2]))
def test_a_cap_of_the_table(cells: list[str]) -> None:
    used, at, wall, start, until, rule_id = cells
    now = read_instant(at)
    assert now is not None
    assert show_wall(now, AMSTERDAM) == wall

    found = find_cap(Usage(*(int(one) for one in used.split(","))), HoursSettings(), now, AMSTERDAM)

    begin = read_instant(start)
    assert found == (Closure(begin, read_instant(until), "cap", rule_id) if begin else None)


def test_the_files_of_the_table_exist() -> None:
    named = [name for _, (names, _) in list_rows(FILE_TABLE) for name in re.findall(r"`(\w+\.py)`", names)]
    rules = DOCUMENT.parents[1] / "server" / "availability" / "rules"
    assert len(named) > 5
    assert all((rules / name).exists() for name in named)
