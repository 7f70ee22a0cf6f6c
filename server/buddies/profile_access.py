"""The access door to files and requests: what is another team's and what does not exist get the same NotFound."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import YOUTH
from server.buddies.files import FILE_OF_ROLE
from server.buddies.models import BuddyRequest, Pairing
from server.buddies.profile_policies import require_be_paired, require_match
from server.buddies.rules.fields import ASKED, PAIRED, Reader
from server.buddies.states import GOES_ON, SEATED
from server.foundation.errors import NotFound


def access_file_owner(actor: PersonCard, person_id: UUID | str) -> PersonCard:
    """Return an expert or a youth of a coordinator's own team. Raises Forbidden by role, NotFound."""
    require_match(actor)
    person = list_cards([person_id]).get(str(person_id))
    if person is None or person.team_id != actor.team_id or person.role not in FILE_OF_ROLE:
        raise NotFound()
    return person


def access_youth(actor: PersonCard, youth_id: UUID | str) -> PersonCard:
    """Return a youth of a coordinator's own team. Raises Forbidden by role, NotFound."""
    person = access_file_owner(actor, youth_id)
    if person.role != YOUTH:
        raise NotFound()
    return person


def access_other(actor: PersonCard, person_id: UUID | str) -> tuple[PersonCard, Reader]:
    """Return the other of a pairing of the actor's own, and as whom the actor sees them: `asked` while it is proposed,
    `paired` once both have said yes. Raises Forbidden by role, NotFound.
    """
    require_be_paired(actor)
    both = Q(youth_id=actor.id, expert_id=person_id) | Q(youth_id=person_id, expert_id=actor.id)
    states = set(Pairing.objects.filter(both, state__in=SEATED).values_list("state", flat=True))
    person = list_cards([person_id]).get(str(person_id))
    if person is None or not states:
        raise NotFound()
    return person, PAIRED if states & set(GOES_ON) else ASKED


def access_request(actor: PersonCard, request_id: UUID | str, *, lock: bool = False) -> BuddyRequest:
    """Return an entry of a coordinator's own waiting list, of any state. Raises Forbidden by role, NotFound.

    With `lock`, inside a transaction: locks the entry.
    """
    require_match(actor)
    rows = BuddyRequest.objects.select_for_update(no_key=True) if lock else BuddyRequest.objects
    request = rows.filter(id=request_id, team_id=actor.team_id).first()
    if request is None:
        raise NotFound()
    return request
