"""Dates that are different: what an exception, a holiday and an absence do to them and to the nights around."""

from __future__ import annotations

from datetime import date

import pytest

from server.availability.rules.reachability import reachability
from server.availability.rules.schedule import (
    Absence,
    DatedException,
    Reachability,
    Schedule,
)
from tests.unit.availability.hours import (
    AMSTERDAM,
    AROUND_THE_CLOCK,
    BEN,
    INSTANT,
    NIGHT_OWL,
    WEDNESDAY,
    at_wall,
    change,
    close,
    in_days,
    list_open,
    take,
    take_off,
)

ONE_DAY_OFF = [
    pytest.param(close(0, 0), "exception", "exception:e", id="exception"),
    pytest.param(Absence("a", WEDNESDAY, WEDNESDAY), "absence", "absence:a", id="absence"),
    pytest.param(WEDNESDAY, "holiday", "holiday:2026-01-14", id="holiday"),
]


@pytest.mark.parametrize(("what", "reason", "rule_id"), ONE_DAY_OFF)
def test_a_closed_date_is_closed_from_midnight_to_midnight(
    what: DatedException | Absence | date, reason: str, rule_id: str
) -> None:
    always = take_off(Schedule(AMSTERDAM, AROUND_THE_CLOCK), what)
    first, last = at_wall(WEDNESDAY, "00:00"), at_wall(in_days(1), "00:00")

    assert reachability(always, first - INSTANT).until == first
    assert reachability(always, first) == Reachability(False, None, last, reason, rule_id)
    assert reachability(always, last - INSTANT) == Reachability(False, None, last, reason, rule_id)
    assert reachability(always, last).open


@pytest.mark.parametrize(("what", "reason", "rule_id"), ONE_DAY_OFF)
def test_a_closed_date_cuts_the_night_before_and_takes_its_own_night_away(
    what: DatedException | Absence | date, reason: str, rule_id: str
) -> None:
    owl = take_off(NIGHT_OWL, what)
    assert list_open(owl, in_days(-1), 4) == [
        "13 00:00-02:00",
        "13 22:00-00:00",
        "15 22:00-00:00",
        "16 00:00-02:00",
        "16 22:00-00:00",
    ]
    following = at_wall(in_days(1), "22:00")
    late = reachability(owl, at_wall(in_days(1), "02:00") - INSTANT)
    assert late == Reachability(False, None, following, reason, rule_id)
    assert reachability(owl, at_wall(in_days(1), "02:00")).reason == "outside_hours"


def test_other_hours_replace_those_of_the_date() -> None:
    ben = take_off(BEN, change(0, 1, "10:00-12:00", "14:00-15:00"))
    assert list_open(ben, in_days(-1), 4) == [
        "13 19:00-22:00",
        "14 10:00-12:00",
        "14 14:00-15:00",
        "15 10:00-12:00",
        "15 14:00-15:00",
        "16 19:00-22:00",
    ]
    assert reachability(ben, at_wall(WEDNESDAY, "11:00")).rule_id == "exception:e"
    between = reachability(ben, at_wall(WEDNESDAY, "20:00"))
    assert between == Reachability(False, None, at_wall(in_days(1), "10:00"), "exception", "exception:e")


def test_other_hours_take_the_nights_of_the_weekly_ones_away() -> None:
    owl = take_off(NIGHT_OWL, change(0, 0, "10:00-12:00"))
    assert list_open(owl, WEDNESDAY, 2) == ["14 10:00-12:00", "15 22:00-00:00"]
    assert reachability(owl, at_wall(in_days(1), "01:00")).rule_id == "exception:e"


def test_other_hours_run_over_midnight_within_the_exception_and_into_an_ordinary_date() -> None:
    ben = take_off(BEN, change(0, 1, "23:00-01:00"))
    assert list_open(ben, WEDNESDAY, 3) == [
        "14 23:00-00:00",
        "15 00:00-01:00",
        "15 23:00-00:00",
        "16 00:00-01:00",
        "16 19:00-22:00",
    ]


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(close(1, 1, "f"), id="closed by another"),
        pytest.param(change(1, 1, "10:00-12:00", name="f"), id="replaced by another"),
        pytest.param(in_days(1), id="a holiday"),
        pytest.param(Absence("a", in_days(1), in_days(1)), id="an absence"),
    ],
)
def test_other_hours_do_not_run_into_a_date_that_is_not_theirs(what: DatedException | Absence | date) -> None:
    ben = take_off(take_off(BEN, change(0, 0, "23:00-01:00")), what)
    end = at_wall(in_days(1), "00:00")
    assert reachability(ben, end - INSTANT).until == end
    assert not reachability(ben, end).open


def test_other_hours_run_into_a_date_that_they_share() -> None:
    ben = take_off(take_off(BEN, change(0, 1, "23:00-01:00")), change(1, 1, "10:00-12:00", name="f"))
    assert list_open(ben, in_days(1)) == ["15 00:00-01:00", "15 10:00-12:00", "15 23:00-00:00"]


def test_parts_are_taken_off_the_ordinary_hours() -> None:
    ben = take_off(BEN, take(0, 0, "19:30-20:00", "21:45-23:00"))
    assert list_open(ben, WEDNESDAY, 2) == ["14 19:00-19:30", "14 20:00-21:45", "15 19:00-22:00"]
    closing = reachability(ben, at_wall(WEDNESDAY, "19:30"))
    assert closing == Reachability(False, None, at_wall(WEDNESDAY, "20:00"), "exception", "exception:e")


def test_a_part_over_midnight_runs_into_the_next_date() -> None:
    owl = take_off(NIGHT_OWL, take(0, 0, "23:00-01:00"))
    assert list_open(owl, WEDNESDAY, 2) == ["14 00:00-02:00", "14 22:00-23:00", "15 01:00-02:00", "15 22:00-00:00"]


def test_parts_are_taken_off_other_hours_too() -> None:
    ben = take_off(take_off(BEN, change(0, 0, "10:00-14:00")), take(0, 0, "12:00-13:00", name="f"))
    assert list_open(ben) == ["14 10:00-12:00", "14 13:00-14:00"]


def test_of_several_on_one_date_a_closing_one_wins_and_replacing_ones_add_up() -> None:
    both = take_off(take_off(BEN, change(0, 0, "10:00-12:00", name="f")), change(0, 0, "11:00-13:00"))
    assert list_open(both) == ["14 10:00-12:00", "14 12:00-13:00"], "one for each rule; of two the one that began first"
    assert reachability(both, at_wall(WEDNESDAY, "10:00")).until == at_wall(WEDNESDAY, "13:00")
    assert reachability(both, at_wall(WEDNESDAY, "15:00")).rule_id == "exception:e"
    assert list_open(take_off(both, close(0, 0, "g"))) == []


def test_a_holiday_gives_way_to_other_hours_and_to_nothing_else() -> None:
    ben = take_off(BEN, WEDNESDAY)
    assert list_open(ben) == []
    assert list_open(take_off(ben, change(0, 0, "10:00-12:00"))) == ["14 10:00-12:00"]
    assert list_open(take_off(ben, take(0, 0, "20:00-21:00"))) == []
