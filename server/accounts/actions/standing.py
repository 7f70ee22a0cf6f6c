"""Who does something to somebody, both held: the beat before suspending, signing out and taking factors."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.accounts.models import Invitation, Person
from server.accounts.policies import require_suspend
from server.accounts.rules.roles import INVITED_STAFF
from server.foundation.errors import NotFound, NotSignedIn
from server.realtime.streams import StreamHead, lock_streams


def lock_under(person_id: UUID | str, actor_id: UUID | None) -> tuple[dict[str, StreamHead], Person, Person | None]:
    """Lock the streams of both; return these, the person, and the actor as they stand now (None: the server itself).

    Raises NotSignedIn when the actor is out by now, Forbidden and NotFound (`policies.require_suspend`).
    """
    heads = lock_streams([person_id] if actor_id is None else [person_id, actor_id])
    person = Person.objects.filter(id=person_id).first()
    if actor_id is None:
        actor = None
    else:
        actor = Person.objects.filter(id=actor_id, suspended_at=None).first()
        if actor is None:
            raise NotSignedIn()
        require_suspend(actor, person)
    if person is None:
        raise NotFound()
    return heads, person, actor


def withdraw_invitations(person_id: UUID | str, *, now: datetime) -> int:
    """Revoke the open ways into the staff that somebody made who may not invite any more; returns how many.

    The caller holds their stream: whoever invites holds it too, so none is made after this.
    """
    made = Invitation.objects.filter(invited_by__id=person_id, role__in=INVITED_STAFF)
    return made.filter(used_at=None, revoked_at=None).update(revoked_at=now)
