"""Profiles: what an expert tells, what the coordinator adds, what the other of a pair sees."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from server.buddies.files import EXPERT_FILE, get_file, list_files
from server.buddies.keys import BUDDY_KEYS
from server.buddies.models import BuddyKey, ExpertProfile, YouthProfile
from server.foundation.clock import read_clock
from server.foundation.sealing import SealBroken
from tests.cast import Cast
from tests.integration.buddies.people import VALID, Neighbours, card_of, get, put, told, write_file
from tests.witness import nothing_changes

TOLD: dict[str, Any] = {
    "takes_new": True,
    "kinds": ["buddy", "listening_ear"],
    "languages": ["nl", "en"],
    "gender": "man",
    "born_in": 1999,
    "region": "Arnhem",
    "themes": [{"theme": "anxiety", "openness": 3}, {"theme": "debt", "openness": 1}],
    "no_go": ["psychosis"],
    "likes": ["koken", "gamen"],
    "introduction": "Ik ben Ben. Kanarie-1717.",
    "institutions": ["Huize Kanarie"],
    "places": ["Arnhem"],
    "people_known": ["een zus"],
}


def test_an_expert_who_has_told_nothing_has_an_empty_profile(cast: Cast) -> None:
    body = told(get(cast.ben, "/me/profile"))

    assert body["profile"]["languages"] == ["nl"]
    assert (body["profile"]["themes"], body["profile"]["capacity"], body["version"]) == ([], None, 0)
    assert [one["valid"] for one in body["ending"]] == [False, False]
    assert not ExpertProfile.objects.exists(), "reading makes nothing"


def test_an_expert_tells_and_reads_it_again(cast: Cast) -> None:
    answered = told(put(cast.ben, "/me/profile", **TOLD))

    assert told(get(cast.ben, "/me/profile")) == answered
    assert {name: answered["profile"][name] for name in TOLD} == TOLD
    assert answered["version"] == 1


def test_what_is_not_named_stays_and_null_empties(cast: Cast) -> None:
    put(cast.ben, "/me/profile", **TOLD)

    profile = told(put(cast.ben, "/me/profile", region="Nijmegen", born_in=None, likes=None))["profile"]

    assert (profile["region"], profile["born_in"], profile["likes"]) == ("Nijmegen", None, [])
    assert profile["no_go"] == ["psychosis"]


def test_the_coordinator_sets_papers_and_capacity_and_loses_nothing(cast: Cast) -> None:
    put(cast.ben, "/me/profile", **TOLD)

    body = write_file(cast.mara, cast.ben, capacity=2, **VALID)

    assert body["person"] == {"id": cast.ben.id, "display_name": "Ben"}
    assert (body["role"], body["profile"]["no_go"], body["profile"]["capacity"]) == ("expert", ["psychosis"], 2)
    assert [one["valid"] for one in body["ending"]] == [True, True]
    assert told(get(cast.noor, f"/people/{cast.ben.id}/buddy-profile")) == body
    assert told(get(cast.ben, "/me/profile"))["profile"]["trained_until"] == "2028-01-01"


def test_what_was_told_lies_sealed(cast: Cast) -> None:
    put(cast.ben, "/me/profile", **TOLD)
    put(cast.ada, "/me/intake", themes=["trauma"], own_words="Kanarie-2222", people_known=["tante Kanarie"])

    stored = repr([list(model.objects.values_list()) for model in (ExpertProfile, YouthProfile)])
    stored += "".join(
        bytes(one or b"").decode("latin-1") for model in (ExpertProfile, YouthProfile) for one in
        model.objects.values_list("sealed", flat=True)
    )  # fmt: skip

    assert "Kanarie" not in stored
    assert "psychosis" not in stored
    assert "trauma" not in stored


def test_an_older_version_put_back_does_not_open(cast: Cast) -> None:
    put(cast.ben, "/me/profile", **TOLD)
    older = ExpertProfile.objects.get(person_id=cast.ben.id).sealed
    put(cast.ben, "/me/profile", region="Ede")
    ExpertProfile.objects.update(sealed=older)

    with pytest.raises(SealBroken):
        get_file(card_of(cast.ben))
    assert get(cast.ben, "/me/profile").body["code"] == "seal.broken"


def test_a_file_whose_key_was_destroyed_counts_as_none_in_a_list(cast: Cast) -> None:
    put(cast.ben, "/me/profile", **TOLD)
    BuddyKey.objects.update(destroyed_at=read_clock())
    BUDDY_KEYS.forget()

    assert list_files(EXPERT_FILE, [card_of(cast.ben)])[cast.ben.id].row is None


def test_a_change_on_top_of_what_somebody_else_changed_is_refused(cast: Cast) -> None:
    seen = told(put(cast.ben, "/me/profile", **TOLD))["version"]
    write_file(cast.mara, cast.ben, capacity=1)

    with nothing_changes():
        answer = put(cast.ben, "/me/profile", region="Ede", version=seen)

    assert (answer.status, answer.body["code"]) == (409, "buddies.profile_changed")
    assert told(put(cast.ben, "/me/profile", region="Ede", version=seen + 1))["version"] == seen + 2


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "a theme of one's own": ({"themes": [{"theme": "surfing", "openness": 1}]}, 422, "buddies.theme_unknown"),
    "a no-go of one's own": ({"no_go": ["surfing"]}, 422, "buddies.theme_unknown"),
    "a theme twice": ({"no_go": ["debt", "debt"]}, 422, "buddies.theme_contradicts"),
    "a theme on both lists": (
        {"themes": [{"theme": "debt", "openness": 1}], "no_go": ["debt"]},
        422,
        "buddies.theme_contradicts",
    ),
    "an openness of 4": ({"themes": [{"theme": "debt", "openness": 4}]}, 422, "buddies.number_out_of_bounds"),
    "a language in words": ({"languages": ["nederlands"]}, 422, "buddies.language_unknown"),
    "nine languages": (
        {"languages": ["nl", "en", "de", "fr", "es", "it", "pl", "tr", "ar"]},
        422,
        "buddies.too_many_items",
    ),
    "a kind of one's own": ({"kinds": ["friend"]}, 422, "buddies.choice_unknown"),
    "a gender of nobody": ({"gender": "x"}, 422, "buddies.choice_unknown"),
    "a birth in the future": ({"born_in": 2090}, 422, "buddies.number_out_of_bounds"),
    "a long introduction": ({"introduction": "a" * 2_001}, 422, "buddies.text_too_long"),
    "a long like": ({"likes": ["a" * 81]}, 422, "buddies.text_too_long"),
    "21 likes": ({"likes": [f"like {at}" for at in range(21)]}, 422, "buddies.too_many_items"),
    "100 kB": ({"introduction": "a" * 100_000}, 413, "proto.too_large"),
    "a number for a text": ({"region": 5}, 400, "proto.bad_frame"),
    "a field of nobody": ({"height": 180}, 400, "proto.bad_frame"),
    "one's own papers": ({"vog_until": "2030-01-01"}, 400, "proto.bad_frame"),
    "one's own capacity": ({"capacity": 9}, 400, "proto.bad_frame"),
}


@pytest.mark.parametrize("name", BAD)
def test_odd_profiles_are_refused_and_change_nothing(cast: Cast, name: str) -> None:
    fields, status, code = BAD[name]
    put(cast.ben, "/me/profile", region="Ede")
    with nothing_changes():
        answer = put(cast.ben, "/me/profile", **fields)
    assert (answer.status, answer.body["code"]) == (status, code)


BAD_PAPERS: dict[str, tuple[dict[str, Any], int, str]] = {
    "no date": ({"vog_until": "soon"}, 422, "availability.date_malformed"),
    "a day that is none": ({"trained_until": "2026-02-30"}, 422, "availability.date_malformed"),
    "no capacity below none": ({"capacity": -1}, 422, "buddies.number_out_of_bounds"),
    "a youth's field": ({"age_band": "16-17"}, 400, "proto.bad_frame"),
}


@pytest.mark.parametrize("name", BAD_PAPERS)
def test_odd_papers_are_refused_and_change_nothing(cast: Cast, name: str) -> None:
    fields, status, code = BAD_PAPERS[name]
    with nothing_changes():
        answer = put(cast.mara, f"/people/{cast.ben.id}/buddy-profile", **fields)
    assert (answer.status, answer.body["code"]) == (status, code)


def test_opening_many_files_takes_as_many_statements_as_opening_one(
    cast: Cast, neighbours: Neighbours, django_assert_num_queries: Any
) -> None:
    for expert in (cast.ben, neighbours.bo):
        put(expert, "/me/profile", **TOLD)
    BUDDY_KEYS.forget()
    with django_assert_num_queries(2):
        list_files(EXPERT_FILE, [card_of(cast.ben)])
    BUDDY_KEYS.forget()
    with django_assert_num_queries(2):
        list_files(EXPERT_FILE, [card_of(cast.ben), card_of(neighbours.bo)])


def test_the_day_of_papers_is_that_of_the_teams_zone(cast: Cast) -> None:
    write_file(cast.mara, cast.ben, vog_until="2026-11-17", trained_until="2026-11-17")
    with time_machine.travel(datetime(2026, 11, 17, 22, 59, tzinfo=UTC), tick=False):
        assert [one["valid"] for one in told(get(cast.ben, "/me/profile"))["ending"]] == [True, True]
    with time_machine.travel(datetime(2026, 11, 17, 23, 0, tzinfo=UTC), tick=False):
        assert [one["valid"] for one in told(get(cast.ben, "/me/profile"))["ending"]] == [False, False]
