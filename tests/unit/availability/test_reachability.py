"""The one question, rule by rule, at the boundaries to the microsecond. The worked examples: test_documented.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from server.availability.rules.reachability import reachability
from server.availability.rules.schedule import (
    Absence,
    Closure,
    DatedException,
    Reachability,
    Schedule,
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
    change,
    close,
    in_days,
    make_pause,
    make_windows,
    take,
    take_off,
)


def test_a_window_begins_with_its_start_and_ends_right_before_its_end() -> None:
    start, end = at_wall(WEDNESDAY, "19:00"), at_wall(WEDNESDAY, "22:00")
    opened = Reachability(True, end, None, "", "window:3:19:00")

    assert reachability(BEN, start - INSTANT) == Reachability(False, None, start, "outside_hours", "weekly")
    assert reachability(BEN, start) == opened
    assert reachability(BEN, start + INSTANT) == opened
    assert reachability(BEN, end - INSTANT) == opened
    following = at_wall(in_days(1), "19:00")
    assert reachability(BEN, end) == Reachability(False, None, following, "outside_hours", "weekly")


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    wednesday = Schedule(AMSTERDAM, (WeeklyWindow(3, time(22), time(2)),))
    end = at_wall(in_days(1), "02:00")

    assert reachability(wednesday, at_wall(WEDNESDAY, "01:00")).open is False
    assert reachability(wednesday, end - INSTANT) == Reachability(True, end, None, "", "window:3:22:00")
    assert reachability(wednesday, end).next_opening == at_wall(in_days(7), "22:00")


def test_a_window_over_the_end_of_the_week_is_one_window() -> None:
    sunday = Schedule(AMSTERDAM, (WeeklyWindow(7, time(22), time(0)), WeeklyWindow(1, time(0), time(2))))
    monday = at_wall(in_days(5), "00:00")

    assert reachability(sunday, monday - INSTANT) == reachability(sunday, monday)
    assert reachability(sunday, monday).until == at_wall(in_days(5), "02:00")


def test_equal_times_make_24_hours() -> None:
    wednesday = Schedule(AMSTERDAM, (WeeklyWindow(3, time(18), time(18)),))
    start, end = at_wall(WEDNESDAY, "18:00"), at_wall(in_days(1), "18:00")

    assert [reachability(wednesday, at).open for at in (start - INSTANT, start, end - INSTANT, end)] == [
        False,
        True,
        True,
        False,
    ]
    assert reachability(wednesday, start).until == end


def test_around_the_clock_has_no_end() -> None:
    always = Schedule(AMSTERDAM, AROUND_THE_CLOCK)
    assert reachability(always, at_wall(WEDNESDAY, "12:00")) == Reachability(True, None, None, "", "window:3:00:00")


def test_windows_need_not_be_normalised() -> None:
    scrambled = Schedule(AMSTERDAM, (WeeklyWindow(3, time(20), time(22)), WeeklyWindow(3, time(19), time(20))))
    assert reachability(scrambled, at_wall(WEDNESDAY, "21:00")).rule_id == "window:3:19:00"
    assert reachability(scrambled, at_wall(WEDNESDAY, "19:30")).until == at_wall(WEDNESDAY, "22:00")


def test_who_has_no_hours_is_told_so() -> None:
    nobody = Schedule(AMSTERDAM, exceptions=(close(0, 0), take(0, 3, "10:00-12:00", name="p")))
    assert reachability(nobody, at_wall(in_days(1), "09:00")) == Reachability(False, None, None, "no_hours", "weekly")
    once = Schedule(AMSTERDAM, exceptions=(change(0, 0, "10:00-12:00"),))
    assert reachability(once, at_wall(in_days(9), "09:00")).reason == "outside_hours"


def test_the_instant_may_be_of_any_zone_and_the_answer_is_utc() -> None:
    start = at_wall(WEDNESDAY, "19:00")
    for zone in (AMSTERDAM, "Pacific/Kiritimati", "America/St_Johns"):
        found = reachability(BEN, start.astimezone(ZoneInfo(zone)))
        assert found == reachability(BEN, start)
        assert found.until is not None
        assert found.until.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        reachability(BEN, at_wall(WEDNESDAY, "19:00").replace(tzinfo=None))


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        reachability(Schedule("Europe/Nowhere", EVENINGS), at_wall(WEDNESDAY, "19:00"))


# --- both nights on which the clock changes, beyond the examples of the document


@pytest.mark.parametrize(
    ("zone", "window", "on", "stretches"),
    [
        pytest.param(AMSTERDAM, "22:00-04:00", SPRING, ["21:00-02:00"], id="a night in spring has an hour less"),
        pytest.param(AMSTERDAM, "22:00-04:00", AUTUMN, ["20:00-03:00"], id="a night in autumn has one more"),
        pytest.param(AMSTERDAM, "02:00-03:00", SPRING, [], id="the missing hour itself"),
        pytest.param(AMSTERDAM, "02:00-03:01", SPRING, ["01:00-01:01"], id="the missing hour and a minute"),
        pytest.param(AMSTERDAM, "01:59-02:00", SPRING, ["00:59-01:00"], id="up to the jump"),
        pytest.param(AMSTERDAM, "03:00-03:30", SPRING, ["01:00-01:30"], id="from the jump on"),
        pytest.param(AMSTERDAM, "02:00-03:00", AUTUMN, ["00:00-02:00"], id="the doubled hour itself"),
        pytest.param(AMSTERDAM, "01:00-02:00", AUTUMN, ["23:00-00:00"], id="up to the doubled hour"),
        pytest.param(AMSTERDAM, "03:00-04:00", AUTUMN, ["02:00-03:00"], id="from the doubled hour on"),
        pytest.param(AMSTERDAM, "01:30-02:30", AUTUMN, ["23:30-00:30", "01:00-01:30"], id="ends in the doubled hour"),
        pytest.param(AMSTERDAM, "02:30-03:30", AUTUMN, ["00:30-01:00", "01:30-02:30"], id="begins in it"),
        pytest.param("Australia/Lord_Howe", "01:00-03:00", date(2026, 10, 4), ["14:30-16:00"], id="half an hour less"),
        pytest.param("Australia/Lord_Howe", "02:10-02:20", date(2026, 10, 4), [], id="in the missing half hour"),
        pytest.param("America/Havana", "23:30-00:30", date(2026, 11, 1), ["03:30-04:30", "05:00-05:30"], id="Havana"),
        pytest.param(
            "America/St_Johns",
            "23:30-00:30",
            date(2010, 11, 7),
            ["02:00-02:31", "03:00-04:00"],
            id="back over midnight",
        ),
        pytest.param(
            "Asia/Kathmandu", "00:05-00:20", date(1986, 1, 1), ["18:30-18:35"], id="15 minutes that never were"
        ),
        pytest.param("Pacific/Kiritimati", "00:00-01:00", date(2026, 1, 14), ["10:00-11:00"], id="14 hours ahead"),
        pytest.param("Pacific/Pago_Pago", "23:00-00:00", date(2026, 1, 14), ["10:00-11:00"], id="11 hours behind"),
    ],
)
def test_the_clock_on_the_wall_decides(zone: str, window: str, on: date, stretches: list[str]) -> None:
    """`stretches` are the open ones, in UTC, of the night that ends on a date: every night has the window."""
    one = make_windows(window)[0]
    daily = Schedule(zone, tuple(WeeklyWindow(number, one.start, one.end) for number in range(1, 8)))
    noon = datetime.combine(on, time(12), ZoneInfo(zone)).astimezone(UTC)
    found, at, limit = list[str](), noon - timedelta(hours=24), noon
    while (answer := reachability(daily, at)) and (turn := answer.until or answer.next_opening) and turn < limit:
        if answer.open:
            found.append(f"{at:%H:%M}-{turn:%H:%M}")
        at = turn
    assert found == stretches


# --- what closes from an instant on


@pytest.mark.parametrize("reason", ["pause", "cap", "rest"])
def test_a_closure_holds_from_its_start_to_right_before_its_end(reason: str) -> None:
    start, until = at_wall(WEDNESDAY, "20:00") + INSTANT, at_wall(WEDNESDAY, "21:00") + 3 * INSTANT
    ben = replace(BEN, closures=(make_pause(start, until, reason, f"{reason}:1"),))

    assert reachability(ben, start - INSTANT) == Reachability(True, start, None, "", "window:3:19:00")
    assert reachability(ben, start) == Reachability(False, None, until, reason, f"{reason}:1")
    assert reachability(ben, until - INSTANT).open is False
    assert reachability(ben, until).open is True


def test_a_pause_without_an_end_has_no_next_opening() -> None:
    ben = replace(BEN, closures=(make_pause(NOON, None),))
    assert reachability(ben, NOON - INSTANT) == Reachability(False, None, None, "outside_hours", "weekly")
    assert reachability(ben, NOON) == Reachability(False, None, None, "pause", "pause:1")
    assert reachability(ben, at_wall(in_days(69), "20:00")) == Reachability(False, None, None, "pause", "pause:1")


def test_a_closure_that_ends_before_it_begins_closes_nothing() -> None:
    ben = replace(BEN, closures=(make_pause(NOON, NOON - INSTANT), make_pause(NOON, NOON)))
    assert reachability(ben, NOON).reason == "outside_hours"


def test_closures_may_be_in_any_zone() -> None:
    until = at_wall(WEDNESDAY, "20:00").astimezone(ZoneInfo("Asia/Kathmandu"))
    opening = reachability(replace(BEN, closures=(make_pause(NOON, until),)), NOON).next_opening
    assert opening == until
    assert opening is not None
    assert opening.tzinfo is UTC


def test_the_strongest_is_named() -> None:
    """Everything closes Wednesday; what is named is taken away, and then the next."""
    at = at_wall(WEDNESDAY, "23:30")
    closures = [
        make_pause(NOON, None, "pause", "pause:1"),
        make_pause(NOON, None, "pause", "pause:2"),
        make_pause(NOON, None, "cap", "cap:hours_week"),
        make_pause(NOON, None, "rest", "rest:a"),
    ]
    absences = [Absence("a", WEDNESDAY, WEDNESDAY), Absence("b", WEDNESDAY, WEDNESDAY)]
    exceptions = [close(0, 0, "m"), close(0, 0, "n"), take(0, 0, "23:00-23:45", name="a")]
    expected = [one.rule_id for one in closures] + [
        "absence:a",
        "absence:b",
        "exception:m",
        "exception:n",
        "exception:a",
    ]
    schedule = Schedule(AMSTERDAM, EVENINGS, holidays=frozenset({WEDNESDAY}))

    for number, rule_id in enumerate([*expected, "holiday:2026-01-14"]):
        left = ([*closures, *absences, *exceptions])[number:]
        held = replace(
            schedule,
            closures=tuple(one for one in reversed(left) if isinstance(one, Closure)),
            absences=tuple(one for one in reversed(left) if isinstance(one, Absence)),
            exceptions=tuple(one for one in reversed(left) if isinstance(one, DatedException)),
        )
        assert reachability(held, at).rule_id == rule_id
    assert reachability(replace(schedule, holidays=frozenset()), at).rule_id == "weekly"


# --- how far ahead

MIDNIGHT = at_wall(WEDNESDAY, "00:00")


@pytest.mark.parametrize("days", [7, 56, 66])
def test_the_next_opening_is_found_behind_an_absence(days: int) -> None:
    ben = take_off(BEN, Absence("a", WEDNESDAY, in_days(days)))
    opening = at_wall(in_days(days + 1), "19:00")
    assert reachability(ben, MIDNIGHT) == Reachability(False, None, opening, "absence", "absence:a")


def test_what_lies_beyond_the_horizon_is_unknown() -> None:
    ben = take_off(BEN, Absence("a", WEDNESDAY, in_days(69)))
    opening = at_wall(in_days(70), "19:00")

    assert reachability(ben, opening - timedelta(days=70)).next_opening == opening
    assert reachability(ben, opening - timedelta(days=70) - INSTANT).next_opening is None
    assert reachability(ben, opening - timedelta(days=70) - INSTANT, horizon_days=71).next_opening == opening
    assert reachability(ben, opening - timedelta(days=1), horizon_days=1).next_opening == opening
    assert reachability(ben, opening - timedelta(days=1) - INSTANT, horizon_days=1).next_opening is None


def test_an_end_beyond_the_horizon_is_unknown() -> None:
    always = take_off(Schedule(AMSTERDAM, AROUND_THE_CLOCK), close(75, 75))
    end = at_wall(in_days(75), "00:00")
    assert reachability(always, end - timedelta(days=70)).until == end
    assert reachability(always, end - timedelta(days=70) - INSTANT).until is None


def test_a_long_pause_ends_within_the_horizon_or_not_at_all() -> None:
    until = NOON + timedelta(days=69)
    assert reachability(replace(BEN, closures=(make_pause(NOON, until),)), NOON).next_opening == at_wall(
        in_days(69), "19:00"
    )
    beyond = replace(BEN, closures=(make_pause(NOON, until + timedelta(days=3)),))
    assert reachability(beyond, NOON).next_opening is None


def test_equal_schedules_have_equal_answers() -> None:
    again = Schedule(AMSTERDAM, tuple(WeeklyWindow(one.weekday, one.start, one.end) for one in EVENINGS))
    assert again is not BEN
    assert reachability(again, NOON) == reachability(BEN, NOON)
    assert reachability(replace(BEN, zone="Asia/Kathmandu"), NOON) != reachability(BEN, NOON)
