"""Swapping a shift: one asks, the other decides, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from server.availability.models import Shift
from server.availability.queries import list_on_shift
from server.foundation.ids import make_id
from tests.cast import Cast, Player, make_player
from tests.integration.availability.gates import RecordingGates
from tests.integration.availability.people import TUESDAY, Neighbours, delete, get, post
from tests.integration.availability.test_shifts import add_one
from tests.witness import nothing_changes


@pytest.fixture
def shift(cast: Cast, gates: RecordingGates) -> str:
    """Ben has duty tonight."""
    made = add_one(cast, person=cast.ben.id)
    gates.forget()
    return made


def propose(shift: str, giver: Player, taker: Player) -> Any:
    return post(giver, f"/shifts/{shift}/swaps", with_=taker.id)


def propose_one(shift: str, giver: Player, taker: Player) -> str:
    answer = propose(shift, giver, taker)
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def step(player: Player, swap: str, verb: str) -> Any:
    return post(player, f"/swaps/{swap}/{verb}")


def find_owner(shift: str) -> str:
    return str(Shift.objects.get(id=shift).person_id)


def test_a_colleague_takes_the_shift(cast: Cast, neighbours: Neighbours, shift: str, gates: RecordingGates) -> None:
    proposed = propose(shift, cast.ben, neighbours.bo)
    assert (proposed.status, proposed.body["state"]) == (201, "proposed")
    assert gates.calls == []
    assert get(neighbours.bo, "/swaps").body == get(cast.ben, "/swaps").body == {"swaps": [proposed.body]}
    accepted = step(neighbours.bo, proposed.body["id"], "accept")
    assert (accepted.status, accepted.body["state"]) == (200, "accepted")
    assert accepted.body["shift"]["person"] == neighbours.bo.id
    both = tuple(sorted((cast.ben.id, neighbours.bo.id)))
    assert gates.calls == [("lock", both), ("turn", both)]
    assert list_on_shift(cast.team.id, "duty", TUESDAY) == [neighbours.bo.id]


@pytest.mark.parametrize(("verb", "who", "state"), [("decline", "bo", "declined"), ("withdraw", "ben", "withdrawn")])
def test_a_no_changes_no_shift(
    cast: Cast, neighbours: Neighbours, shift: str, gates: RecordingGates, verb: str, who: str, state: str
) -> None:
    swap = propose_one(shift, cast.ben, neighbours.bo)
    answer = step({"bo": neighbours.bo, "ben": cast.ben}[who], swap, verb)
    assert (answer.status, answer.body["state"]) == (200, state)
    assert find_owner(shift) == cast.ben.id
    assert gates.calls == []


@pytest.mark.parametrize("first", ["accept", "decline", "withdraw"])
def test_a_decision_is_final(cast: Cast, neighbours: Neighbours, shift: str, first: str) -> None:
    swap = propose_one(shift, cast.ben, neighbours.bo)
    sides = {"accept": neighbours.bo, "decline": neighbours.bo, "withdraw": cast.ben}
    assert step(sides[first], swap, first).status == 200
    with nothing_changes():
        answers = [step(player, swap, verb) for verb, player in sides.items()]
    assert [(one.status, one.body["code"]) for one in answers] == [(409, "availability.swap_state")] * 3


def test_asking_again_is_the_same_question(cast: Cast, neighbours: Neighbours, shift: str) -> None:
    first = propose(shift, cast.ben, neighbours.bo)
    with nothing_changes():
        assert propose(shift, cast.ben, neighbours.bo).body == first.body


def test_a_swap_with_oneself_is_none(cast: Cast, shift: str) -> None:
    with nothing_changes():
        answer = propose(shift, cast.ben, cast.ben)
    assert (answer.status, answer.body["code"]) == (422, "availability.swap_self")


def test_the_other_must_be_one_for_this_shift(cast: Cast, shift: str) -> None:
    with nothing_changes():
        answer = propose(shift, cast.ben, cast.noor)
    assert (answer.status, answer.body["code"]) == (422, "availability.shift_role")


def test_each_decides_only_for_their_own_side(cast: Cast, neighbours: Neighbours, shift: str) -> None:
    swap = propose_one(shift, cast.ben, neighbours.bo)
    with nothing_changes():
        answers = [
            step(cast.ben, swap, "accept"),
            step(cast.ben, swap, "decline"),
            step(neighbours.bo, swap, "withdraw"),
        ]
    assert [(one.status, one.body["code"]) for one in answers] == [(403, "auth.forbidden")] * 3


def test_of_several_who_were_asked_the_first_takes_it(cast: Cast, neighbours: Neighbours, shift: str) -> None:
    third = make_player(cast.team, "expert", "Noa", TUESDAY)
    swaps = [propose_one(shift, cast.ben, taker) for taker in (neighbours.bo, third)]
    assert step(neighbours.bo, swaps[0], "accept").status == 200
    assert [one["state"] for one in get(third, "/swaps").body["swaps"]] == ["withdrawn"]
    with nothing_changes():
        assert step(third, swaps[1], "accept").body["code"] == "availability.swap_state"
    assert find_owner(shift) == neighbours.bo.id


@pytest.mark.parametrize("way", ["assign", "remove"])
def test_what_the_coordinator_changes_ends_the_asking(cast: Cast, neighbours: Neighbours, shift: str, way: str) -> None:
    swap = propose_one(shift, cast.ben, neighbours.bo)
    if way == "assign":
        assert post(cast.mara, f"/shifts/{shift}/assign", person=None).status == 200
    else:
        assert delete(cast.mara, f"/shifts/{shift}").status == 204
    assert [one["state"] for one in get(cast.ben, "/swaps").body["swaps"]] == ["withdrawn"]
    with nothing_changes():
        assert step(neighbours.bo, swap, "accept").body["code"] == "availability.swap_state"


def test_who_is_busy_then_cannot_take_it(cast: Cast, neighbours: Neighbours, shift: str) -> None:
    swap = propose_one(shift, cast.ben, neighbours.bo)
    add_one(cast, person=neighbours.bo.id, start="22:00", end="23:30")
    with nothing_changes():
        answer = step(neighbours.bo, swap, "accept")
    assert (answer.status, answer.body["code"]) == (409, "availability.shift_overlap")


def test_a_shift_that_is_over_is_not_swapped(
    cast: Cast, neighbours: Neighbours, shift: str, clock: time_machine.Traveller
) -> None:
    swap = propose_one(shift, cast.ben, neighbours.bo)
    clock.move_to(TUESDAY + timedelta(hours=3))
    for player in (cast.ben, neighbours.bo):
        get(player, "/swaps")  # moves the idle clocks of their sessions
    with nothing_changes():
        answers = [step(neighbours.bo, swap, "accept"), propose(shift, cast.ben, neighbours.bo)]
    assert [(one.status, one.body["code"]) for one in answers] == [(409, "availability.shift_over")] * 2


def test_nobody_else_finds_the_swap_or_the_shift(cast: Cast, neighbours: Neighbours, shift: str) -> None:
    swap = propose_one(shift, cast.ben, neighbours.bo)
    third = make_player(cast.team, "expert", "Noa", TUESDAY)
    with nothing_changes():
        for player in (third, cast.mara, neighbours.emil, neighbours.edda):
            for verb in ("accept", "decline", "withdraw"):
                theirs, nobodys = step(player, swap, verb), step(player, str(make_id()), verb)
                assert theirs.seen == nobodys.seen
                assert (theirs.status, theirs.body["code"]) == (404, "http.not_found")
        for player in (third, neighbours.emil, neighbours.bo):
            theirs, nobodys = propose(shift, player, cast.ben), propose(str(make_id()), player, cast.ben)
            assert theirs.seen == nobodys.seen
            assert theirs.status == 404
        for person in (neighbours.emil.id, cast.ada.id, str(make_id())):
            assert post(cast.ben, f"/shifts/{shift}/swaps", with_=person).status == 404
    assert get(third, "/swaps").body == {"swaps": []}


def test_youths_have_no_shifts(cast: Cast, neighbours: Neighbours, shift: str) -> None:
    swap = propose_one(shift, cast.ben, neighbours.bo)
    with nothing_changes():
        answers = [get(cast.ada, "/swaps"), get(cast.ada, "/shifts"), propose(shift, cast.ada, neighbours.bo)]
        answers += [step(cast.ada, swap, verb) for verb in ("accept", "decline", "withdraw")]
    assert [(one.status, one.body["code"]) for one in answers] == [(403, "auth.forbidden")] * 6
