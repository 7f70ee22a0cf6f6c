"""The demo clock: it begins when it is first looked at, keeps its pace, and all who go by it are set together.

Several clocks over one directory stand for several processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.foundation.demo_clock import (
    FILE_NAME,
    LOOK_AGAIN_AFTER,
    DemoClock,
    Setting,
    find_setting,
    parse_moment,
    write_setting,
)

REAL = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
START = datetime(2026, 11, 24, 20, 58, tzinfo=UTC)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
MakeClock = Callable[..., DemoClock]


@pytest.fixture
def make_clock(tmp_path: Path) -> Iterator[MakeClock]:
    """Makes clocks of one directory and lets go of them."""
    made: list[DemoClock] = []

    def make(start: datetime = START, speed: int = 1) -> DemoClock:
        made.append(DemoClock(start, speed, tmp_path))
        return made[-1]

    yield make
    for clock in made:
        clock.close()


@pytest.mark.parametrize(("speed", "passed"), [(1, MINUTE), (60, 60 * MINUTE), (3600, timedelta(hours=60))])
def test_it_begins_at_the_first_look_and_keeps_its_pace(make_clock: MakeClock, speed: int, passed: timedelta) -> None:
    clock = make_clock(speed=speed)
    assert clock.show(REAL) == START
    assert clock.show(REAL + MINUTE) == START + passed


def test_who_comes_later_goes_by_the_same_clock(make_clock: MakeClock) -> None:
    make_clock(speed=60).show(REAL)
    assert make_clock(START + timedelta(days=9)).show(REAL + SECOND) == START + MINUTE


def test_it_goes_on_for_who_came_later_when_the_first_has_ended(make_clock: MakeClock) -> None:
    first, second = make_clock(), make_clock()
    assert first.show(REAL) == second.show(REAL) == START
    first.close()
    assert make_clock().show(REAL + MINUTE) == second.show(REAL + MINUTE) == START + MINUTE


def test_when_all_have_ended_the_next_begins_anew(make_clock: MakeClock) -> None:
    first = make_clock()
    first.show(REAL)
    first.close()
    assert make_clock().show(REAL + MINUTE) == START


def test_all_who_go_by_it_follow_when_it_is_set(make_clock: MakeClock, tmp_path: Path) -> None:
    clocks = [make_clock(), make_clock()]
    assert {clock.show(REAL) for clock in clocks} == {START}
    later = START + timedelta(hours=3)
    write_setting(tmp_path, Setting(later, REAL + SECOND, 1))
    assert {clock.show(REAL + LOOK_AGAIN_AFTER + SECOND) for clock in clocks} == {later + SECOND}


def test_it_looks_once_a_second_at_most(make_clock: MakeClock, tmp_path: Path) -> None:
    clock = make_clock()
    clock.show(REAL)
    write_setting(tmp_path, Setting(START + timedelta(hours=3), REAL, 1))
    almost = LOOK_AGAIN_AFTER - timedelta(microseconds=1)
    assert clock.show(REAL + almost) == START + almost
    assert clock.show(REAL + LOOK_AGAIN_AFTER) == START + timedelta(hours=3) + LOOK_AGAIN_AFTER


def test_a_machine_that_sets_its_own_clock_back_does_not_deafen_it(make_clock: MakeClock, tmp_path: Path) -> None:
    clock = make_clock()
    clock.show(REAL)
    write_setting(tmp_path, Setting(START + timedelta(hours=3), REAL - MINUTE, 1))
    assert clock.show(REAL - MINUTE) == START + timedelta(hours=3)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"shown": 1}', '{"shown": "x", "since": "x", "speed": "x"}'])
def test_a_spoilt_file_changes_nothing(make_clock: MakeClock, tmp_path: Path, content: str) -> None:
    clock = make_clock()
    clock.show(REAL)
    (tmp_path / FILE_NAME).write_text(content)
    assert clock.show(REAL + MINUTE) == START + MINUTE


def test_a_file_that_is_gone_changes_nothing(make_clock: MakeClock, tmp_path: Path) -> None:
    clock = make_clock()
    clock.show(REAL)
    (tmp_path / FILE_NAME).unlink()
    assert clock.show(REAL + MINUTE) == START + MINUTE


def test_it_is_found_while_somebody_goes_by_it_and_asking_does_not_end_that(
    make_clock: MakeClock, tmp_path: Path
) -> None:
    clock = make_clock(speed=2)
    assert find_setting(tmp_path) is None
    clock.show(REAL)
    assert find_setting(tmp_path) == find_setting(tmp_path) == Setting(START, REAL, 2)
    clock.close()
    assert find_setting(tmp_path) is None


def test_a_setting_keeps_microseconds(make_clock: MakeClock, tmp_path: Path) -> None:
    real = REAL + timedelta(microseconds=17)
    make_clock().show(real)
    assert find_setting(tmp_path) == Setting(START, real, 1)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2026-11-24T21:58", START, id="winter"),
        pytest.param("2026-11-24T21:58:30", START + 30 * SECOND, id="with seconds"),
        pytest.param("2026-07-24T21:58", datetime(2026, 7, 24, 19, 58, tzinfo=UTC), id="summer"),
        pytest.param("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), id="first of the doubled hour"),
        pytest.param("2026-11-24T20:58:00Z", START, id="instant"),
        pytest.param("2026-11-24t20:58:00.000z", START, id="instant in small letters"),
        pytest.param("2026-11-24T10:58-10:00", START, id="instant with an offset"),
    ],
)
def test_a_moment_is_an_instant_or_a_time_on_the_wall(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-11-24",
        "21:58",
        "2026-11-24 21:58",
        "2026-13-24T21:58",
        "2026-11-24T24:58",
        "2026-W48-2T21:58",
        "20261124T2158",
        "2026-03-29T02:30",
        "1999-12-31T23:59",
        "2100-01-01T00:00",
        "0001-01-01T00:00+14:00",
        "2026-11-24T21:58+99:00",
        "２026-11-24T21:58",
    ],
)
def test_anything_else_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_moment(text)
