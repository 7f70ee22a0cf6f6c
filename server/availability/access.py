"""The access door: fetch and authorise. What is another team's and what does not exist get the same NotFound."""

from __future__ import annotations

from uuid import UUID

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import COORDINATOR
from server.availability.models import Shift, ShiftSwap
from server.availability.policies import ROSTER_ROLES
from server.foundation.errors import NotFound


def access_person(actor: PersonCard, person_id: UUID | str) -> PersonCard:
    """Return somebody whose hours the actor may ask about: oneself, or one's team's people for a coordinator.

    Raises NotFound, also for who has no hours.
    """
    if actor.id != str(person_id) and actor.role != COORDINATOR:
        raise NotFound()
    return access_colleague(actor, person_id)


def access_colleague(actor: PersonCard, person_id: UUID | str) -> PersonCard:
    """Return an expert or coordinator of the actor's own team. Raises NotFound."""
    person = list_cards([person_id]).get(str(person_id))
    if person is None or person.team_id != actor.team_id or person.role not in ROSTER_ROLES:
        raise NotFound()
    return person


def access_shift(actor: PersonCard, shift_id: UUID | str) -> Shift:
    """Return a shift of the actor's team. Raises NotFound."""
    shift = Shift.objects.filter(id=shift_id, team_id=actor.team_id, removed_at=None).first()
    if shift is None:
        raise NotFound()
    return shift


def access_swap(actor: PersonCard, swap_id: UUID | str) -> ShiftSwap:
    """Return a swap that the actor proposed or was asked for, with its shift. Raises NotFound."""
    swap = ShiftSwap.objects.select_related("shift").filter(id=swap_id, shift__team_id=actor.team_id).first()
    if swap is None or actor.id not in (str(swap.from_person_id), str(swap.to_person_id)):
        raise NotFound()
    return swap
