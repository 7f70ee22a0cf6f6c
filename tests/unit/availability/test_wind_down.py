"""A team's numbers, the notices before the end, and which evening it is. The table of notices: test_documented.py."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from server.availability.rules.schedule import Reachability
from server.availability.rules.wind_down import (
    BOUNDS,
    CAPS,
    HoursSettings,
    find_evening,
    find_evening_start,
    find_notices,
)

AMSTERDAM = "Europe/Amsterdam"
INSTANT = timedelta(microseconds=1)
END = datetime(2026, 1, 14, 21, tzinfo=UTC)
OPEN = Reachability(True, END, None, "", "window:3:19:00")


def make_settings(name: str, value: object) -> HoursSettings:
    """Return settings with one number changed."""
    given = (value,) if name == "notice_minutes" else value
    return HoursSettings(**{name: given})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", BOUNDS)
def test_a_number_is_within_its_bounds(name: str) -> None:
    least, most = BOUNDS[name]
    for fine in (least, most):
        make_settings(name, fine)
    for wrong in (least - 1, most + 1, True, float(least), str(least)):
        with pytest.raises(ValueError, match=name):
            make_settings(name, wrong)


@pytest.mark.parametrize("name", BOUNDS)
def test_only_caps_may_be_off(name: str) -> None:
    if name in CAPS:
        make_settings(name, None)
    else:
        with pytest.raises(ValueError, match=name):
            make_settings(name, None)


def test_every_number_has_bounds() -> None:
    assert {field.name for field in fields(HoursSettings)} == {*BOUNDS, "evening_starts"}


@pytest.mark.parametrize("text", ["00:00", "04:30", "11:59", "12:00"])
def test_an_evening_ends_in_a_morning(text: str) -> None:
    assert HoursSettings(evening_starts=text).evening_starts == text


@pytest.mark.parametrize("text", ["", "6:00", "06:60", "12:01", "24:00", "06:00:00", "06:00\n"])
def test_an_evening_does_not_end_anywhere_else(text: str) -> None:
    with pytest.raises(ValueError, match="evening_starts"):
        HoursSettings(evening_starts=text)


@pytest.mark.parametrize("minutes", [(5, 5), (1, 2, 3, 4, 5, 6)])
def test_notices_are_few_and_different(minutes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="notice_minutes"):
        HoursSettings(notice_minutes=minutes)


def test_a_notice_is_due_from_its_minute_on() -> None:
    due = END - timedelta(minutes=15)
    assert find_notices(OPEN, HoursSettings(), due - INSTANT, set()) == []
    assert find_notices(OPEN, HoursSettings(), due, set()) == [15]
    assert find_notices(OPEN, HoursSettings(), due + INSTANT, {15}) == []


def test_a_notice_that_comes_too_late_is_left_out() -> None:
    late = END - timedelta(minutes=4)
    assert find_notices(OPEN, HoursSettings(), late, set()) == [5]
    assert find_notices(OPEN, HoursSettings(), late, {5}) == []
    assert find_notices(OPEN, HoursSettings(), END - timedelta(minutes=9), {5}) == []


def test_nothing_is_due_when_there_is_no_end_or_it_has_come() -> None:
    settings, late = HoursSettings(), END - timedelta(minutes=4)
    assert find_notices(replace(OPEN, until=None), settings, late, set()) == []
    assert find_notices(Reachability(False, None, END, "outside_hours", "weekly"), settings, late, set()) == []
    assert find_notices(OPEN, settings, END, set()) == []
    assert find_notices(OPEN, HoursSettings(notice_minutes=()), late, set()) == []


@pytest.mark.parametrize(
    ("at", "zone", "evening"),
    [
        pytest.param("2026-01-14T22:59:59.999999", AMSTERDAM, date(2026, 1, 14), id="before midnight"),
        pytest.param("2026-01-14T23:00", AMSTERDAM, date(2026, 1, 14), id="midnight"),
        pytest.param("2026-01-15T04:59:59.999999", AMSTERDAM, date(2026, 1, 14), id="right before 06:00"),
        pytest.param("2026-01-15T05:00", AMSTERDAM, date(2026, 1, 15), id="06:00"),
        pytest.param("2026-03-29T03:59:59.999999", AMSTERDAM, date(2026, 3, 28), id="right before 06:00 in spring"),
        pytest.param("2026-03-29T04:00", AMSTERDAM, date(2026, 3, 29), id="06:00 in spring"),
        pytest.param("2026-10-25T04:59:59.999999", AMSTERDAM, date(2026, 10, 24), id="right before 06:00 in autumn"),
        pytest.param("2026-10-25T05:00", AMSTERDAM, date(2026, 10, 25), id="06:00 in autumn"),
        pytest.param("2011-12-30T15:59:59.999999", "Pacific/Apia", date(2011, 12, 30), id="a date that was skipped"),
        pytest.param("2011-12-30T16:00", "Pacific/Apia", date(2011, 12, 31), id="the date after"),
    ],
)
def test_an_evening_lasts_until_the_next_morning(at: str, zone: str, evening: date) -> None:
    assert find_evening(datetime.fromisoformat(at).replace(tzinfo=UTC), zone) == evening


def test_an_evening_that_ends_in_a_missing_hour_ends_at_the_jump() -> None:
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert find_evening_start(date(2026, 3, 29), AMSTERDAM, "02:30") == jump
    assert find_evening(jump - INSTANT, AMSTERDAM, "02:30") == date(2026, 3, 28)
    assert find_evening(jump, AMSTERDAM, "02:30") == date(2026, 3, 29)


def test_an_evening_that_ends_in_a_doubled_hour_ends_once() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    later = [first + timedelta(minutes=minutes) for minutes in (0, 30, 45, 60, 90)]
    assert find_evening(first - INSTANT, AMSTERDAM, "02:30") == date(2026, 10, 24)
    assert {find_evening(at, AMSTERDAM, "02:30") for at in later} == {date(2026, 10, 25)}
