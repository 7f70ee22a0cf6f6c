"""Ending sessions of somebody else: a lost phone, a device left behind."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.actions.changes import record_change
from server.accounts.actions.sessions import end_locked_sessions
from server.accounts.actions.standing import lock_under
from server.accounts.models import Person, Revocation, Session
from server.accounts.queries import access_own_session
from server.accounts.rules.roles import YOUTH
from server.foundation.errors import NotFound


def revoke_sessions(
    *, actor: Session, person_id: UUID | str, only: UUID | str | None, reason: str, now: datetime
) -> int:
    """End the sessions of somebody of the actor's team, or one of them; returns how many ended.

    Of youths all or none: which devices they have is theirs. Raises Forbidden, NotFound, NotSignedIn. Publishes
    SessionEnded. Locks the streams of both, then the team's audit stream.
    """
    with transaction.atomic():
        heads, person, standing = lock_under(person_id, actor.person_id)
        if only is not None:
            _require_named(person, only, now)
        ended = end_locked_sessions(heads, person_id, only=only, reason="revoked", now=now)
        Revocation.objects.create(person_id=person.id, by_id=actor.person_id, reason=reason, ended=len(ended), at=now)
        record_change("person.signed_out", person_id, standing, session_id=actor.id, now=now)
    return len(ended)


def _require_named(person: Person, session_id: UUID | str, now: datetime) -> None:
    if person.role == YOUTH:
        raise NotFound()
    access_own_session(person.id, session_id, now=now)
