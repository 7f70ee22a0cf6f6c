"""Pairings with everybody at once, on real connections: seats are exact, and no two steps cross."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations_with_replacement, pairwise
from typing import Any

import pytest

from server.accounts.queries import PersonCard
from server.availability.actions.pauses import end_pause, start_pause
from server.buddies.actions.answers import accept_pairing, activate_pairing, decline_pairing, withdraw_pairing
from server.buddies.actions.closing import close_pairing
from server.buddies.actions.handovers import change_buddy
from server.buddies.actions.leaving import leave_work
from server.buddies.actions.pairings import Proposal, propose_pairing, set_backups
from server.buddies.actions.pausing import pause_pairing, resume_pairing
from server.buddies.models import BuddyRequest, Pairing, PairingCover, PairingStep
from server.buddies.states import PAIRING, SEATED
from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError
from server.ports.registry import ask_port
from server.ports.talks import TalkKeeper
from tests.cast import Cast, Player, make_player
from tests.integration.buddies.pairs import make_expert_ready, make_in_state, make_introduced, run_loops
from tests.integration.buddies.people import Neighbours, card_of
from tests.integration.chat.threads import run_together

pytestmark = pytest.mark.usefixtures("on_postgres")
VERBS: dict[str, Callable[..., Any]] = {
    "accept": accept_pairing,
    "activate": activate_pairing,
    "decline": decline_pairing,
    "withdraw": withdraw_pairing,
    "pause": pause_pairing,
    "resume": resume_pairing,
    "change": change_buddy,
    "close": close_pairing,
}
# state → the verbs that meet there
MEETINGS = {
    "proposed": ("accept", "decline", "withdraw"),
    "introduced": ("accept", "activate", "decline", "withdraw", "change", "close"),
    "active": ("pause", "change", "close"),
    "paused": ("resume", "change", "close"),
    "closing": ("resume", "change", "close"),
}


def attempt(action: Callable[..., object], **given: object) -> Callable[[], str]:
    """Return the work of somebody who does this; it returns "done" or the code of the refusal."""

    def work() -> str:
        try:
            action(**given, now=read_clock())
        except WarmlijnError as refusal:
            return refusal.code
        return "done"

    return work


@pytest.fixture(autouse=True)
def ready(cast: Cast, neighbours: Neighbours) -> None:
    """Ben and Bo may be paired."""
    make_expert_ready(cast, cast.ben, neighbours.bo)


def test_of_a_hundred_coordinators_exactly_as_many_succeed_as_there_are_seats(cast: Cast) -> None:
    youths = [make_player(cast.team, "youth", f"Youth {at}", read_clock()) for at in range(100)]
    proposals = [
        attempt(propose_pairing, actor=card_of(cast.mara), proposal=Proposal(one.id, cast.ben.id)) for one in youths
    ]
    verdicts: Counter[str] = Counter()
    for start in range(0, 100, 20):
        verdicts.update(run_together(proposals[start : start + 20]))
    assert verdicts == {"done": 3, "pairing.expert_full": 97}
    assert Pairing.objects.filter(expert_id=cast.ben.id, state__in=SEATED).count() == 3


def test_of_twenty_who_propose_somebody_to_one_youth_one_succeeds(cast: Cast) -> None:
    experts = [make_player(cast.team, "expert", f"Expert {at}", read_clock()) for at in range(10)]
    make_expert_ready(cast, *experts)
    proposals = [
        attempt(propose_pairing, actor=card_of(player), proposal=Proposal(cast.ada.id, one.id))
        for one in experts
        for player in (cast.mara, cast.noor)
    ]
    verdicts = Counter(run_together(proposals))
    assert verdicts["done"] == 1
    assert verdicts["pairing.youth_taken"] + verdicts["pairing.exists"] == 19


@pytest.mark.parametrize("state", MEETINGS)
def test_two_verbs_at_once_are_one_after_the_other(cast: Cast, neighbours: Neighbours, state: str) -> None:
    for at, (first, second) in enumerate(combinations_with_replacement(MEETINGS[state], 2)):
        youth = make_player(cast.team, "youth", f"Youth {at}", read_clock())
        pairing = make_in_state(cast, state, youth, cast.ben, backup=neighbours.bo.id)
        actors = _choose_actors(cast, youth, first), _choose_actors(cast, youth, second, other=True)
        verdicts = run_together(
            [
                attempt(VERBS[verb], actor=actor, pairing_id=pairing)
                for verb, actor in zip((first, second), actors, strict=True)
            ]
        )
        assert set(verdicts) <= {"done", "pairing.illegal_transition"}, (first, second, verdicts)
        assert "done" in verdicts
        _look_through(pairing)
        _end(pairing)


def test_an_assignment_meets_a_change_of_the_same_youth(cast: Cast, neighbours: Neighbours) -> None:
    for at in range(5):
        youth = make_player(cast.team, "youth", f"Youth {at}", read_clock())
        pairing = make_in_state(cast, "active", youth, cast.ben)
        change = attempt(change_buddy, actor=card_of(youth), pairing_id=pairing)
        propose = attempt(propose_pairing, actor=card_of(cast.mara), proposal=Proposal(youth.id, neighbours.bo.id))
        verdicts = run_together([change, propose])
        assert verdicts[0] == "done"
        assert verdicts[1] in ("done", "pairing.youth_taken")
        found = Pairing.objects.filter(youth_id=youth.id)
        assert found.filter(state__in=SEATED).count() == (verdicts[1] == "done")
        waiting = BuddyRequest.objects.filter(youth_id=youth.id, state="waiting").count()
        assert waiting == (verdicts[1] != "done")
        for one in found:
            _end(str(one.id))


def test_hours_that_change_meet_a_step_and_a_backup(cast: Cast, neighbours: Neighbours) -> None:
    for at in range(5):
        youth = make_player(cast.team, "youth", f"Youth {at}", read_clock())
        pairing = make_in_state(cast, "active", youth, cast.ben)
        ben, mara = card_of(cast.ben), card_of(cast.mara)
        verdicts = run_together(
            [
                attempt(start_pause, actor=ben),
                attempt(pause_pairing, actor=card_of(youth), pairing_id=pairing),
                attempt(set_backups, actor=mara, pairing_id=pairing, backup_ids=[neighbours.bo.id]),
                attempt(lambda now: run_loops()),
            ]
        )
        assert verdicts == ["done"] * 4
        run_loops()
        _look_through(pairing)
        cover = PairingCover.objects.get(pairing_id=pairing, ended_at=None)
        assert str(cover.cover_id) == neighbours.bo.id
        end_pause(actor=ben, now=read_clock())
        _end(pairing)
        run_loops()


def test_an_expert_leaves_while_a_youth_is_proposed_to_them(cast: Cast, neighbours: Neighbours) -> None:
    mara, youth = card_of(cast.mara), make_player(cast.team, "youth", "Youth", read_clock())
    leave = attempt(leave_work, actor=mara, expert_id=cast.ben.id, decisions=[])
    propose = attempt(propose_pairing, actor=mara, proposal=Proposal(youth.id, cast.ben.id))
    verdicts = run_together([leave, propose])
    assert verdicts in (
        ["done", "pairing.not_taking_new"],
        ["pairing.changed", "done"],
        ["pairing.decisions_needed", "done"],
    )


def test_two_workers_do_every_errand_once(cast: Cast, neighbours: Neighbours) -> None:
    pairing = make_introduced(cast, cast.ada, cast.ben, backup=neighbours.bo.id)
    activate_pairing(actor=card_of(cast.mara), pairing_id=pairing, now=read_clock())
    start_pause(actor=card_of(cast.ben), now=read_clock())
    run_together([attempt(lambda now: run_loops())] * 4)
    run_loops()
    assert PairingCover.objects.filter(pairing_id=pairing).count() == 1
    _look_through(pairing)


def _choose_actors(cast: Cast, youth: Player, verb: str, *, other: bool = False) -> PersonCard:
    if verb == "withdraw":
        return card_of(cast.mara)
    return card_of(cast.ben if other else youth)


def _look_through(pairing_id: str) -> None:
    """Assert that a pairing, its steps, its conversation and its cover tell one story."""
    pairing = Pairing.objects.get(id=pairing_id)
    steps = list(PairingStep.objects.filter(pairing=pairing).order_by("number"))
    assert [one.number for one in steps] == list(range(1, len(steps) + 1))
    for before, after in pairwise(steps):
        assert before.to_state == after.from_state
        if after.verb != "accept":
            assert PAIRING.require_step(after.verb, after.from_state) == after.to_state
    assert steps[-1].to_state == pairing.state
    if pairing.conversation_id is None:
        return
    talks: TalkKeeper = ask_port(TalkKeeper)
    talk = talks.find_talk(str(pairing.conversation_id))
    assert talk is not None
    assert (talk.state == "closed") == (pairing.state in PAIRING.ends)
    running = PairingCover.objects.filter(pairing=pairing, ended_at=None, cover_id__isnull=False).first()
    if talk.state == "open":
        expert = set() if pairing.state == "rematch" else {str(pairing.expert_id)}
        cover = {str(running.cover_id)} if running else set()
        assert set(talk.member_ids) == {str(pairing.youth_id)} | expert | cover


def _end(pairing_id: str) -> None:
    """Give the seat free again."""
    Pairing.objects.filter(id=pairing_id).update(state="closed", cover_due_at=None)
