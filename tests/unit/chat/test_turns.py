"""What a gate is to be: every rule, at its boundaries to the microsecond. The evening ends at 22:00 in Amsterdam."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.availability.rules.schedule import (
    ABSENCE,
    CAP,
    EXCEPTION,
    HOLIDAY,
    NO_HOURS,
    OUTSIDE_HOURS,
    PAUSE,
    REST,
    Reachability,
)
from server.availability.rules.wind_down import HoursSettings
from server.chat.rules.turns import ASK_AGAIN, CLOSED, OPEN, GateBefore, Talk, Turn, find_turn, is_running

INSTANT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
END = datetime(2026, 11, 17, 21, tzinfo=UTC)
MORNING = END - 11 * 60 * MINUTE
TOMORROW = END + 21 * 60 * MINUTE  # 19:00 on the next day
HOUSE = HoursSettings()

EVENING = Reachability(True, END, None, "", "window:2:19:00")
NIGHT = Reachability(False, None, TOMORROW, OUTSIDE_HOURS, "weekly")
OPEN_GATE = GateBefore(OPEN, END, None)
CLOSED_GATE = GateBefore(CLOSED, END, None)
SILENT = Talk()


def turn(
    hours: Reachability,
    *,
    now: datetime,
    before: GateBefore = OPEN_GATE,
    talk: Talk = SILENT,
    settings: HoursSettings = HOUSE,
    by_itself: bool = True,
) -> Turn:
    """Return what the gate becomes; without more said, time has passed over a silent talk whose gate was open."""
    return find_turn(before, hours, talk, settings, now=now, by_itself=by_itself)


def closed(reason: str = OUTSIDE_HOURS, opens_at: datetime | None = TOMORROW) -> Reachability:
    """Return that somebody cannot be reached."""
    return Reachability(False, None, opens_at, reason, "rule")


def keep_open(turns_at: datetime, grace_until: datetime | None) -> Turn:
    """Return a turn that spares a talk."""
    return Turn(OPEN, "", None, turns_at, grace_until)


# --- hours alone


@pytest.mark.parametrize("by_itself", [True, False])
@pytest.mark.parametrize("before", [OPEN_GATE, CLOSED_GATE, GateBefore(CLOSED, None, None)])
def test_within_the_hours_it_is_open_until_they_end(before: GateBefore, by_itself: bool) -> None:
    for now in (END - 3 * 60 * MINUTE, END - INSTANT):
        assert turn(EVENING, now=now, before=before, by_itself=by_itself) == keep_open(END, None)


@pytest.mark.parametrize("reason", [OUTSIDE_HOURS, EXCEPTION, HOLIDAY, ABSENCE, PAUSE, CAP, REST, NO_HOURS])
@pytest.mark.parametrize("by_itself", [True, False])
def test_outside_it_is_closed_until_the_next_opening_and_says_why(reason: str, by_itself: bool) -> None:
    for before in (OPEN_GATE, CLOSED_GATE):
        found = turn(closed(reason), now=END, before=before, by_itself=by_itself)
        assert found == Turn(CLOSED, reason, TOMORROW, TOMORROW, None)


def test_who_has_no_next_opening_is_asked_again_in_four_weeks() -> None:
    found = turn(closed(NO_HOURS, None), now=END)
    assert found == Turn(CLOSED, NO_HOURS, None, END + ASK_AGAIN, None)
    assert ASK_AGAIN == 28 * DAY


def test_hours_around_the_clock_are_asked_again_in_four_weeks() -> None:
    around = Reachability(True, None, None, "", "window:1:00:00")
    assert turn(around, now=END) == keep_open(END + ASK_AGAIN, None)


@pytest.mark.parametrize("late", [-INSTANT, timedelta(0), INSTANT])
def test_what_lies_further_away_than_four_weeks_is_asked_then(late: timedelta) -> None:
    far = END + ASK_AGAIN + late
    assert turn(replace(EVENING, until=far), now=END).turns_at == min(far, END + ASK_AGAIN)
    night = turn(closed(opens_at=far), now=END)
    assert (night.opens_at, night.turns_at) == (far, min(far, END + ASK_AGAIN)), "what is said stays exact"


def test_opening_ends_the_grace() -> None:
    wrapping = GateBefore(OPEN, END + 10 * MINUTE, END + 10 * MINUTE)
    again = replace(EVENING, until=END + 60 * MINUTE)
    assert turn(again, now=END + 5 * MINUTE, before=wrapping) == keep_open(END + 60 * MINUTE, None)


# --- the wrap-up grace


def test_at_the_end_a_running_talk_gets_ten_minutes() -> None:
    talk = Talk(written_at=END - 3 * MINUTE)
    grace = END + 10 * MINUTE
    assert turn(NIGHT, now=END, talk=talk) == keep_open(grace, grace)


@pytest.mark.parametrize(
    ("silent", "runs"), [(15 * MINUTE - INSTANT, True), (15 * MINUTE, False), (timedelta(0), True)]
)
def test_a_talk_runs_while_the_expert_wrote_within_a_quarter_of_an_hour(silent: timedelta, runs: bool) -> None:
    assert is_running(END - silent, HOUSE, END) is runs
    assert (turn(NIGHT, now=END, talk=Talk(END - silent)).state == OPEN) is runs


def test_who_never_wrote_is_in_no_talk() -> None:
    assert not is_running(None, HOUSE, END)


def test_the_grace_counts_from_the_end_however_late_the_gate_is_asked() -> None:
    talk, grace = Talk(END - MINUTE), END + 10 * MINUTE
    assert turn(NIGHT, now=grace - INSTANT, talk=talk) == keep_open(grace, grace)
    assert turn(NIGHT, now=grace, talk=talk) == Turn(CLOSED, OUTSIDE_HOURS, TOMORROW, TOMORROW, None)


def test_the_grace_is_given_once() -> None:
    """Whoever writes on in the grace does not get another one at its end."""
    grace = END + 10 * MINUTE
    before = GateBefore(OPEN, grace, grace)
    assert turn(NIGHT, now=grace - INSTANT, before=before, talk=Talk(grace - MINUTE)) == keep_open(grace, grace)
    assert turn(NIGHT, now=grace, before=before, talk=Talk(grace - MINUTE)).state == CLOSED


def test_a_closed_gate_gets_no_grace() -> None:
    assert turn(NIGHT, now=END, before=CLOSED_GATE, talk=Talk(END - MINUTE)).state == CLOSED


def test_the_grace_ends_when_the_hours_begin_again() -> None:
    soon = closed(opens_at=END + 4 * MINUTE)
    found = turn(soon, now=END, talk=Talk(END - MINUTE))
    assert found == keep_open(END + 4 * MINUTE, END + 10 * MINUTE)


@pytest.mark.parametrize("minutes", [0, 1, 30])
def test_the_team_says_how_long_the_grace_is(minutes: int) -> None:
    found = turn(NIGHT, now=END, talk=Talk(END - MINUTE), settings=HoursSettings(grace_minutes=minutes))
    assert (found.state, found.grace_until) == ((OPEN, END + minutes * MINUTE) if minutes else (CLOSED, None))


def test_a_cap_that_is_reached_in_a_running_talk_gives_the_grace_from_now() -> None:
    now = END - 60 * MINUTE
    found = turn(closed(CAP), now=now, talk=Talk(now), by_itself=False)
    assert found == keep_open(now + 10 * MINUTE, now + 10 * MINUTE)
    assert turn(closed(CAP), now=now, by_itself=False).state == CLOSED


def test_a_cap_that_is_told_twice_gives_the_grace_once() -> None:
    now, grace = END - 55 * MINUTE, END - 50 * MINUTE
    before = GateBefore(OPEN, grace, grace)
    assert turn(closed(CAP), now=now, before=before, talk=Talk(now), by_itself=False) == keep_open(grace, grace)
    assert turn(closed(CAP), now=grace, before=before, talk=Talk(now)).state == CLOSED


# --- what the expert does themselves


@pytest.mark.parametrize("reason", [PAUSE, ABSENCE, EXCEPTION, HOLIDAY, REST, OUTSIDE_HOURS, NO_HOURS])
def test_what_the_expert_closes_is_closed_at_once(reason: str) -> None:
    now = END - 60 * MINUTE
    found = turn(closed(reason), now=now, talk=Talk(now - INSTANT), by_itself=False)
    assert found == Turn(CLOSED, reason, TOMORROW, TOMORROW, None)


@pytest.mark.parametrize("reason", [PAUSE, ABSENCE])
def test_a_pause_and_an_absence_close_a_talk_in_its_grace_or_extension_as_well(reason: str) -> None:
    grace = END + 10 * MINUTE
    before = GateBefore(OPEN, grace, grace)
    talk = Talk(END - MINUTE, extended_until=END + 15 * MINUTE)
    found = turn(closed(reason, None), now=END + MINUTE, before=before, talk=talk, by_itself=False)
    assert found == Turn(CLOSED, reason, None, END + MINUTE + ASK_AGAIN, None)


def test_other_hours_leave_a_grace_that_was_given() -> None:
    grace = END + 10 * MINUTE
    before = GateBefore(OPEN, grace, grace)
    assert turn(closed(EXCEPTION), now=END + MINUTE, before=before, by_itself=False) == keep_open(grace, grace)


@pytest.mark.parametrize("reason", [EXCEPTION, OUTSIDE_HOURS, REST])
def test_a_change_that_comes_before_the_sweeper_takes_no_grace_away(reason: str) -> None:
    """The window has ended already: a running talk keeps what it would have had, had the gate been asked in time."""
    talk, grace, now = Talk(END - MINUTE), END + 10 * MINUTE, END + MINUTE / 60
    assert turn(closed(reason), now=now, talk=talk, by_itself=False) == keep_open(grace, grace)
    assert turn(closed(reason), now=END - INSTANT, talk=talk, by_itself=False).state == CLOSED
    assert turn(closed(reason), now=END, talk=talk, by_itself=False) == keep_open(grace, grace)


def test_an_absence_that_begins_by_itself_at_midnight_gives_the_grace() -> None:
    assert turn(closed(ABSENCE), now=END, talk=Talk(END - MINUTE)).grace_until == END + 10 * MINUTE


# --- extensions


@pytest.mark.parametrize("by_itself", [True, False])
@pytest.mark.parametrize("before", [OPEN_GATE, CLOSED_GATE])
def test_an_extension_keeps_the_gate_open_and_opens_it_again(before: GateBefore, by_itself: bool) -> None:
    until = END + 15 * MINUTE
    now = END + 12 * MINUTE
    found = turn(NIGHT, now=now, before=before, talk=Talk(extended_until=until), by_itself=by_itself)
    assert found == keep_open(until, until)


def test_grace_and_extension_together_last_as_long_as_the_longer() -> None:
    talk, grace = Talk(END - MINUTE, extended_until=END + 15 * MINUTE), END + 10 * MINUTE
    assert turn(NIGHT, now=END, talk=talk) == keep_open(END + 15 * MINUTE, grace)
    shorter = replace(talk, extended_until=END + 5 * MINUTE)
    assert turn(NIGHT, now=END, talk=shorter) == keep_open(grace, grace)


def test_after_the_extension_there_is_no_second_grace() -> None:
    until = END + 15 * MINUTE
    before = GateBefore(OPEN, until, END + 10 * MINUTE)
    talk = Talk(until - MINUTE, extended_until=until)
    assert turn(NIGHT, now=until - INSTANT, before=before, talk=talk).state == OPEN
    assert turn(NIGHT, now=until, before=before, talk=talk).state == CLOSED


def test_an_extension_of_a_gate_that_had_closed_has_no_grace_after_it_either() -> None:
    now, until = END + 12 * MINUTE, END + 27 * MINUTE
    opened = turn(NIGHT, now=now, before=CLOSED_GATE, talk=Talk(END + 9 * MINUTE, until), by_itself=False)
    assert opened.state == OPEN
    before = GateBefore(OPEN, opened.turns_at, opened.grace_until)
    assert turn(NIGHT, now=until, before=before, talk=Talk(until - MINUTE)).state == CLOSED


def test_a_second_extension_goes_on_where_the_first_ends() -> None:
    first, second = END + 15 * MINUTE, END + 30 * MINUTE
    before = GateBefore(OPEN, first, END + 10 * MINUTE)
    talk = Talk(first - MINUTE, extended_until=second)
    assert turn(NIGHT, now=first - MINUTE, before=before, talk=talk, by_itself=False).turns_at == second
    assert turn(NIGHT, now=first, before=before, talk=talk).turns_at == second


def test_an_extension_that_is_over_spares_nothing() -> None:
    assert turn(NIGHT, now=END, talk=Talk(extended_until=END)).state == CLOSED


# --- talks at once


def test_who_is_in_as_many_talks_as_they_may_is_closed_elsewhere_until_the_first_ends() -> None:
    full = END - 40 * MINUTE
    found = turn(EVENING, now=END - 50 * MINUTE, talk=Talk(full_until=full))
    assert found == Turn(CLOSED, CAP, None, full, None)


def test_talks_that_last_beyond_the_window_close_until_its_end() -> None:
    talk = Talk(full_until=END + 5 * MINUTE)
    assert turn(EVENING, now=END - 5 * MINUTE, talk=talk) == Turn(CLOSED, CAP, None, END, None)
    around = Reachability(True, None, None, "", "window:1:00:00")
    assert turn(around, now=END, talk=talk).turns_at == END + 5 * MINUTE


def test_outside_the_hours_full_talks_change_nothing() -> None:
    talk = Talk(full_until=END + 5 * MINUTE)
    assert turn(NIGHT, now=END, talk=talk) == Turn(CLOSED, OUTSIDE_HOURS, TOMORROW, TOMORROW, None)
