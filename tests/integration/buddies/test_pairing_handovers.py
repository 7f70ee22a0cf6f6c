"""Changing buddy: out at once, somebody else within a working day, and what moves along is the youth's choice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError
from time_machine import Traveller

from server.accounts.actions import place_block, suspend_person
from server.buddies.actions.handovers import change_buddy, part_pairing
from server.buddies.models import BuddyRequest, Pairing
from server.buddies.pairing_tasks import step_errands
from server.events.relay import step_relay
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.foundation.leases import LEASE
from server.wiring import LISTENERS
from tests.cast import Cast, Player, Rest, make_player
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
from tests.integration.buddies.people import Neighbours, card_of, get, post, put, told
from tests.witness import nothing_changes


@pytest.fixture(autouse=True)
def ready(cast: Cast, neighbours: Neighbours) -> None:
    """Ben and Bo may be paired."""
    make_expert_ready(cast, cast.ben, neighbours.bo)


@pytest.fixture
def pairing(cast: Cast) -> str:
    """Ada and Ben, who have talked."""
    made = make_active(cast, cast.ada, cast.ben)
    say(cast.ada, look(cast.ada, made)["conversation"], "hoi Ben")
    return made


def test_the_former_expert_is_out_at_once_and_somebody_else_is_promised(cast: Cast, pairing: str) -> None:
    talk = look(cast.ada, pairing)["conversation"]
    assert told(take(cast.ada, pairing, "change"))["state"] == "rematch"
    assert get(cast.ben, f"/conversations/{talk}/messages").status == 404
    assert refuse(cast.ben, talk) == 404
    entry = find_waiting(cast, cast.ada)
    assert (entry["reason"], entry["due_at"]) == ("change", "2026-11-18T17:00:00.000Z")


def test_a_friday_evening_promises_monday_and_a_holiday_the_day_after(
    cast: Cast, pairing: str, clock: Traveller
) -> None:
    clock.move_to("2026-12-24T19:00:00Z")  # a Thursday; then Christmas, Boxing Day on Saturday, a Sunday
    change_buddy(actor=card_of(cast.ben), pairing_id=pairing, now=read_clock())
    entry = BuddyRequest.objects.get(youth_id=cast.ada.id, state="waiting")
    assert (entry.reason, entry.due_at) == ("handed_back", datetime(2026, 12, 28, 17, tzinfo=UTC))


def test_nobody_is_told_who_wished_it_save_the_coordinator(cast: Cast, pairing: str) -> None:
    told(take(cast.ben, pairing, "change"))
    assert look(cast.ada, pairing)["steps"][-1]["by"] is None
    assert look(cast.mara, pairing)["steps"][-1]["by"] == "expert"


def test_the_former_expert_is_never_proposed_again(cast: Cast, pairing: str) -> None:
    told(take(cast.ada, pairing, "change"))
    with nothing_changes():
        refused = propose(cast, cast.ada, cast.ben)
        assert (refused.body["code"], refused.body["rules"]) == ("pairing.hard_rule", ["left"])
        assert propose(cast, cast.ada, cast.ben, override=["left"]).body["code"] == "pairing.rule_unknown"


def test_with_nothing_the_old_talk_closes_and_a_fresh_one_begins(
    cast: Cast, neighbours: Neighbours, pairing: str
) -> None:
    before = look(cast.ada, pairing)["conversation"]
    told(take(cast.ada, pairing, "change"))
    successor = make_introduced(cast, cast.ada, neighbours.bo)
    after = look(cast.ada, successor)
    assert after["successor_of"] == pairing
    assert after["conversation"] != before
    assert refuse(cast.ada, before) == 409
    assert get(neighbours.bo, f"/conversations/{before}/messages").status == 404
    assert look(cast.ada, pairing)["state"] == "rematch"
    told(take(cast.mara, successor, "activate"))
    assert look(cast.ada, pairing)["state"] == "closed"
    say(cast.ada, after["conversation"], "hoi Bo")


def test_with_the_history_the_new_expert_reads_it_from_the_start(
    cast: Cast, neighbours: Neighbours, pairing: str
) -> None:
    talk = look(cast.ada, pairing)["conversation"]
    told(take(cast.ada, pairing, "change", moves="history"))
    successor = make_introduced(cast, cast.ada, neighbours.bo)
    assert look(cast.ada, successor)["conversation"] == talk
    messages = told(get(neighbours.bo, f"/conversations/{talk}/messages"))["messages"]
    assert [one["body"] for one in messages] == ["hoi Ben"]
    told(take(cast.mara, successor, "activate"))
    assert look(cast.ada, pairing)["state"] == "closed"
    say(cast.ada, talk, "hoi Bo")
    assert get(cast.ben, f"/conversations/{talk}/messages").status == 404


def test_a_no_to_the_successor_takes_the_history_away_again(cast: Cast, neighbours: Neighbours, pairing: str) -> None:
    talk = look(cast.ada, pairing)["conversation"]
    told(take(cast.ada, pairing, "change", moves="history"))
    successor = make_introduced(cast, cast.ada, neighbours.bo)
    told(take(cast.ada, successor, "decline"))
    assert get(neighbours.bo, f"/conversations/{talk}/messages").status == 404
    say(cast.ada, talk, "dit blijft van mij")


def test_a_note_reaches_the_next_expert_when_the_youth_has_approved_it(
    cast: Cast, neighbours: Neighbours, pairing: str
) -> None:
    told(take(cast.ada, pairing, "change", moves="note"))
    note = told(put(cast.ben, f"/pairings/{pairing}/handover-note", words="Ada houdt van hardlopen."))
    successor = make_introduced(cast, cast.ada, neighbours.bo)
    path = f"/pairings/{successor}/handover-note"
    assert told(get(neighbours.bo, path))["words"] == ""
    with nothing_changes():
        assert post(cast.ada, f"/pairings/{pairing}/handover-note/approve", revision=7).status == 404
        assert post(cast.ben, f"/pairings/{pairing}/handover-note/approve", revision=1).status == 403
    told(post(cast.ada, f"/pairings/{pairing}/handover-note/approve", revision=note["revision"]))
    assert told(get(neighbours.bo, path))["words"] == "Ada houdt van hardlopen."
    told(put(cast.mara, f"/pairings/{pairing}/handover-note", words="Anders."))
    assert told(get(neighbours.bo, path))["words"] == "", "another note wants another yes"


def test_without_the_note_being_chosen_nobody_reads_it(cast: Cast, neighbours: Neighbours, pairing: str) -> None:
    told(take(cast.ada, pairing, "change", moves="note"))
    told(put(cast.ben, f"/pairings/{pairing}/handover-note", words="Iets."))
    told(post(cast.ada, f"/pairings/{pairing}/handover-note/approve", revision=1))
    told(put(cast.ada, f"/pairings/{pairing}/moves", moves="nothing"))
    successor = make_introduced(cast, cast.ada, neighbours.bo)
    assert told(get(neighbours.bo, f"/pairings/{successor}/handover-note"))["words"] == ""


def test_what_moves_along_is_the_youths_choice(cast: Cast, pairing: str) -> None:
    with nothing_changes():
        for player in (cast.ben, cast.mara):
            refused = take(player, pairing, "change", moves="history")
            assert (refused.status, refused.body["code"]) == (403, "auth.forbidden")
        assert take(cast.ada, pairing, "change", moves="all").body["code"] == "pairing.moves_unknown"


@pytest.mark.parametrize("state", ["proposed", "active"])
def test_a_block_parts_the_two_by_itself(cast: Cast, state: str) -> None:
    pairing = make_proposed(cast, cast.ada, cast.ben) if state == "proposed" else make_active(cast, cast.ada, cast.ben)
    assert place_block(blocker_id=cast.ada.id, blocked_id=cast.ben.id, now=read_clock())
    run_loops()
    last = look(cast.mara, pairing)["steps"][-1]
    assert (last["by"], last["reason"]) == ("system", "blocked")
    assert last["to"] == ("withdrawn" if state == "proposed" else "rematch")
    assert find_waiting(cast, cast.ada)["youth"]["id"] == cast.ada.id


def test_a_suspended_experts_youths_are_found_somebody_else(cast: Cast, pairing: str) -> None:
    assert suspend_person(person_id=cast.ben.id, actor=cast.mara.person, now=read_clock())
    run_loops()
    run_loops()
    steps = look(cast.mara, pairing)["steps"]
    assert (steps[-1]["to"], steps[-1]["reason"]) == ("rematch", "suspended")
    assert [one["verb"] for one in steps].count("change") == 1


def test_a_pairing_that_cannot_be_parted_yet_holds_up_no_other(
    cast: Cast, pairing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = make_player(cast.team, "youth", "Kim", read_clock())
    other, now = make_active(cast, kim, cast.ben), read_clock()
    parted: list[str] = []

    def fail_for_the_first(seen: Pairing, **given: Any) -> None:
        parted.append(str(seen.id))
        if parted[0] == str(seen.id):
            raise DatabaseError("this pairing is poisoned")
        part_pairing(seen, **given)

    run_loops()
    assert suspend_person(person_id=cast.ben.id, actor=cast.mara.person, now=now)
    while step_relay(now, LISTENERS):
        pass
    with monkeypatch.context() as broken:
        broken.setattr("server.buddies.actions.errands.part_pairing", fail_for_the_first)
        assert step_errands(now)  # one for each youth
        with pytest.raises(DatabaseError):
            step_errands(now)
        assert [step_errands(now) for _ in range(2)] == [True, False]
    assert sorted(parted) == sorted([pairing, other])
    states = [look(cast.mara, one)["state"] for one in parted]
    assert states == ["active", "rematch"]
    assert step_errands(now + LEASE)
    assert look(cast.mara, parted[0])["state"] == "rematch"


def test_in_rematch_the_backup_answers_and_gives_way_to_the_successor(cast: Cast, neighbours: Neighbours) -> None:
    kim = add_expert(cast, "Kim")
    pairing = make_active(cast, cast.ada, cast.ben, backup=neighbours.bo.id)
    talk = look(cast.ada, pairing)["conversation"]
    told(take(cast.ada, pairing, "change", moves="history"))
    say(neighbours.bo, talk, "ik ben er zolang")
    successor = make_introduced(cast, cast.ada, kim)
    assert look(cast.ada, successor)["conversation"] == talk
    assert get(neighbours.bo, f"/conversations/{talk}/messages").status == 404
    assert look(cast.mara, pairing)["cover"] is None
    told(take(cast.ada, successor, "decline"))
    run_loops()
    say(neighbours.bo, talk, "ik ben er weer")


def add_expert(cast: Cast, name: str) -> Player:
    """Return another expert who may be paired."""

    player = make_player(cast.team, "expert", name, read_clock())
    make_expert_ready(cast, player)
    return player


def say(player: Player, talk: str, words: str) -> None:
    """Write in a conversation."""
    told(Rest(player).post(f"/conversations/{talk}/messages", m=str(make_id()), body=words), 201)


def refuse(player: Player, talk: str) -> int:
    """Return with which status somebody's message is refused."""
    return Rest(player).post(f"/conversations/{talk}/messages", m=str(make_id()), body="hoi").status


def find_waiting(cast: Cast, youth: Player) -> dict[str, Any]:
    """Return a youth's place on the waiting list."""
    answer = told(get(cast.mara, "/waiting-list"))
    rows = next(value for value in answer.values() if isinstance(value, list))
    (found,) = [one for one in rows if one["youth"]["id"] == youth.id]
    return dict(found)
