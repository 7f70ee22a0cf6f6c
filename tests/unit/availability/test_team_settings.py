"""A team's numbers, and the stricter ones of a person."""

from __future__ import annotations

import pytest

from server.availability.errors import SettingMalformed
from server.availability.rules.team_settings import narrow_settings, read_caps, read_settings, show_settings
from server.availability.rules.wind_down import BOUNDS, CAPS, HoursSettings


def test_what_is_shown_is_read_again() -> None:
    settings = HoursSettings(notice_minutes=(30, 10), hours_week=None)
    assert read_settings(show_settings(settings)) == settings
    assert read_settings({}) == HoursSettings()


@pytest.mark.parametrize("name", [name for name in BOUNDS if name != "notice_minutes"])
def test_a_number_out_of_bounds_is_named(name: str) -> None:
    for number in (BOUNDS[name][0] - 1, BOUNDS[name][1] + 1):
        with pytest.raises(SettingMalformed, match=name):
            read_settings({name: number})


@pytest.mark.parametrize("given", [{"grace": 5}, {"notice_minutes": 5}, {"grace_minutes": None}])
def test_what_is_no_setting_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(SettingMalformed):
        read_settings(given)


def test_nobody_loosens_the_teams_caps() -> None:
    team = HoursSettings(talks_at_once=3, hours_week=None, rest_hours=24)
    own = {"talks_at_once": 5, "contact_minutes_evening": 60, "hours_week": 8, "rest_hours": 12}
    narrowed = narrow_settings(team, own)
    assert [getattr(narrowed, name) for name in own] == [3, 60, 8, 24]
    assert narrow_settings(team, {"rest_hours": 48}).rest_hours == 48
    assert narrow_settings(team, {}) == team


def test_only_what_a_person_sets_is_kept() -> None:
    assert read_caps(dict.fromkeys(CAPS)) == {}
    assert read_caps(dict.fromkeys(CAPS) | {"hours_week": 4}) == {"hours_week": 4}
