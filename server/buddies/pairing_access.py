"""The access door of pairings. What is somebody else's and what does not exist get the same NotFound."""

from __future__ import annotations

from uuid import UUID

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import COORDINATOR, EXPERT
from server.buddies.models import Pairing, PairingBackup, PairingCover
from server.buddies.pairing_policies import is_one_of_two, require_take_part
from server.buddies.states import OPEN
from server.foundation.errors import NotFound


def access_pairing(actor: PersonCard, pairing_id: UUID | str) -> Pairing:
    """Return a pairing that the actor may see: of their team for a coordinator, their own, one they are backup of.

    Raises NotFound.
    """
    pairing = Pairing.objects.select_related("successor_of").filter(id=pairing_id, team_id=actor.team_id).first()
    if pairing is None or not _may_see(actor, pairing):
        raise NotFound()
    return pairing


def access_step(actor: PersonCard, pairing_id: UUID | str) -> Pairing:
    """Return a pairing of which the actor may take steps. Raises NotFound, Forbidden for a backup."""
    pairing = access_pairing(actor, pairing_id)
    require_take_part(actor, pairing)
    return pairing


def access_answering(actor: PersonCard, pairing_id: UUID | str) -> Pairing:
    """Return a pairing in which the actor is who answers the youth: the expert until they leave, or who covers.

    Raises NotFound.
    """
    pairing = access_pairing(actor, pairing_id)
    own = str(pairing.expert_id) == actor.id and pairing.left_at is None
    covering = PairingCover.objects.filter(pairing=pairing, cover_id=actor.id, ended_at=None)
    if pairing.state not in OPEN or not (own or covering.exists()):
        raise NotFound()
    return pairing


def access_team_person(actor: PersonCard, person_id: UUID | str, role: str) -> PersonCard:
    """Return somebody of the actor's own team with this role. Raises NotFound."""
    person = list_cards([person_id]).get(str(person_id))
    if person is None or person.team_id != actor.team_id or person.role != role:
        raise NotFound()
    return person


def access_expert(actor: PersonCard, person_id: UUID | str) -> PersonCard:
    """Return an expert of the actor's own team. Raises NotFound."""
    return access_team_person(actor, person_id, EXPERT)


def _may_see(actor: PersonCard, pairing: Pairing) -> bool:
    if actor.role == COORDINATOR or is_one_of_two(actor, pairing):
        return True
    standing_in = PairingBackup.objects.filter(pairing=pairing, person_id=actor.id)
    return pairing.state in OPEN and standing_in.exists()
