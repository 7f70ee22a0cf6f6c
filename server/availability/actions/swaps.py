"""Swapping a shift with a colleague: one asks, the other decides."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, list_cards
from server.availability.access import access_colleague, access_shift, access_swap
from server.availability.actions.changing import change_hours
from server.availability.actions.shifts import hand_over_shift, require_not_over, withdraw_swaps
from server.availability.errors import SwapSelf, SwapState
from server.availability.models import Shift, ShiftSwap
from server.availability.policies import require_shift_role, require_take_shifts
from server.availability.states import SHIFT_SWAP
from server.foundation.errors import Forbidden, NotFound


def propose_swap(*, actor: PersonCard, shift_id: UUID | str, with_id: UUID | str, now: datetime) -> ShiftSwap:
    """Ask a colleague to take a shift of the actor's; return the proposal, also when it was made before.

    Raises Forbidden, SwapSelf, NotFound (no such colleague, or not the actor's shift), ShiftRole, ShiftOver. Locks the
    shift.
    """
    require_take_shifts(actor)
    if actor.id == str(with_id):
        raise SwapSelf()
    colleague = access_colleague(actor, with_id)
    with transaction.atomic():
        shift = Shift.objects.select_for_update(no_key=True).get(id=access_shift(actor, shift_id).id)
        if str(shift.person_id) != actor.id:
            raise NotFound()
        require_shift_role(colleague, shift.kind)
        require_not_over(shift, now)
        given = {"shift": shift, "to_person_id": UUID(colleague.id), "state": SHIFT_SWAP.start}
        made = {"from_person_id": UUID(actor.id), "proposed_at": now}
        return ShiftSwap.objects.get_or_create(**given, defaults=made)[0]


def accept_swap(*, actor: PersonCard, swap_id: UUID | str, now: datetime) -> ShiftSwap:
    """Take the shift; what was proposed to others for it falls away. Of two who accept at once, one does.

    Raises NotFound, Forbidden unless the actor was asked, SwapState, ShiftOver, ShiftOverlap, ShiftChanged. Publishes
    HoursChanged for both. Locks as `change_hours`.
    """
    require_take_shifts(actor)
    swap = access_swap(actor, swap_id)
    _require_is(actor, swap.to_person_id)
    SHIFT_SWAP.require_step("accept", swap.state)
    require_not_over(swap.shift, now)
    giver = list_cards([swap.from_person_id])[str(swap.from_person_id)]
    with change_hours([giver, actor], now=now):
        _decide(swap, "accept", actor, now)
        if swap.shift.person_id != swap.from_person_id:
            raise SwapState()
        hand_over_shift(swap.shift, actor, now)
        withdraw_swaps(swap.shift, UUID(actor.id), now)
    return swap


def decline_swap(*, actor: PersonCard, swap_id: UUID | str, now: datetime) -> ShiftSwap:
    """Say no. Raises NotFound, Forbidden unless the actor was asked, SwapState."""
    require_take_shifts(actor)
    swap = access_swap(actor, swap_id)
    _require_is(actor, swap.to_person_id)
    _decide(swap, "decline", actor, now)
    return swap


def withdraw_swap(*, actor: PersonCard, swap_id: UUID | str, now: datetime) -> ShiftSwap:
    """Ask no longer. Raises NotFound, Forbidden unless the actor had asked, SwapState."""
    require_take_shifts(actor)
    swap = access_swap(actor, swap_id)
    _require_is(actor, swap.from_person_id)
    _decide(swap, "withdraw", actor, now)
    return swap


def _require_is(actor: PersonCard, person_id: UUID) -> None:
    if actor.id != str(person_id):
        raise Forbidden(extra={"reason": "side"})


def _decide(swap: ShiftSwap, verb: str, actor: PersonCard, now: datetime) -> None:
    """Step on by one conditional update: who comes second finds it decided."""
    state = SHIFT_SWAP.require_step(verb, swap.state)
    made = {"state": state, "decided_at": now, "decided_by": UUID(actor.id)}
    if not ShiftSwap.objects.filter(id=swap.id, state=swap.state).update(**made):
        raise SwapState()
    swap.state, swap.decided_at, swap.decided_by = state, now, UUID(actor.id)
