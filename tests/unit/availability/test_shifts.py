"""Shifts, which hours do not touch, and the preview of the coming weeks."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from itertools import pairwise

from server.availability.rules.reachability import Stretch, find_shift, preview, reachability
from server.availability.rules.schedule import (
    Absence,
    Reachability,
    Schedule,
    Shift,
    WeeklyWindow,
)
from tests.unit.availability.hours import (
    AMSTERDAM,
    AROUND_THE_CLOCK,
    AUTUMN,
    BEN,
    EVENINGS,
    INSTANT,
    NOON,
    SPRING,
    WEDNESDAY,
    at_wall,
    close,
    in_days,
    list_open,
    make_pause,
    take_off,
)

NOOR = Schedule(
    AMSTERDAM,
    EVENINGS,
    exceptions=(close(0, 3),),
    holidays=frozenset({WEDNESDAY}),
    shifts=(
        Shift("1", "on_call", WEDNESDAY, time(22), time(6)),
        Shift("2", "on_call", in_days(3), time(8), time(20)),
        Shift("3", "duty", in_days(1), time(19), time(22)),
    ),
)


def test_a_shift_opens_whatever_the_hours_say() -> None:
    start, end, following = at_wall(WEDNESDAY, "22:00"), at_wall(in_days(1), "06:00"), at_wall(in_days(3), "08:00")

    before = find_shift(NOOR, "on_call", start - INSTANT)
    assert before == Reachability(False, None, start, "outside_hours", "shifts")
    assert find_shift(NOOR, "on_call", start) == Reachability(True, end, None, "", "shift:1")
    assert find_shift(NOOR, "on_call", end - INSTANT) == Reachability(True, end, None, "", "shift:1")
    assert find_shift(NOOR, "on_call", end).next_opening == following


def test_kinds_of_shifts_are_apart_from_each_other_and_from_hours() -> None:
    at = at_wall(in_days(1), "20:00")
    assert find_shift(NOOR, "duty", at).rule_id == "shift:3"
    assert not find_shift(NOOR, "on_call", at).open
    assert not reachability(NOOR, at).open


def test_no_shift_ahead_is_no_hours() -> None:
    assert find_shift(NOOR, "duty", at_wall(in_days(1), "22:00")) == Reachability(
        False, None, None, "no_hours", "shifts"
    )
    assert find_shift(BEN, "duty", NOON).reason == "no_hours"


def test_shifts_that_follow_each_other_are_one_stretch() -> None:
    shifts = (Shift("b", "duty", WEDNESDAY, time(20), time(23)), Shift("a", "duty", WEDNESDAY, time(18), time(21)))
    ben = replace(BEN, shifts=shifts)
    assert find_shift(ben, "duty", at_wall(WEDNESDAY, "18:00")).until == at_wall(WEDNESDAY, "23:00")
    assert find_shift(ben, "duty", at_wall(WEDNESDAY, "20:30")).rule_id == "shift:a"


def test_pauses_and_absences_close_shifts_and_nothing_else_does() -> None:
    at = at_wall(WEDNESDAY, "23:00")
    for reason in ("cap", "rest"):
        assert find_shift(replace(NOOR, closures=(make_pause(NOON, None, reason, "c"),)), "on_call", at).open
    paused = replace(NOOR, closures=(make_pause(NOON, at + INSTANT),))
    assert find_shift(paused, "on_call", at) == Reachability(False, None, at + INSTANT, "pause", "pause:1")
    away = take_off(NOOR, Absence("a", WEDNESDAY, WEDNESDAY))
    following = at_wall(in_days(3), "08:00")
    assert find_shift(away, "on_call", at) == Reachability(False, None, following, "absence", "absence:a")
    assert find_shift(away, "on_call", at_wall(in_days(1), "03:00")).reason == "absence"


# --- the preview


def test_a_preview_lists_open_stretches_date_by_date() -> None:
    wednesday = Schedule(AMSTERDAM, (WeeklyWindow(3, time(22), time(2)),))
    midnight = at_wall(in_days(1), "00:00")

    assert preview(wednesday, WEDNESDAY, 3) == [
        Stretch(WEDNESDAY, at_wall(WEDNESDAY, "22:00"), midnight, time(22), time(0), "window:3:22:00"),
        Stretch(in_days(1), midnight, at_wall(in_days(1), "02:00"), time(0), time(2), "window:3:22:00"),
    ]
    assert preview(wednesday, in_days(1), 1) == preview(wednesday, WEDNESDAY, 3)[1:]
    assert len(preview(wednesday, WEDNESDAY)) == 8


def test_a_preview_of_the_nights_on_which_the_clock_changes() -> None:
    half_past = Schedule(AMSTERDAM, tuple(WeeklyWindow(number, time(1, 30), time(2, 30)) for number in range(1, 8)))
    assert list_open(half_past, SPRING) == ["29 01:30-02:00"]
    assert list_open(half_past, AUTUMN) == ["25 01:30-02:30", "25 02:00-02:30"]
    whole = Schedule(AMSTERDAM, AROUND_THE_CLOCK)
    for on, hours in ((SPRING, 23), (WEDNESDAY, 24), (AUTUMN, 25)):
        (stretch,) = preview(whole, on, 1)
        assert (stretch.start, stretch.end) == (time(0), time(0))
        assert stretch.ends_at - stretch.starts_at == timedelta(hours=hours)


def test_a_preview_goes_on_over_the_seams_of_the_weeks() -> None:
    stretches = preview(Schedule("America/St_Johns", AROUND_THE_CLOCK), WEDNESDAY, 30)
    assert len(stretches) == 30
    assert all(one.ends_at == other.starts_at for one, other in pairwise(stretches))
