"""The life of a pairing over HTTP: from proposal to the goodbye, who may take which step, and what each does."""

from __future__ import annotations

from typing import Any

import pytest

from server.accounts.actions import place_block
from server.events.facts import PairingMoved
from server.foundation.clock import read_clock
from tests.cast import Cast, Player, Rest, make_player
from tests.integration.buddies.pairs import (
    STATES,
    look,
    make_active,
    make_expert_ready,
    make_in_state,
    make_introduced,
    make_proposed,
    propose,
    take,
)
from tests.integration.buddies.people import Neighbours, get, put, told
from tests.integration.buddies.witness import list_events
from tests.witness import list_facts, nothing_changes

# state → verb → where it leads, for the one who may take it; every other is refused.
LEADS = {
    "proposed": {"decline": "declined", "withdraw": "withdrawn", "accept": "proposed"},
    "introduced": {
        "decline": "declined",
        "withdraw": "withdrawn",
        "accept": "introduced",
        "activate": "active",
        "change": "rematch",
        "close": "closing",
    },
    "active": {"pause": "paused", "change": "rematch", "close": "closing"},
    "paused": {"resume": "active", "change": "rematch", "close": "closing"},
    "rematch": {"close": "closed"},
    "closing": {"resume": "active", "change": "rematch", "close": "closed"},
    "closed": {},
    "declined": {},
    "withdrawn": {},
}
VERBS = ("accept", "decline", "activate", "withdraw", "pause", "resume", "change", "close")


@pytest.fixture(autouse=True)
def ready(cast: Cast, neighbours: Neighbours) -> None:
    """Ben and Bo may be paired."""
    make_expert_ready(cast, cast.ben, neighbours.bo)


def test_a_pairing_goes_from_proposal_to_goodbye(cast: Cast) -> None:
    pairing = make_proposed(cast, cast.ada, cast.ben)
    assert told(take(cast.ada, pairing, "accept"))["state"] == "proposed"
    introduced = told(take(cast.ben, pairing, "accept"))
    assert introduced["state"] == "introduced"
    conversations = told(get(cast.ada, "/conversations"))["conversations"]
    assert introduced["conversation"] in {one["id"] for one in conversations}
    assert told(take(cast.ada, pairing, "activate"))["state"] == "active"
    assert told(take(cast.ben, pairing, "activate"))["state"] == "active"
    with nothing_changes():
        assert take(cast.ben, pairing, "activate").body["code"] == "pairing.illegal_transition"
    assert told(take(cast.ada, pairing, "pause"))["state"] == "paused"
    assert told(take(cast.ben, pairing, "resume"))["state"] == "active"
    assert told(take(cast.ada, pairing, "close"))["state"] == "closing"
    assert told(take(cast.ben, pairing, "close"))["state"] == "closed"
    verbs = [one["verb"] for one in look(cast.mara, pairing)["steps"]]
    assert verbs == ["propose", "accept", "introduce", "activate", "pause", "resume", "close", "end"]
    moved = [(one.from_state, one.to_state) for one in list_facts(PairingMoved)]  # type: ignore[attr-defined]
    assert moved[0] == ("", "proposed")
    assert moved[-1] == ("closing", "closed")
    assert len(moved) == 7  # a single yes moves nothing


@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state_leads_where_it_is_drawn_or_changes_nothing(
    cast: Cast, neighbours: Neighbours, state: str
) -> None:
    for at, verb in enumerate(VERBS):
        youth, expert = make_player(cast.team, "youth", f"Youth {at}", read_clock()), neighbours.bo
        pairing = make_in_state(cast, state, youth, expert)
        actor = cast.mara if verb == "withdraw" else youth
        expected = LEADS[state].get(verb)
        if expected is None:
            with nothing_changes():
                refused = take(actor, pairing, verb)
            assert (refused.status, refused.body["code"]) == (409, "pairing.illegal_transition"), (state, verb)
        else:
            assert told(take(actor, pairing, verb))["state"] == expected, (state, verb)
        _let_go(cast, pairing)


def test_one_yes_said_twice_is_one_yes(cast: Cast) -> None:
    pairing = make_proposed(cast, cast.ada, cast.ben)
    told(take(cast.ada, pairing, "accept"))
    with nothing_changes():
        assert told(take(cast.ada, pairing, "accept"))["state"] == "proposed"


def test_nobody_answers_for_the_two(cast: Cast) -> None:
    pairing = make_proposed(cast, cast.ada, cast.ben)
    for verb in ("accept", "decline"):
        with nothing_changes():
            refused = take(cast.mara, pairing, verb)
        assert (refused.status, refused.body["code"]) == (403, "auth.forbidden")
    with nothing_changes():
        assert take(cast.ada, pairing, "withdraw").status == 403


def test_a_no_needs_no_reason_and_brings_the_youth_back_to_their_place(cast: Cast, neighbours: Neighbours) -> None:
    before = _find_waiting(cast, neighbours.yara)
    pairing = make_proposed(cast, neighbours.yara, cast.ben)
    assert _find_waiting(cast, neighbours.yara) is None
    told(take(cast.ben, pairing, "decline"))
    assert before is not None
    assert _find_waiting(cast, neighbours.yara) == before
    assert [one["by"] for one in look(neighbours.yara, pairing)["steps"]] == ["coordinator", None]
    assert [one["by"] for one in look(cast.mara, pairing)["steps"]] == ["coordinator", "expert"]


def test_a_no_in_the_trial_closes_the_conversation(cast: Cast) -> None:
    pairing = make_introduced(cast, cast.ada, cast.ben)
    talk = look(cast.ada, pairing)["conversation"]
    told(take(cast.ada, pairing, "decline"))
    refused = Rest(cast.ada).post(f"/conversations/{talk}/messages", m=pairing, body="hoi")
    assert refused.body["code"] == "conv.cannot_send"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "friend"}, "pairing.kind_unknown"),
        ({"override": ["vog"]}, "pairing.rule_unknown"),
        ({"bridge_until": "2026-11-16"}, "pairing.end_before_start"),
        ({"bridge_until": "soon"}, "availability.date_malformed"),
        ({"backups": ["nobody"]}, "http.not_found"),
    ],
)
def test_bad_input_has_a_code_of_its_own(cast: Cast, fields: dict[str, Any], code: str) -> None:
    with nothing_changes():
        assert propose(cast, cast.ada, cast.ben, **fields).body["code"] == code


def test_with_oneself_or_another_team_nobody_is_paired(cast: Cast, neighbours: Neighbours) -> None:
    with nothing_changes():
        assert propose(cast, cast.ada, cast.ada).body["code"] == "pairing.oneself"
        assert propose(cast, cast.ada, cast.ben, backup=cast.ben.id).body["code"] == "pairing.oneself"
        unknown = propose(cast, cast.ada, cast.mara).seen
        assert propose(cast, cast.ada, neighbours.emil).seen == unknown
        assert propose(cast, cast.eve, cast.ben).seen == unknown
        assert unknown[0] == 404


def test_a_pairing_twice_and_a_youth_who_has_one_are_told_apart(cast: Cast, neighbours: Neighbours) -> None:
    make_proposed(cast, cast.ada, cast.ben)
    with nothing_changes():
        assert propose(cast, cast.ada, cast.ben).body["code"] == "pairing.exists"
        assert propose(cast, cast.ada, neighbours.bo).body["code"] == "pairing.youth_taken"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"vog_until": "2026-11-16"}, "pairing.vog_expired"),
        ({"trained_until": "2026-11-16"}, "pairing.training_expired"),
        ({"takes_new": False}, "pairing.not_taking_new"),
        ({"capacity": 0}, "pairing.expert_full"),
    ],
)
def test_what_an_expert_lacks_has_a_code_of_its_own(cast: Cast, fields: dict[str, Any], code: str) -> None:
    make_expert_ready(cast, cast.ben, **fields)
    with nothing_changes():
        assert propose(cast, cast.ada, cast.ben).body["code"] == code


def test_an_expert_of_whom_nothing_is_on_record_is_not_proposed(cast: Cast) -> None:
    kim = _make_expert(cast)
    with nothing_changes():
        assert propose(cast, cast.ada, kim).body["code"] == "pairing.training_expired"


def test_a_block_keeps_two_apart(cast: Cast) -> None:
    assert place_block(blocker_id=cast.ada.id, blocked_id=cast.ben.id, now=read_clock())
    with nothing_changes():
        assert propose(cast, cast.ada, cast.ben).body["code"] == "pairing.blocked"


def test_a_rule_may_be_waived_by_name_and_is_kept(cast: Cast) -> None:
    told(put(cast.ada, "/me/intake", languages=["ar"]))
    make_expert_ready(cast, cast.ben, languages=["nl"])
    with nothing_changes():
        refused = propose(cast, cast.ada, cast.ben)
    assert (refused.body["code"], refused.body["rules"]) == ("pairing.hard_rule", ["language"])
    pairing = make_proposed(cast, cast.ada, cast.ben, override=["language"])
    assert look(cast.mara, pairing)["override"] == ["language"]
    assert "override" not in look(cast.ada, pairing)


def test_each_sees_their_own_and_the_coordinator_all(cast: Cast, neighbours: Neighbours) -> None:
    mine = make_active(cast, cast.ada, cast.ben)
    other = make_proposed(cast, neighbours.yara, neighbours.bo, backup=cast.ben.id)
    assert _list_ids(cast.ada) == {mine}
    assert _list_ids(cast.ben) == {mine, other}
    assert _list_ids(cast.mara) == {mine, other}
    assert _list_ids(cast.mara, "?state=active") == {mine}
    assert _list_ids(neighbours.edda) == set()
    assert get(cast.mara, "/pairings?state=happy").body["code"] == "pairing.state_unknown"


def test_a_backup_sees_and_takes_no_step(cast: Cast, neighbours: Neighbours) -> None:
    pairing = make_active(cast, cast.ada, cast.ben, backup=neighbours.bo.id)
    assert look(neighbours.bo, pairing)["backups"][0]["display_name"] == "Bo"
    with nothing_changes():
        assert take(neighbours.bo, pairing, "pause").status == 403


def test_everybody_concerned_is_told_and_the_no_is_unsigned(cast: Cast) -> None:
    pairing = make_proposed(cast, cast.ada, cast.ben)
    told(take(cast.ada, pairing, "decline"))
    refs = {"pairing": pairing, "state": "declined", "verb": "decline"}
    assert list_events(cast.ben, "pairing.changed")[-1] == refs
    assert list_events(cast.ada, "pairing.changed")[-1] == refs
    assert list_events(cast.mara, "pairing.changed")[-1] == refs | {"who": "youth"}


def _find_waiting(cast: Cast, youth: Player) -> dict[str, Any] | None:
    entries = told(get(cast.mara, "/waiting-list"))
    rows = next(value for value in entries.values() if isinstance(value, list))
    found = [one for one in rows if one["youth"]["id"] == youth.id]
    return found[0] if found else None


def _list_ids(player: Player, query: str = "") -> set[str]:
    return {one["id"] for one in told(get(player, f"/pairings{query}"))["pairings"]}


def _make_expert(cast: Cast) -> Player:
    return make_player(cast.team, "expert", "Kim", read_clock())


def _let_go(cast: Cast, pairing: str) -> None:
    """End a pairing, whatever its state, so that the two may be paired again."""
    state = look(cast.mara, pairing)["state"]
    if state in ("proposed", "introduced"):
        told(take(cast.mara, pairing, "withdraw"))
    elif state in ("active", "paused"):
        told(take(cast.mara, pairing, "close"))
        told(take(cast.mara, pairing, "close"))
    elif state in ("closing", "rematch"):
        told(take(cast.mara, pairing, "close"))
