"""A pairing that follows another: who covers meanwhile, when the former one is over, and who hears of it."""

from __future__ import annotations

import pytest

from server.buddies.actions import leaving, seats
from server.buddies.models import PairingCover
from server.foundation.clock import read_clock
from server.ports.talks import TalkKeeper
from tests.cast import Cast, Player, make_player
from tests.integration.buddies.pairs import (
    ALWAYS,
    look,
    make_active,
    make_expert_ready,
    make_introduced,
    make_proposed,
    run_loops,
    take,
)
from tests.integration.buddies.people import Neighbours, card_of, get, post, put, told
from tests.integration.buddies.witness import list_events


@pytest.fixture
def kim(cast: Cast) -> Player:
    """An expert who stands behind Ben."""
    return make_player(cast.team, "expert", "Kim", read_clock())


@pytest.fixture(autouse=True)
def ready(cast: Cast, neighbours: Neighbours, kim: Player) -> None:
    """Ben, Bo and Kim may be paired."""
    make_expert_ready(cast, cast.ben, neighbours.bo, kim)


def test_a_backup_who_becomes_the_expert_covers_no_longer_and_stays(cast: Cast, neighbours: Neighbours) -> None:
    before, talk = _part(cast, neighbours.bo)
    successor = make_introduced(cast, cast.ada, neighbours.bo)
    _change_hours(cast.ben)
    assert look(cast.mara, before)["cover"] is None
    told(take(cast.mara, successor, "activate"))
    run_loops()
    assert look(cast.ada, successor)["conversation"] == talk
    assert _reads(neighbours.bo, talk)


def test_a_backup_gives_way_while_a_successor_has_the_talk(cast: Cast, neighbours: Neighbours, kim: Player) -> None:
    before, talk = _part(cast, kim)
    make_introduced(cast, cast.ada, neighbours.bo)
    _change_hours(kim)
    assert look(cast.mara, before)["cover"] is None
    assert not _reads(kim, talk)


def test_who_is_proposed_as_the_successor_is_no_backup_meanwhile(
    cast: Cast, neighbours: Neighbours, kim: Player
) -> None:
    before, _ = _part(cast, neighbours.bo, kim)
    assert look(cast.mara, before)["cover"]["person"]["id"] == neighbours.bo.id
    make_proposed(cast, cast.ada, neighbours.bo)
    _change_hours(cast.ben)
    assert look(cast.mara, before)["cover"]["person"]["id"] == kim.id


def test_a_cover_whose_conversation_is_their_own_by_now_is_not_taken_out(cast: Cast, neighbours: Neighbours) -> None:
    before, talk = _part(cast, neighbours.bo)
    make_introduced(cast, cast.ada, neighbours.bo)
    PairingCover.objects.create(pairing_id=before, cover_id=neighbours.bo.id, reason="rematch", since=read_clock())
    told(take(cast.ada, before, "close"))
    assert look(cast.ada, before)["state"] == "closed"
    assert _reads(neighbours.bo, talk)


def test_when_the_successor_is_changed_too_the_first_pairing_is_over(
    cast: Cast, neighbours: Neighbours, kim: Player
) -> None:
    cy = make_player(cast.team, "expert", "Cy", read_clock())
    make_expert_ready(cast, cy)
    before, talk = _part(cast, kim)
    second = make_introduced(cast, cast.ada, neighbours.bo)
    told(take(cast.ada, second, "change", moves="history"))
    run_loops()
    last = look(cast.mara, before)["steps"][-1]
    assert (last["to"], last["by"], last["reason"]) == ("closed", "system", "succeeded")
    third = make_introduced(cast, cast.ada, cy)
    told(take(cast.mara, third, "activate"))
    _change_hours(kim)
    assert [look(cast.mara, one)["state"] for one in (before, second, third)] == ["closed", "closed", "active"]
    assert look(cast.ada, third)["conversation"] == talk
    assert (_reads(cy, talk), _reads(kim, talk), _reads(neighbours.bo, talk)) == (True, False, False)


def test_an_experts_leaving_ends_a_pairing_that_they_stand_behind_and_follow(
    cast: Cast, neighbours: Neighbours, kim: Player
) -> None:
    before, talk = _part(cast, neighbours.bo, kim)
    second = make_introduced(cast, cast.ada, neighbours.bo)
    decisions = [{"pairing": second, "decision": "change"}]
    told(post(cast.mara, f"/experts/{neighbours.bo.id}/leave", decisions=decisions))
    run_loops()
    assert look(cast.mara, before)["state"] == "closed"
    assert look(cast.mara, before)["cover"] is None
    assert (_reads(kim, talk), _reads(neighbours.bo, talk)) == (False, False)


def test_after_a_goodbye_in_the_trial_the_backup_of_the_one_before_answers_again(
    cast: Cast, neighbours: Neighbours, kim: Player
) -> None:
    before, talk = _part(cast, kim)
    successor = make_introduced(cast, cast.ada, neighbours.bo)
    told(take(cast.ada, successor, "close"))
    run_loops()
    assert look(cast.mara, before)["cover"] is None
    told(take(cast.ada, successor, "close"))
    run_loops()
    assert look(cast.mara, before)["cover"]["person"]["id"] == kim.id
    assert (_reads(kim, talk), _reads(neighbours.bo, talk)) == (True, False)


def test_a_former_expert_hears_of_their_leaving_and_of_nothing_after_it(cast: Cast, neighbours: Neighbours) -> None:
    before, _ = _part(cast)
    told(take(cast.mara, make_introduced(cast, cast.ada, neighbours.bo), "activate"))
    assert list_events(cast.ada, "pairing.changed")[-1]["verb"] == "end"
    heard = [one["verb"] for one in list_events(cast.ben, "pairing.changed") if one["pairing"] == before]
    assert heard[-1] == "change"


def test_a_youth_is_not_told_that_their_buddy_handed_back(cast: Cast) -> None:
    told(take(cast.ben, make_active(cast, cast.ada, cast.ben), "change"))
    assert told(post(cast.ada, "/me/buddy-request"))["reason"] == "change"


def test_who_decides_on_an_experts_leaving_is_locked_with_the_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They become the coordinator of what is proposed next, and hear of it."""
    pairing = make_active(cast, cast.ada, cast.ben)
    locked = _watch_locks(monkeypatch)
    decision = leaving.Decision(pairing, "change")
    leaving.leave_work(actor=card_of(cast.noor), expert_id=cast.ben.id, decisions=[decision], now=read_clock())
    assert cast.noor.id in locked


def _part(cast: Cast, *backups: Player) -> tuple[str, str]:
    """Have Ada leave Ben and take the history along; return the pairing and its conversation."""
    pairing = make_active(cast, cast.ada, cast.ben)
    told(put(cast.mara, f"/pairings/{pairing}/backup", backups=[one.id for one in backups]))
    talk = str(look(cast.ada, pairing)["conversation"])
    told(take(cast.ada, pairing, "change", moves="history"))
    run_loops()
    return pairing, talk


def _change_hours(player: Player) -> None:
    """Have somebody set their hours, after which all covers that concern them are looked at."""
    told(put(player, "/me/availability", zone="Europe/Amsterdam", windows=ALWAYS))
    run_loops()


def _reads(player: Player, talk: str) -> bool:
    return get(player, f"/conversations/{talk}/messages").status == 200


def _watch_locks(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return a set into which everybody comes who is locked with a conversation from now on."""
    talks, locked = seats.get_talks(), set[str]()

    class Watched:
        def lock_talks(self, **given: object) -> None:
            locked.update(str(one) for one in given["person_ids"])  # type: ignore[attr-defined]
            talks.lock_talks(**given)  # type: ignore[arg-type]

        def __getattr__(self, name: str) -> object:
            return getattr(talks, name)

    def get_watched() -> TalkKeeper:
        return Watched()  # type: ignore[return-value]

    monkeypatch.setattr(seats, "get_talks", get_watched)
    return locked
