"""An expert's leaving orphans no youth: each pairing gets its decision first, all in one transaction or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.accounts.queries import PersonCard
from server.buddies.actions.answers import withdraw_held
from server.buddies.actions.closing import close_held
from server.buddies.actions.covers import review_cover
from server.buddies.actions.handovers import part_pairing
from server.buddies.actions.pairings import Proposal, propose_held
from server.buddies.actions.seats import hold_pairings
from server.buddies.models import ExpertProfile, Pairing, PairingBackup
from server.buddies.pairing_access import access_expert
from server.buddies.pairing_errors import DecisionsNeeded, DecisionUnknown, Oneself, PairingChanged
from server.buddies.pairing_policies import require_pair
from server.buddies.states import COVERED, OPEN, SEATED

CHANGE, CLOSE, HAND_OVER = "change", "close", "handover_to"
DECISIONS = (CHANGE, CLOSE, HAND_OVER)


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one pairing; `to_id` is the expert that it is handed over to."""

    pairing_id: str
    decision: str
    to_id: str | None = None


def list_to_decide(actor: PersonCard, expert_id: UUID | str) -> list[Pairing]:
    """Return the pairings of an expert that need a decision before they leave. Raises Forbidden, NotFound."""
    require_pair(actor)
    expert = access_expert(actor, expert_id)
    return _list_seated(expert.id)


def leave_work(
    *, actor: PersonCard, expert_id: UUID | str, decisions: Sequence[Decision], now: datetime
) -> list[Pairing]:
    """End an expert's work: each pairing is changed, closed, or handed over; then they take nobody new.

    `change`: the youth waits for somebody else, by the end of the next working day. `close`: the planned goodbye
    begins. `handover_to`: as change, and the named expert is proposed at once. A mere proposal is withdrawn by either.
    They stand behind nobody any more. Returns the pairings and the new proposals. Raises Forbidden, NotFound,
    DecisionsNeeded, DecisionUnknown, Oneself, PairingChanged, and as `propose_pairing`. Locks as `seats.hold_pairings`.
    """
    require_pair(actor)
    expert = access_expert(actor, expert_id)
    seen = _list_seated(expert.id)
    chosen = _read_decisions(expert.id, seen, decisions)
    successors = {one.to_id for one in decisions if one.to_id}
    for successor in successors:
        access_expert(actor, successor)
    backed = _list_backed(expert.id)
    with hold_pairings([*seen, *backed], people=[expert.id, *successors, actor.id], now=now) as held:
        if {one.id for one in _list_seated(expert.id)} != {one.id for one in seen}:
            raise PairingChanged()
        moved: list[Pairing] = []
        for pairing in held[: len(seen)]:
            moved += _decide(actor, pairing, chosen[str(pairing.id)], now)
        _stand_behind_nobody(expert.id, held[len(seen) :], now)
        ExpertProfile.objects.filter(person_id=expert.id).update(takes_new=False, changed_at=now, changed_by=actor.id)
    return moved


def _decide(actor: PersonCard, pairing: Pairing, decision: Decision, now: datetime) -> list[Pairing]:
    if pairing.state == "proposed":
        withdraw_held(pairing, actor=actor, now=now, reason="expert_leaves")
    elif decision.decision != CLOSE:
        part_pairing(pairing, actor=actor, now=now, reason="expert_leaves")
    elif pairing.state != "closing":
        close_held(pairing, actor=actor, now=now, reason="expert_leaves")
    if decision.to_id is None:
        return [pairing]
    proposal = Proposal(str(pairing.youth_id), decision.to_id, kind=pairing.kind, override=pairing.override)
    before = pairing if pairing.state == "rematch" else pairing.successor_of
    return [pairing, propose_held(actor, proposal, ends_on=pairing.bridge_until, before=before, now=now)]


def _read_decisions(expert_id: str, seen: Sequence[Pairing], decisions: Sequence[Decision]) -> dict[str, Decision]:
    chosen = {one.pairing_id: one for one in decisions}
    known = {str(one.id) for one in seen}
    if len(chosen) != len(decisions) or not all(_fits(one) for one in decisions) or chosen.keys() - known:
        raise DecisionUnknown()
    if any(one.to_id == expert_id for one in decisions):
        raise Oneself()
    if known - chosen.keys():
        raise DecisionsNeeded(sorted(known - chosen.keys()))
    return chosen


def _fits(one: Decision) -> bool:
    return one.decision in DECISIONS and (one.to_id is not None) == (one.decision == HAND_OVER)


def _list_seated(expert_id: str) -> list[Pairing]:
    return list(Pairing.objects.filter(expert_id=expert_id, state__in=SEATED).order_by("id"))


def _list_backed(expert_id: str) -> list[Pairing]:
    backed = PairingBackup.objects.filter(person_id=expert_id, pairing__state__in=OPEN).values("pairing_id")
    return list(Pairing.objects.filter(id__in=backed).order_by("id"))


def _stand_behind_nobody(expert_id: str, backed: Sequence[Pairing], now: datetime) -> None:
    PairingBackup.objects.filter(person_id=expert_id, pairing__in=[one.id for one in backed]).delete()
    # Read anew: one of these may have ended with the pairing that followed it.
    for pairing in Pairing.objects.filter(id__in=[one.id for one in backed], state__in=COVERED).order_by("id"):
        review_cover(pairing, now=now)
