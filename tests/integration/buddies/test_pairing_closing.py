"""The goodbye, the introduction talk, an expert's leaving, and what reaches an expert outside their hours: nothing."""

from __future__ import annotations

import pytest
from time_machine import Traveller

from server.availability.actions.hours import set_hours
from server.buddies.models import ExpertProfile, PairingText
from server.foundation.clock import read_clock
from server.realtime.models import UserEvent
from tests.cast import Cast
from tests.integration.buddies.pairs import (
    look,
    make_active,
    make_expert_ready,
    make_introduced,
    make_proposed,
    propose,
    run_loops,
    take,
)
from tests.integration.buddies.people import EVENINGS, Neighbours, card_of, get, post, put, told
from tests.integration.buddies.witness import list_events
from tests.witness import nothing_changes


@pytest.fixture(autouse=True)
def ready(cast: Cast, neighbours: Neighbours) -> None:
    """Ben and Bo may be paired."""
    make_expert_ready(cast, cast.ben, neighbours.bo)


# --- the goodbye


def test_each_of_the_two_looks_back_for_themselves(cast: Cast) -> None:
    pairing = make_active(cast, cast.ada, cast.ben)
    path = f"/pairings/{pairing}/closing"
    scores = [{"area": "wellbeing", "before": 4, "after": 8}]
    with nothing_changes():
        assert put(cast.ada, path, scores=scores).body["code"] == "pairing.illegal_transition"
    told(take(cast.ada, pairing, "close", words="Dank je wel, Ben."))
    answered = told(put(cast.ada, path, scores=scores, words="Het gaat beter."))
    assert (answered["scores"], answered["words"]) == (scores, "Het gaat beter.")
    assert answered["questions"][0]["area"] == "housing"
    ben = told(get(cast.ben, path))
    assert (ben["scores"], ben["words"]) == ([], "")
    assert [(one["words"], one["by"]) for one in ben["goodbyes"]] == [("Dank je wel, Ben.", "youth")]
    assert "112" in ben["next"]
    told(put(cast.ada, path, scores=[], words="Anders."))
    assert PairingText.objects.filter(kind="closing").count() == 1
    assert get(cast.mara, path).status == 403


@pytest.mark.parametrize(
    "scores",
    [
        [{"area": "luck", "before": 4, "after": 8}],
        [{"area": "income", "before": 0, "after": 8}],
        [{"area": "income", "before": 4, "after": 11}],
        [{"area": "income", "before": 4}, {"area": "income", "after": 5}],
    ],
)
def test_a_score_that_does_not_fit_is_refused(cast: Cast, scores: list[dict[str, object]]) -> None:
    pairing = make_active(cast, cast.ada, cast.ben)
    told(take(cast.ada, pairing, "close"))
    with nothing_changes():
        assert put(cast.ada, f"/pairings/{pairing}/closing", scores=scores).body["code"] == "pairing.score_malformed"


def test_who_changes_their_mind_goes_on(cast: Cast) -> None:
    pairing = make_active(cast, cast.ada, cast.ben)
    told(take(cast.ada, pairing, "close"))
    assert told(take(cast.ben, pairing, "resume"))["state"] == "active"


def test_the_door_back_in_is_one_tap(cast: Cast) -> None:
    pairing = make_active(cast, cast.ada, cast.ben)
    with nothing_changes():
        assert post(cast.ada, "/me/buddy-request").body["code"] == "pairing.youth_taken"
        assert post(cast.ben, "/me/buddy-request").status == 403
    for _ in range(2):
        told(take(cast.ada, pairing, "close"))
    first = told(post(cast.ada, "/me/buddy-request"))
    assert (first["state"], first["reason"]) == ("waiting", "ended")
    assert told(post(cast.ada, "/me/buddy-request"))["id"] == first["id"]


def test_a_youth_reads_where_they_stand_on_the_list(cast: Cast) -> None:
    standing = told(get(cast.ada, "/me/buddy-request"))
    assert (standing["request"]["state"], standing["request"]["reason"], standing["filled_in"]) == (
        "waiting", "first", False,
    )  # fmt: skip
    told(put(cast.ada, "/me/intake", themes=["anxiety"]))
    with nothing_changes():
        assert told(get(cast.ada, "/me/buddy-request")) == standing | {"filled_in": True}
        assert get(cast.ben, "/me/buddy-request").status == 403
        assert get(None, "/me/buddy-request").status == 401
    make_active(cast, cast.ada, cast.ben)
    assert told(get(cast.ada, "/me/buddy-request")) == {"request": None, "filled_in": True}


def test_an_expert_who_left_does_not_end_what_waits_for_another(cast: Cast) -> None:
    pairing = make_active(cast, cast.ada, cast.ben)
    told(take(cast.ada, pairing, "change"))
    with nothing_changes():
        assert take(cast.ben, pairing, "close").body["code"] == "pairing.illegal_transition"
    assert told(take(cast.ada, pairing, "close"))["state"] == "closed"


# --- the introduction talk


def test_the_expert_ticks_what_was_talked_about(cast: Cast) -> None:
    pairing = make_introduced(cast, cast.ada, cast.ben)
    path = f"/pairings/{pairing}/introduction"
    with nothing_changes():
        assert put(cast.ben, path, items=["weather"]).body["code"] == "pairing.item_unknown"
        assert put(cast.ada, path, items=[]).status == 403
    told(put(cast.ben, path, items=["hours", "who_am_i"]))
    items = told(get(cast.ada, path))["items"]
    assert [one["id"] for one in items if one["done"]] == ["who_am_i", "hours"]
    assert items[0]["title"] == "Wie ik ben"


# --- an expert's leaving


def test_each_pairing_needs_its_decision_first(cast: Cast, neighbours: Neighbours) -> None:
    mine, other = make_active(cast, cast.ada, cast.ben), make_active(cast, neighbours.yara, cast.ben)
    shown = told(get(cast.mara, f"/experts/{cast.ben.id}/leaving"))["pairings"]
    assert {one["id"] for one in shown} == {mine, other}
    path = f"/experts/{cast.ben.id}/leave"
    one = {"pairing": mine, "decision": "change"}
    for decisions, code in (
        ([one], "pairing.decisions_needed"),
        ([one, {"pairing": other, "decision": "forget"}], "pairing.decision_unknown"),
        ([one, {"pairing": other, "decision": "handover_to"}], "pairing.decision_unknown"),
        ([one, one], "pairing.decision_unknown"),
        ([one, {"pairing": other, "decision": "handover_to", "to": cast.ben.id}], "pairing.oneself"),
    ):
        with nothing_changes():
            assert post(cast.mara, path, decisions=decisions).body["code"] == code
    with nothing_changes():
        assert post(cast.ben, path, decisions=[]).status == 403


def test_all_decisions_are_taken_together_or_none(cast: Cast, neighbours: Neighbours) -> None:
    mine, other = make_active(cast, cast.ada, cast.ben), make_active(cast, neighbours.yara, cast.ben)
    path = f"/experts/{cast.ben.id}/leave"
    decisions = [
        {"pairing": mine, "decision": "close"},
        {"pairing": other, "decision": "handover_to", "to": neighbours.bo.id},
    ]
    make_expert_ready(cast, neighbours.bo, capacity=0)
    with nothing_changes():
        assert post(cast.mara, path, decisions=decisions).body["code"] == "pairing.expert_full"
    make_expert_ready(cast, neighbours.bo)
    moved = told(post(cast.mara, path, decisions=decisions))["pairings"]
    assert sorted((one["state"], one["expert"]["display_name"]) for one in moved) == [
        ("closing", "Ben"),
        ("proposed", "Bo"),
        ("rematch", "Ben"),
    ]
    assert ExpertProfile.objects.get(person_id=cast.ben.id).takes_new is False
    assert propose(cast, neighbours.yara, cast.ben).status == 409


# --- outside the expert's hours


def test_an_expert_hears_nothing_outside_their_hours_and_all_of_it_when_they_begin(
    cast: Cast, clock: Traveller
) -> None:
    set_hours(actor=card_of(cast.ben), zone="Europe/Amsterdam", windows=EVENINGS, now=read_clock())
    clock.move_to("2026-11-17T21:30:00Z")
    run_loops()
    before = UserEvent.objects.filter(user_id=cast.ben.id).count()
    pairing = make_proposed(cast, cast.ada, cast.ben)
    told(take(cast.ada, pairing, "accept"))
    run_loops()
    assert UserEvent.objects.filter(user_id=cast.ben.id).count() == before
    assert len(list_events(cast.ada, "pairing.changed")) == 2
    assert look(cast.ben, pairing)["state"] == "proposed", "who asks by themselves is answered"
    clock.move_to("2026-11-18T17:59:59Z")
    run_loops()
    assert list_events(cast.ben, "pairing.changed") == []
    clock.move_to("2026-11-18T18:00:00Z")
    run_loops()
    run_loops()
    assert [one["verb"] for one in list_events(cast.ben, "pairing.changed")] == ["propose", "accept"]


def test_hours_that_open_early_bring_what_waits_at_once(cast: Cast, clock: Traveller) -> None:
    set_hours(actor=card_of(cast.ben), zone="Europe/Amsterdam", windows=EVENINGS, now=read_clock())
    clock.move_to("2026-11-17T21:30:00Z")
    make_proposed(cast, cast.ada, cast.ben)
    make_expert_ready(cast, cast.ben)
    run_loops()
    assert [one["verb"] for one in list_events(cast.ben, "pairing.changed")] == ["propose"]
