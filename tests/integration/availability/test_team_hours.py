"""What a team agrees on."""

from __future__ import annotations

from typing import Any

import pytest

from server.availability.queries import get_settings_of_team
from server.availability.rules.wind_down import HoursSettings
from tests.cast import Cast
from tests.integration.availability.people import Neighbours, get, put
from tests.witness import nothing_changes

AGREED: dict[str, Any] = {
    "notice_minutes": [20, 10, 5],
    "grace_minutes": 5,
    "extension_minutes": 10,
    "most_extensions": 1,
    "talk_minutes": 20,
    "answer_once_hours": 6,
    "talks_at_once": 2,
    "contact_minutes_evening": 120,
    "evenings_in_row": None,
    "hours_week": None,
    "rest_hours": 36,
    "evening_starts": "05:00",
    "duty_windows": [{"weekday": 5, "start": "19:00", "end": "23:00"}],
    "on_call_windows": [],
}


def test_a_team_that_has_said_nothing_has_the_houses_numbers(cast: Cast) -> None:
    shown = get(cast.mara, "/team/hours").body
    assert (shown["notice_minutes"], shown["grace_minutes"], shown["contact_minutes_evening"]) == ([15, 5], 10, 180)
    assert get_settings_of_team(cast.team.id) == HoursSettings()


def test_a_coordinator_sets_them_all(cast: Cast, neighbours: Neighbours) -> None:
    assert put(cast.mara, "/team/hours", **AGREED).body == AGREED
    assert get(cast.noor, "/team/hours").body == AGREED
    assert get_settings_of_team(cast.team.id).notice_minutes == (20, 10, 5)
    assert get(neighbours.edda, "/team/hours").body != AGREED, "another team"


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "a grace of an hour": ({"grace_minutes": 60}, 422, "availability.setting_malformed"),
    "no minutes at all": ({"extension_minutes": 0}, 422, "availability.setting_malformed"),
    "no number": ({"grace_minutes": None}, 400, "proto.bad_frame"),
    "a text": ({"grace_minutes": "10"}, 400, "proto.bad_frame"),
    "ten notices": ({"notice_minutes": list(range(1, 11))}, 422, "availability.setting_malformed"),
    "a notice twice": ({"notice_minutes": [5, 5]}, 422, "availability.setting_malformed"),
    "a notice of a text": ({"notice_minutes": ["5"]}, 400, "proto.bad_frame"),
    "an evening that starts at night": ({"evening_starts": "23:00"}, 422, "availability.setting_malformed"),
    "no length": (
        {"duty_windows": [{"weekday": 5, "start": "19:00", "end": "19:00"}]},
        422,
        "availability.window_empty",
    ),
    "an odd weekday": (
        {"on_call_windows": [{"weekday": 9, "start": "19:00", "end": "20:00"}]},
        422,
        "availability.window_malformed",
    ),
    "a number of one's own": ({"most_talks": 5}, 400, "proto.bad_frame"),
}


@pytest.mark.parametrize("name", BAD)
def test_odd_numbers_are_refused_and_change_nothing(cast: Cast, name: str) -> None:
    fields, status, code = BAD[name]
    put(cast.mara, "/team/hours", **AGREED)
    with nothing_changes():
        answer = put(cast.mara, "/team/hours", **(AGREED | fields))
    assert (answer.status, answer.body["code"]) == (status, code)


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_only_coordinators_see_and_set_them(cast: Cast, who: str) -> None:
    with nothing_changes():
        answers = [get(getattr(cast, who), "/team/hours"), put(getattr(cast, who), "/team/hours", **AGREED)]
    assert [(one.status, one.body["code"]) for one in answers] == [(403, "auth.forbidden")] * 2
