"""Caps and rest. The table of caps over a clock change: test_documented.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.availability.rules.caps import Usage, find_cap, rest_closure
from server.availability.rules.schedule import Closure
from server.availability.rules.wind_down import HoursSettings

AMSTERDAM = "Europe/Amsterdam"
INSTANT = timedelta(microseconds=1)
# Wednesday evening, 20:00 on the wall; evenings and weeks begin at 05:00 UTC.
NOW = datetime(2026, 1, 14, 19, tzinfo=UTC)
THURSDAY, FRIDAY = datetime(2026, 1, 15, 5, tzinfo=UTC), datetime(2026, 1, 16, 5, tzinfo=UTC)
MONDAY = datetime(2026, 1, 19, 5, tzinfo=UTC)
SETTINGS = HoursSettings()
NOTHING = Usage(0, 0, 0)
ALL = Usage(180, 5, 720)


@pytest.mark.parametrize(
    ("used", "closure"),
    [
        pytest.param(NOTHING, None, id="nothing"),
        pytest.param(Usage(179, 4, 719), None, id="a minute, an evening, a minute short"),
        pytest.param(Usage(180, 4, 719), (NOW, THURSDAY, "contact_minutes_evening"), id="minutes this evening"),
        pytest.param(Usage(1, 5, 1), (THURSDAY, FRIDAY, "evenings_in_row"), id="the last evening is finished"),
        pytest.param(Usage(0, 5, 1), (NOW, THURSDAY, "evenings_in_row"), id="the evening after is free"),
        pytest.param(Usage(1, 9, 1), (THURSDAY, FRIDAY, "evenings_in_row"), id="more evenings than allowed"),
        pytest.param(Usage(1, 1, 720), (NOW, MONDAY, "hours_week"), id="hours this week"),
        pytest.param(Usage(180, 5, 1), (NOW, FRIDAY, "evenings_in_row"), id="minutes and evenings"),
        pytest.param(ALL, (NOW, MONDAY, "hours_week"), id="everything"),
    ],
)
def test_a_cap_that_is_reached_closes(used: Usage, closure: tuple[datetime, datetime, str] | None) -> None:
    expected = Closure(closure[0], closure[1], "cap", f"cap:{closure[2]}") if closure else None
    assert find_cap(used, SETTINGS, NOW, AMSTERDAM) == expected


def test_a_cap_that_is_off_closes_nothing() -> None:
    minutes = replace(SETTINGS, hours_week=None, evenings_in_row=None)
    evenings = replace(SETTINGS, hours_week=None, contact_minutes_evening=None)
    none = replace(minutes, contact_minutes_evening=None)
    found = [find_cap(ALL, settings, NOW, AMSTERDAM) for settings in (minutes, evenings, none)]
    assert [one and one.rule_id for one in found] == ["cap:contact_minutes_evening", "cap:evenings_in_row", None]


def test_a_team_sets_when_the_evening_ends() -> None:
    settings = replace(SETTINGS, evening_starts="04:00")
    found = find_cap(Usage(180, 1, 180), settings, NOW, AMSTERDAM)
    assert found is not None
    assert found.until == THURSDAY - timedelta(hours=2)


def test_the_week_ends_on_monday_morning() -> None:
    used = Usage(0, 0, 720)
    ends = [find_cap(used, SETTINGS, at, AMSTERDAM) for at in (MONDAY - INSTANT, MONDAY)]
    assert [one and one.until for one in ends] == [MONDAY, MONDAY + timedelta(days=7)]


def test_now_may_be_of_any_zone_and_the_closure_is_utc() -> None:
    found = find_cap(ALL, SETTINGS, NOW.astimezone(ZoneInfo("Asia/Kathmandu")), AMSTERDAM)
    assert found == find_cap(ALL, SETTINGS, NOW, AMSTERDAM)
    assert found is not None
    assert found.start.tzinfo is UTC


def test_rest_is_hours_by_the_clock_also_when_it_changes() -> None:
    evening = datetime(2026, 3, 28, 20, tzinfo=UTC)
    found = rest_closure(evening.astimezone(ZoneInfo(AMSTERDAM)), 24)
    assert found == Closure(evening, evening + timedelta(hours=24), "rest", "rest:heavy_evening")
