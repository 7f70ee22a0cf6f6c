"""Who answers while the expert is away: the first backup who is there, for as long as it lasts, and the youth knows."""

from __future__ import annotations

from typing import Any

import pytest
from time_machine import Traveller

from server.accounts.actions import place_block, suspend_person
from server.buddies.actions.covers import review_due_cover
from server.buddies.models import PairingBackup
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from tests.cast import Cast, Player, Rest, make_player
from tests.integration.buddies.pairs import look, make_active, make_expert_ready, run_loops, take
from tests.integration.buddies.people import Neighbours, get, post, put, told
from tests.integration.buddies.witness import list_events
from tests.witness import nothing_changes

DAY = 24 * 3600.0


@pytest.fixture(autouse=True)
def ready(cast: Cast, neighbours: Neighbours) -> None:
    """Ben and Bo may be paired."""
    make_expert_ready(cast, cast.ben, neighbours.bo)


@pytest.fixture
def pairing(cast: Cast, neighbours: Neighbours) -> str:
    """Ada and Ben, with Bo behind him; all that is due is done."""
    made = make_active(cast, cast.ada, cast.ben, backup=neighbours.bo.id)
    run_loops()
    return made


def test_a_pause_of_the_pairing_brings_the_backup_and_resuming_sends_them_back(
    cast: Cast, neighbours: Neighbours, pairing: str
) -> None:
    _say(cast.ada, pairing, "before")
    paused = told(take(cast.ada, pairing, "pause"))
    assert paused["cover"]["person"] == {"id": neighbours.bo.id, "display_name": "Bo"}
    _say(cast.ada, pairing, "during")
    assert _list_words(neighbours.bo, pairing) == ["during"]
    assert told(take(cast.ben, pairing, "resume"))["cover"] is None
    _say(cast.ada, pairing, "after")
    assert _list_words(neighbours.bo, pairing) is None
    covers = [(one["over"], one["cover"]) for one in list_events(cast.ada, "pairing.cover")]
    assert covers == [(False, neighbours.bo.id), (True, None)]


def test_a_pause_with_an_end_ends_by_itself(cast: Cast, pairing: str, clock: Traveller) -> None:
    told(take(cast.ada, pairing, "pause", until="2026-11-20T12:00:00Z"))
    run_loops()
    assert look(cast.ada, pairing)["state"] == "paused"
    clock.move_to("2026-11-20T12:00:00Z")
    run_loops()
    assert look(cast.ada, pairing)["state"] == "active"
    assert look(cast.ada, pairing)["cover"] is None
    assert look(cast.ada, pairing)["steps"][-1]["by"] == "system"


def test_a_pause_that_is_over_already_is_refused(cast: Cast, pairing: str) -> None:
    with nothing_changes():
        refused = take(cast.ada, pairing, "pause", until="2026-11-17T19:29:00Z")
        assert refused.body["code"] == "pairing.end_before_start"


def test_an_absence_is_covered_from_its_first_midnight_to_its_last(
    cast: Cast, neighbours: Neighbours, pairing: str, clock: Traveller
) -> None:
    told(post(cast.ben, "/me/availability/absences", **{"from": "2026-11-19", "to": "2026-11-21"}), 201)
    run_loops()
    assert look(cast.ada, pairing)["cover"] is None
    clock.move_to("2026-11-18T22:59:59Z")
    run_loops()
    assert look(cast.ada, pairing)["cover"] is None
    clock.move_to("2026-11-18T23:00:00Z")
    run_loops()
    cover = look(cast.ada, pairing)["cover"]
    assert cover["person"]["id"] == neighbours.bo.id
    assert cover["until"] == "2026-11-21T23:00:00.000Z"
    clock.move_to("2026-11-21T23:00:00Z")
    run_loops()
    assert look(cast.ada, pairing)["cover"] is None


def test_one_day_off_is_no_absence_to_cover(cast: Cast, pairing: str, clock: Traveller) -> None:
    told(post(cast.ben, "/me/availability/absences", **{"from": "2026-11-18", "to": "2026-11-18"}), 201)
    clock.move_to("2026-11-18T12:00:00Z")
    run_loops()
    assert look(cast.ada, pairing)["cover"] is None


def test_with_the_backup_away_the_next_one_comes_and_with_nobody_the_coordinator_knows(
    cast: Cast, neighbours: Neighbours, pairing: str
) -> None:
    kim = _add_expert(cast, "Kim")
    told(put(cast.mara, f"/pairings/{pairing}/backup", backups=[neighbours.bo.id, kim.id]))
    told(post(neighbours.bo, "/me/pause"), 201)
    told(post(cast.ben, "/me/pause"), 201)
    run_loops()
    assert look(cast.ada, pairing)["cover"]["person"]["id"] == kim.id
    told(post(kim, "/me/pause"), 201)
    run_loops()
    assert look(cast.ada, pairing)["cover"] == {
        "person": None,
        "since": "2026-11-17T19:30:00.000Z",
        "until": None,
    }
    last = list_events(cast.mara, "pairing.cover")[-1]
    assert (last["over"], last["cover"]) == (False, None)
    told(Rest(neighbours.bo).call("DELETE", "/me/pause"), 204)
    run_loops()
    assert look(cast.ada, pairing)["cover"]["person"]["id"] == neighbours.bo.id


def test_a_blocked_or_suspended_backup_does_not_answer(cast: Cast, neighbours: Neighbours, pairing: str) -> None:
    told(take(cast.ada, pairing, "pause"))
    assert place_block(blocker_id=cast.ada.id, blocked_id=neighbours.bo.id, now=read_clock())
    run_loops()
    assert look(cast.ada, pairing)["cover"]["person"] is None
    kim = _add_expert(cast, "Kim")
    told(put(cast.mara, f"/pairings/{pairing}/backup", backups=[kim.id]))
    assert look(cast.ada, pairing)["cover"]["person"]["id"] == kim.id
    assert suspend_person(person_id=kim.id, actor=cast.mara.person, now=read_clock())
    run_loops()
    assert look(cast.ada, pairing)["cover"]["person"] is None


def test_backups_are_held_to_the_rules_for_experts(cast: Cast, neighbours: Neighbours, pairing: str) -> None:
    path = f"/pairings/{pairing}/backup"
    with nothing_changes():
        assert put(cast.mara, path, backups=[cast.ben.id]).body["code"] == "pairing.oneself"
        assert put(cast.mara, path, backups=[neighbours.bo.id] * 2).body["code"] == "pairing.too_many_backups"
        assert put(cast.mara, path, backups=[neighbours.emil.id]).status == 404
        assert put(cast.mara, path, backups=["x"]).status == 404
        assert put(cast.ada, path, backups=[]).status == 403
    make_expert_ready(cast, neighbours.bo, vog_until="2026-01-01")
    with nothing_changes():
        assert put(cast.mara, path, backups=[neighbours.bo.id]).body["code"] == "pairing.vog_expired"


def test_a_full_expert_may_still_stand_behind_another(cast: Cast, neighbours: Neighbours, pairing: str) -> None:
    make_expert_ready(cast, neighbours.bo, capacity=0, takes_new=False)
    told(put(cast.mara, f"/pairings/{pairing}/backup", backups=[neighbours.bo.id]))
    assert [str(one.person_id) for one in PairingBackup.objects.filter(pairing_id=pairing)] == [neighbours.bo.id]


def test_two_workers_review_a_cover_once(cast: Cast, pairing: str) -> None:
    told(post(cast.ben, "/me/pause"), 201)
    run_loops()
    assert review_due_cover(now=read_clock()) is False
    assert len(list_events(cast.ada, "pairing.cover")) == 1


def _add_expert(cast: Cast, name: str) -> Player:

    player = make_player(cast.team, "expert", name, read_clock())
    make_expert_ready(cast, player)
    return player


def _say(player: Player, pairing: str, words: str) -> None:
    talk = look(player, pairing)["conversation"]
    told(Rest(player).post(f"/conversations/{talk}/messages", m=str(make_id()), body=words), 201)


def _list_words(player: Player, pairing: str) -> list[Any] | None:
    talk = look(player, pairing)["conversation"]
    answer = get(player, f"/conversations/{talk}/messages")
    return [one["body"] for one in answer.body["messages"]] if answer.status == 200 else None
