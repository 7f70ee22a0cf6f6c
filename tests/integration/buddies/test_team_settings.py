"""What a team agrees on about pairing: numbers within bounds, themes of its own, and what it was before."""

from __future__ import annotations

from typing import Any

import pytest

from server.buddies.models import TeamBuddiesVersion
from server.buddies.rules.settings import BuddySettings
from server.buddies.team_settings import get_buddy_settings
from tests.cast import Cast
from tests.integration.buddies.people import Neighbours, get, put, told, write_file
from tests.witness import nothing_changes

SURFING = {"code": "surfing", "nl": "surfen", "en": "surfing"}


def test_a_team_that_has_said_nothing_has_the_houses_numbers(cast: Cast) -> None:
    body = told(get(cast.mara, "/team/buddies"))

    assert (body["pairings_per_youth"], body["default_capacity"], body["silence_days"]) == (1, 3, 14)
    assert {"name": "least_overlap_minutes", "value": 60} in body["weights"]
    assert (body["version"], body["changed_at"], body["history"], body["extra_themes"]) == (0, None, [], [])
    assert get_buddy_settings(cast.team.id) == BuddySettings()


def test_what_is_named_changes_and_the_rest_stays(cast: Cast, neighbours: Neighbours) -> None:
    told(put(cast.mara, "/team/buddies", silence_days=7, weights=[{"name": "themes", "value": 50}]))

    body = told(put(cast.noor, "/team/buddies", default_capacity=2, weights=[{"name": "region", "value": 0}]))

    settings = get_buddy_settings(cast.team.id)
    assert (settings.silence_days, settings.default_capacity) == (7, 2)
    assert (settings.weights.themes, settings.weights.region, settings.weights.overlap) == (50, 0, 20)
    assert [one["version"] for one in body["history"]] == [2, 1]
    assert [one["changed_by"] for one in body["history"]] == [cast.noor.id, cast.mara.id]
    assert [(one["silence_days"], one["default_capacity"]) for one in body["history"]] == [(7, 2), (7, 3)]
    assert told(get(neighbours.edda, "/team/buddies"))["version"] == 0, "another team"


def test_history_is_added_to_and_never_rewritten(cast: Cast) -> None:
    put(cast.mara, "/team/buddies", silence_days=7)
    before = list(TeamBuddiesVersion.objects.values())
    put(cast.mara, "/team/buddies", silence_days=8)
    assert list(TeamBuddiesVersion.objects.values())[:1] == before


def test_themes_of_a_teams_own_are_chosen_like_the_others(cast: Cast, neighbours: Neighbours) -> None:
    told(put(cast.mara, "/team/buddies", extra_themes=[SURFING]))

    themes = told(get(cast.ada, "/buddy-themes"))["themes"]

    assert themes[0] == {"code": "addiction", "kind": "specific", "nl": "verslaving", "en": "addiction"}
    assert (len(themes), themes[-1]) == (16, SURFING | {"kind": "team"})
    assert told(put(cast.ada, "/me/intake", themes=["surfing"]))["intake"]["themes"] == ["surfing"]
    assert write_file(cast.mara, cast.ben, no_go=["surfing"])["profile"]["no_go"] == ["surfing"]
    assert len(told(get(neighbours.edda, "/buddy-themes"))["themes"]) == 15


def test_a_theme_that_is_taken_away_stays_with_who_chose_it(cast: Cast) -> None:
    put(cast.mara, "/team/buddies", extra_themes=[SURFING])
    put(cast.ada, "/me/intake", themes=["surfing"])
    told(put(cast.mara, "/team/buddies", extra_themes=[]))

    assert told(put(cast.ada, "/me/intake", region="Ede"))["intake"]["themes"] == ["surfing"]
    assert put(cast.ada, "/me/intake", themes=["surfing"]).body["code"] == "buddies.theme_unknown"


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "four pairings": ({"pairings_per_youth": 4}, 422, "buddies.setting_malformed"),
    "two days of silence": ({"silence_days": 2}, 422, "buddies.setting_malformed"),
    "91 days of silence": ({"silence_days": 91}, 422, "buddies.setting_malformed"),
    "no capacity": ({"default_capacity": 0}, 422, "buddies.setting_malformed"),
    "a number of nobody": ({"most_talks": 5}, 400, "proto.bad_frame"),
    "nothing for a number": ({"silence_days": None}, 400, "proto.bad_frame"),
    "a weight of nobody": ({"weights": [{"name": "beauty", "value": 5}]}, 422, "buddies.weights_invalid"),
    "a weight too heavy": ({"weights": [{"name": "themes", "value": 101}]}, 422, "buddies.weights_invalid"),
    "a theme of the house": (
        {"extra_themes": [{"code": "debt", "nl": "schuld", "en": "debt"}]},
        422,
        "buddies.theme_malformed",
    ),
    "a theme twice": ({"extra_themes": [SURFING, SURFING]}, 422, "buddies.theme_malformed"),
    "a theme without Dutch": ({"extra_themes": [SURFING | {"nl": " "}]}, 422, "buddies.theme_malformed"),
    "a theme in capitals": ({"extra_themes": [SURFING | {"code": "Surf"}]}, 422, "buddies.theme_malformed"),
    "31 themes": (
        {"extra_themes": [SURFING | {"code": "surf" + "a" * at} for at in range(31)]},
        422,
        "buddies.theme_malformed",
    ),
    "on top of another version": ({"silence_days": 8, "version": 5}, 409, "buddies.profile_changed"),
}


@pytest.mark.parametrize("name", BAD)
def test_odd_settings_are_refused_and_change_nothing(cast: Cast, name: str) -> None:
    fields, status, code = BAD[name]
    put(cast.mara, "/team/buddies", silence_days=7)
    with nothing_changes():
        answer = put(cast.mara, "/team/buddies", **fields)
    assert (answer.status, answer.body["code"]) == (status, code)
