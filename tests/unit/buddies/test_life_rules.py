"""When a backup takes over, when a reminder is due, and what the next working day is: at the edges of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from server.availability.rules.schedule import CAP, PAUSE, Absence, Closure, Schedule
from server.buddies.rules.away import find_away, find_next_turn
from server.buddies.rules.effects import AREAS, find_misfit, list_questions
from server.buddies.rules.introduction import INTRODUCTION, list_items
from server.buddies.rules.warmth import find_due, find_wait
from server.buddies.rules.working_days import find_due_at, find_working_day_after

AMSTERDAM = "Europe/Amsterdam"
NOON = datetime(2026, 11, 17, 11, tzinfo=UTC)
DAY = timedelta(days=1)


def make_away(*absences: tuple[str, str], pause: tuple[datetime, datetime | None] | None = None) -> Schedule:
    """Return a schedule with these absences, and a pause."""
    found = tuple(
        Absence(str(at), date.fromisoformat(first), date.fromisoformat(last))
        for at, (first, last) in enumerate(absences)
    )
    closures = (Closure(*pause, PAUSE, "pause:1"),) if pause else ()
    return Schedule(AMSTERDAM, absences=found, closures=closures)


def test_an_absence_of_two_days_is_covered_from_midnight_to_midnight() -> None:
    schedule = make_away(("2026-11-18", "2026-11-19"))
    start, end = datetime(2026, 11, 17, 23, tzinfo=UTC), datetime(2026, 11, 19, 23, tzinfo=UTC)
    instant = timedelta(microseconds=1)
    assert find_away(schedule, start - instant) is None
    away = find_away(schedule, start)
    assert away is not None
    assert (away.start, away.until, away.reason) == (start, end, "absence")
    assert find_away(schedule, end - instant) == away
    assert find_away(schedule, end) is None
    assert [find_next_turn(schedule, at) for at in (NOON, start, end)] == [start, end, None]


def test_absences_of_one_day_that_touch_are_one() -> None:
    schedule = make_away(("2026-11-18", "2026-11-18"), ("2026-11-19", "2026-11-19"))
    away = find_away(schedule, NOON + DAY)
    assert away is not None
    assert away.until == datetime(2026, 11, 19, 23, tzinfo=UTC)
    assert find_away(make_away(("2026-11-18", "2026-11-18")), NOON + DAY) is None


@pytest.mark.parametrize("on", ["2026-03-29", "2026-10-25"])
def test_a_single_day_on_which_the_clock_changes_is_not_covered(on: str) -> None:
    schedule = make_away((on, on))
    assert find_away(schedule, datetime.fromisoformat(on).replace(hour=12, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("until", "covered"), [(NOON + timedelta(hours=5), False), (NOON + timedelta(hours=13), True), (None, True)]
)
def test_a_pause_is_covered_when_it_outlasts_the_day(until: datetime | None, covered: bool) -> None:
    assert (find_away(make_away(pause=(NOON, until)), NOON) is not None) is covered


def test_a_full_evening_is_no_absence() -> None:
    schedule = Schedule(AMSTERDAM, closures=(Closure(NOON, NOON + 9 * DAY, CAP, "cap:x"),))
    assert find_away(schedule, NOON) is None
    assert find_next_turn(schedule, NOON) is None


def test_reminders_rise() -> None:
    assert [find_wait(nudges, 14).days for nudges in range(6)] == [14, 14, 28, 56, 56, 56]


def test_what_fell_into_a_pause_is_waited_again() -> None:
    away = [(NOON - DAY, NOON + DAY), (NOON + 3 * DAY, NOON + 5 * DAY)]
    assert find_due(NOON, 0, 14, away) == NOON + 17 * DAY
    assert find_due(NOON, 0, 14, [(NOON - 2 * DAY, NOON - DAY)]) == NOON + 14 * DAY


def test_weekends_and_holidays_are_no_working_days() -> None:
    christmas = {date(2026, 12, 25), date(2026, 12, 26)}
    assert find_working_day_after(date(2026, 11, 17), ()) == date(2026, 11, 18)
    assert find_working_day_after(date(2026, 11, 20), ()) == date(2026, 11, 23)
    assert find_working_day_after(date(2026, 12, 24), christmas) == date(2026, 12, 28)


def test_the_day_is_that_of_the_teams_wall() -> None:
    late = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)  # half past midnight, on the 18th
    assert find_due_at(late, AMSTERDAM, ()) == datetime(2026, 11, 19, 17, tzinfo=UTC)


def test_what_is_said_in_both_languages_is_the_same_list() -> None:
    assert [one["id"] for one in list_items("nl")] == [one["id"] for one in list_items("en")] == list(INTRODUCTION)
    assert [one["area"] for one in list_questions("nl")] == list(AREAS)
    assert list_items("nl") != list_items("en")
    assert list_items("fr") == list_items("nl")


def test_every_question_may_be_skipped() -> None:
    assert find_misfit([{"area": "income", "before": None, "after": None}]) is None
    assert find_misfit([]) is None
