"""The intake: short, skippable, in the app's own words; by the youth or by a coordinator on their behalf."""

from __future__ import annotations

from typing import Any

import pytest

from server.buddies.models import YouthProfile
from server.buddies.rules.kinds import AGE_BANDS, find_middle_age
from tests.cast import Cast
from tests.integration.buddies.people import EVENINGS, Neighbours, get, put, told, write_file
from tests.witness import nothing_changes

ANSWERS: dict[str, Any] = {
    "themes": ["loneliness", "debt"],
    "own_words": "Ik ben vaak alleen.",
    "languages": ["nl", "ti"],
    "language_wish": "ti",
    "gender_wish": "woman",
    "age_band": "18-20",
    "age_distance": [2, 10],
    "needs": ["gender"],
    "likes": ["muziek"],
    "times": EVENINGS,
    "zone": "Europe/Amsterdam",
    "region": "Gelderland",
    "not_from": ["Huize Zuid"],
    "institutions": ["Huize Zuid"],
    "places": ["Ede"],
    "people_known": ["Bo"],
    "professional_name": "Fatima",
    "professional_organisation": "Jeugdzorg",
    "professional_reach": "via de balie",
    "wishes": "Liever geen belletjes.",
}


def test_a_youth_finds_the_questions_in_both_languages(cast: Cast) -> None:
    body = told(get(cast.ada, "/me/intake"))

    assert (body["filled_in"], body["version"], body["changed_at"]) == (False, 0, None)
    first = body["questions"][0]
    assert first["field"] == "themes"
    assert first["nl"].startswith("Waar wil je over praten?")
    assert first["en"].startswith("What would you like to talk about?")
    bands = next(one for one in body["questions"] if one["field"] == "age_band")["choices"]
    assert [one["value"] for one in bands] == list(AGE_BANDS)


def test_every_question_may_be_answered_and_every_one_skipped(cast: Cast) -> None:
    body = told(put(cast.ada, "/me/intake", **ANSWERS))

    assert body["intake"] == {"bridge_until": None} | ANSWERS
    assert body["filled_in"]
    for name in ANSWERS:
        told(put(cast.ada, "/me/intake", **{name: None}))
    emptied = told(get(cast.ada, "/me/intake"))
    assert not any(emptied["intake"].values())
    assert emptied["filled_in"], "that somebody has looked at it stays known"


def test_an_empty_form_is_no_answer(cast: Cast) -> None:
    assert not told(put(cast.ada, "/me/intake"))["filled_in"]
    assert YouthProfile.objects.get(person_id=cast.ada.id).sealed is None


def test_step_by_step_nothing_is_lost(cast: Cast) -> None:
    put(cast.ada, "/me/intake", themes=["debt"])
    put(cast.ada, "/me/intake", region="Arnhem")

    intake = told(get(cast.ada, "/me/intake"))["intake"]

    assert (intake["themes"], intake["region"]) == (["debt"], "Arnhem")


def test_a_coordinator_fills_it_in_on_their_behalf_with_the_end_of_a_bridge(cast: Cast) -> None:
    body = write_file(cast.mara, cast.ada, themes=["trauma"], bridge_until="2027-01-31")

    assert (body["role"], body["filled_in"]) == ("youth", True)
    intake = told(get(cast.ada, "/me/intake"))["intake"]
    assert (intake["themes"], intake["bridge_until"]) == (["trauma"], "2027-01-31")


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "a theme of one's own": ({"themes": ["surfing"]}, 422, "buddies.theme_unknown"),
    "a language of nobody": ({"language_wish": "xx"}, 422, "buddies.language_unknown"),
    "an age of one's own": ({"age_band": "99"}, 422, "buddies.choice_unknown"),
    "a need of one's own": ({"needs": ["money"]}, 422, "buddies.choice_unknown"),
    "ages backwards": ({"age_distance": [10, 2]}, 422, "buddies.age_backwards"),
    "one age": ({"age_distance": [10]}, 422, "buddies.age_backwards"),
    "an age of a century": ({"age_distance": [0, 100]}, 422, "buddies.number_out_of_bounds"),
    "a weekday of nobody": (
        {"times": [{"weekday": 8, "start": "19:00", "end": "20:00"}]},
        422,
        "availability.window_malformed",
    ),
    "times of no length": (
        {"times": [{"weekday": 1, "start": "19:00", "end": "19:00"}]},
        422,
        "availability.window_empty",
    ),
    "a zone of nobody": ({"zone": "Europe/Nowhere"}, 422, "availability.zone_unknown"),
    "long words": ({"own_words": "a" * 2_001}, 422, "buddies.text_too_long"),
    "a long name": ({"professional_name": "a" * 81}, 422, "buddies.text_too_long"),
    "100 kB": ({"own_words": "a" * 100_000}, 413, "proto.too_large"),
    "the end of a bridge": ({"bridge_until": "2027-01-31"}, 400, "proto.bad_frame"),
    "a text for a list": ({"themes": "debt"}, 400, "proto.bad_frame"),
}


@pytest.mark.parametrize("name", BAD)
def test_odd_answers_are_refused_and_change_nothing(cast: Cast, name: str) -> None:
    fields, status, code = BAD[name]
    put(cast.ada, "/me/intake", region="Ede")
    with nothing_changes():
        answer = put(cast.ada, "/me/intake", **fields)
    assert (answer.status, answer.body["code"]) == (status, code)


@pytest.mark.parametrize("day", ["2026-11-16", "2029-01-01"])
def test_a_bridge_ends_from_today_on_within_two_years(cast: Cast, day: str) -> None:
    with nothing_changes():
        answer = put(cast.mara, f"/people/{cast.ada.id}/buddy-profile", bridge_until=day)
    assert (answer.status, answer.body["code"]) == (422, "buddies.bridge_past")


def test_a_bridge_may_end_today_and_be_taken_away(cast: Cast) -> None:
    assert write_file(cast.mara, cast.ada, bridge_until="2026-11-17")["profile"]["bridge_until"] == "2026-11-17"
    assert write_file(cast.mara, cast.ada, bridge_until=None)["profile"]["bridge_until"] is None


def test_every_age_band_has_a_middle() -> None:
    assert {band: find_middle_age(band) for band in (*AGE_BANDS, "")} == {
        "12-15": 13, "16-17": 16, "18-20": 19, "21-23": 22, "24-27": 25, "": None,
    }  # fmt: skip


def test_two_youths_have_keys_of_their_own(cast: Cast, neighbours: Neighbours) -> None:
    for youth in (cast.ada, neighbours.yara):
        put(youth, "/me/intake", themes=["debt"])
    keys = list(YouthProfile.objects.values_list("key_id", flat=True))
    assert len(set(keys)) == 2
