"""The rules of reachability against an oracle that knows them too, and only walks from minute to minute.

100,000 seeded cases in five zones, most of them around both clock changes; and Hypothesis, which shrinks what it finds.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.availability.rules.reachability import find_shift, preview, reachability
from server.availability.rules.schedule import (
    Absence,
    Closure,
    DatedException,
    Reachability,
    Schedule,
    WeeklyWindow,
    Window,
)
from server.availability.rules.windows import normalise_day, normalise_windows
from tests.property.hours_cases import INSTANT, ZONES, list_changes, make_instants, make_schedule, pick_focus
from tests.property.hours_oracle import (
    DAY,
    MINUTE,
    MINUTES_OF_A_DAY,
    MINUTES_OF_A_WEEK,
    HoursOracle,
    ShiftOracle,
    list_minutes,
)
from tests.property.profiles import examples

SEED = 3
SCHEDULES_PER_ZONE = 100
INSTANTS_PER_SCHEDULE = 200
# How many of these are walked to the turn, and how far; every twentieth schedule is walked to the whole horizon once.
WALKS_PER_SCHEDULE = 3
WALK_DAYS = (1, 2, 4)
LONG_WALK_DAYS = 70
SCHEDULES_PER_LONG_WALK = 20
SCHEDULES_WITH_SHIFTS = 40


def test_there_are_a_hundred_thousand_cases() -> None:
    assert len(ZONES) * SCHEDULES_PER_ZONE * INSTANTS_PER_SCHEDULE >= 100_000


@pytest.mark.parametrize("zone", ZONES)
def test_no_verdict_is_wrong(zone: str) -> None:
    random = Random(f"{SEED} {zone}")
    for number in range(SCHEDULES_PER_ZONE):
        focus = pick_focus(random, zone)
        schedule = make_schedule(random, zone, focus)
        oracle = HoursOracle(schedule)
        instants = list(make_instants(random, schedule, focus, INSTANTS_PER_SCHEDULE))
        for at in instants:
            _compare(oracle, at, reachability(schedule, at))
        for at in instants[:WALKS_PER_SCHEDULE]:
            _walk(oracle, at, random.choice(WALK_DAYS))
        if number % SCHEDULES_PER_LONG_WALK == 0:
            _walk(oracle, instants[0], LONG_WALK_DAYS)


def _compare(oracle: HoursOracle, at: datetime, found: Reachability) -> None:
    """Compare the verdict, and look whether being open turns where it is said to turn."""
    assert (found.open, found.reason, found.rule_id) == oracle.ask(at), (oracle.schedule, at)
    turn = found.until if found.open else found.next_opening
    assert (found.next_opening if found.open else found.until) is None
    if turn is not None:
        assert turn > at
        assert turn.tzinfo is UTC
        assert oracle.ask(turn - INSTANT)[0] is found.open, (oracle.schedule, at)
        assert oracle.ask(turn)[0] is not found.open, (oracle.schedule, at)


def _walk(oracle: HoursOracle, at: datetime, days: int) -> None:
    """Look whether being open turns nowhere before it is said to turn."""
    found = reachability(oracle.schedule, at, horizon_days=days)
    turn = found.until if found.open else found.next_opening
    assert turn == oracle.find_turn(at, at + timedelta(days=days)), (oracle.schedule, at, days)


@pytest.mark.parametrize("zone", ZONES)
def test_no_shift_is_missed(zone: str) -> None:
    random = Random(f"{SEED} shifts {zone}")
    for _ in range(SCHEDULES_WITH_SHIFTS):
        focus = pick_focus(random, zone)
        schedule = make_schedule(random, zone, focus)
        oracle = ShiftOracle(schedule, "duty")
        for at in make_instants(random, schedule, focus, 20):
            found = find_shift(schedule, "duty", at)
            turn = found.until if found.open else found.next_opening
            expected, reason, rule_id = oracle.ask(at)
            if reason == "none":
                reason = "no_hours" if turn is None else "outside_hours"
            assert (found.open, found.reason, found.rule_id) == (expected, reason, rule_id), (schedule, at)
            last = turn or at + timedelta(hours=6)
            if last - at < timedelta(hours=12):
                assert oracle.find_turn(at, last) == turn, (schedule, at)


@pytest.mark.parametrize("zone", ZONES)
def test_a_preview_shows_every_open_minute_once(zone: str) -> None:
    random = Random(f"{SEED} preview {zone}")
    for _ in range(8):
        focus = pick_focus(random, zone)
        schedule = make_schedule(random, zone, focus)
        oracle, first = HoursOracle(schedule), focus.astimezone(ZoneInfo(zone)).date() - DAY
        stretches = preview(schedule, first, 3)
        begin = datetime.combine(first, time(), UTC) - DAY
        for at in oracle.list_steps(begin, begin + 5 * DAY):
            on = at.astimezone(ZoneInfo(zone)).date()
            is_open, _, rule_id = oracle.ask(at)
            shown = [one.rule_id for one in stretches if one.starts_at <= at < one.ends_at and one.on == on]
            expected = [rule_id] if is_open and first <= on <= first + 2 * DAY else []
            assert shown == expected, (schedule, at)


# --- the same with small cases that shrink

AMSTERDAM = "Europe/Amsterdam"
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
times = st.sampled_from([time(hour, minute) for hour in (0, 1, 2, 3, 12, 22, 23) for minute in (0, 15, 30)])
windows = st.builds(Window, times, times)
weekly = st.builds(WeeklyWindow, st.integers(1, 7), times, times)
several = st.lists(windows, max_size=2).map(tuple)
moves = st.integers(-2, 2).map(lambda days: DAY * days)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Schedule, datetime]:
    """Return a schedule, and an instant around one of the nights of 2026."""
    night = draw(st.sampled_from((SPRING, AUTUMN)))
    at = datetime.combine(night, time(), UTC) + draw(st.integers(-2_000, 2_000)) * MINUTE
    ids, parts = st.sampled_from("abc"), draw(several)
    dates = moves.map(lambda move: night + move)
    exceptions = st.builds(DatedException, ids, st.just("exam"), dates, dates, several) | st.builds(
        DatedException, ids, st.just("exam"), dates, dates, st.just(()), st.just(parts)
    )
    starts = st.integers(-2_000, 2_000).map(lambda minutes: datetime.combine(night, time(), UTC) + minutes * MINUTE)
    closures = st.builds(
        Closure, starts, starts | st.none(), st.sampled_from(("pause", "cap", "rest")), st.sampled_from("xyz")
    )
    schedule = Schedule(
        zone=draw(st.sampled_from((AMSTERDAM, "America/Havana", "Australia/Lord_Howe"))),
        windows=tuple(draw(st.lists(weekly, max_size=4))),
        exceptions=tuple(draw(st.lists(exceptions, max_size=3, unique_by=lambda one: one.id))),
        absences=tuple(draw(st.lists(st.builds(Absence, ids, dates, dates), max_size=1))),
        closures=tuple(draw(st.lists(closures, max_size=2))),
        holidays=frozenset(draw(st.lists(dates, max_size=1))),
    )
    return schedule, at


@examples(200)
@given(cases())
def test_the_oracle_says_the_same(case: tuple[Schedule, datetime]) -> None:
    schedule, at = case
    oracle = HoursOracle(schedule)
    _compare(oracle, at, reachability(schedule, at))
    _walk(oracle, at, 1)


@examples(300)
@given(st.lists(weekly, max_size=6))
def test_normalised_windows_cover_the_same_minutes_and_stay_as_they_are(given_windows: list[WeeklyWindow]) -> None:
    normal = normalise_windows(given_windows)
    assert _cover_week(normal) == _cover_week(given_windows)
    assert normalise_windows(normal) == normal
    assert sum(len(list_minutes(one.start, one.end)) for one in normal) == len(_cover_week(normal))


@examples(100)
@given(st.lists(weekly, max_size=5), st.randoms(use_true_random=False))
def test_the_same_minutes_are_written_the_same_way(given_windows: list[WeeklyWindow], random: Random) -> None:
    cut = [part for one in given_windows for part in _cut_somewhere(one, random)]
    random.shuffle(cut)
    assert normalise_windows(cut) == normalise_windows(given_windows)


@examples(300)
@given(st.lists(windows, max_size=5), st.randoms(use_true_random=False))
def test_a_normalised_day_covers_the_same_minutes(given_windows: list[Window], random: Random) -> None:
    normal = normalise_day(given_windows)
    assert _cover_day(normal) == _cover_day(given_windows)
    assert normalise_day(normal) == normal
    again = [*given_windows, *normal]
    random.shuffle(again)
    assert normalise_day(again) == normal
    assert sum(len(list_minutes(one.start, one.end)) for one in normal) == len(_cover_day(normal))


def _cover_week(given_windows: list[WeeklyWindow] | tuple[WeeklyWindow, ...]) -> set[int]:
    return {
        ((one.weekday - 1) * MINUTES_OF_A_DAY + minute) % MINUTES_OF_A_WEEK
        for one in given_windows
        for minute in list_minutes(one.start, one.end)
    }


def _cover_day(given_windows: list[Window] | tuple[Window, ...]) -> set[int]:
    return {minute for one in given_windows for minute in list_minutes(one.start, one.end)}


def _cut_somewhere(window: WeeklyWindow, random: Random) -> list[WeeklyWindow]:
    """Cut a window in two at one of its minutes, with an overlap of a few minutes or none."""
    minutes = sorted(list_minutes(window.start, window.end))
    cut = random.choice(minutes[1:])
    overlap = random.choice([minute for minute in minutes[-9:] if minute >= cut] or [cut])
    first = WeeklyWindow(window.weekday, window.start, _as_time(overlap))
    return [first, WeeklyWindow((window.weekday - 1 + cut // MINUTES_OF_A_DAY) % 7 + 1, _as_time(cut), window.end)]


def _as_time(minute: int) -> time:
    return time(minute % MINUTES_OF_A_DAY // 60, minute % 60)


def test_the_nights_are_those_that_are_known() -> None:
    assert datetime(2026, 3, 29, 1, tzinfo=UTC) in list_changes(AMSTERDAM)
    assert datetime(2026, 10, 25, 1, tzinfo=UTC) in list_changes(AMSTERDAM)
    assert datetime(2011, 12, 30, 10, tzinfo=UTC) in list_changes("Pacific/Apia")
    assert datetime(1985, 12, 31, 18, 30, tzinfo=UTC) in list_changes("Asia/Kathmandu")
    assert all(list_changes(zone) for zone in ZONES)
