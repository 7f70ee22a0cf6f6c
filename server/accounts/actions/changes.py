"""What the audit log hears of people: who changed what somebody may do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.accounts.models import Invitation, Person
from server.audit.actions import record_entries
from server.audit.rules.entries import Entry


def record_change(
    action: str,
    person_id: UUID | str,
    actor: Person | None,
    *,
    session_id: UUID | None = None,
    server: str = "system",
    now: datetime,
) -> None:
    """Record in the log of the person's team that somebody changed what they may do.

    Without an actor the server did, by itself (`system`) or by a command (`operator`).

    In the open transaction, after everything else that it locks. Locks the team's audit stream.
    """
    entry = Entry(
        stream_id=Person.objects.values_list("team_id", flat=True).get(id=person_id),
        action=action,
        actor_id=None if actor is None else actor.id,
        actor_role=server if actor is None else actor.role,
        process="command" if actor is None and server == "operator" else "web",
        session_id=session_id,
        subject_id=person_id,
        object_id=person_id,
        purpose="administration",
    )
    record_entries([entry], now=now)


def record_invitation(
    action: str,
    invitation: Invitation,
    actor: Person,
    session_id: UUID,
    *,
    subject_id: UUID | None = None,
    now: datetime,
) -> None:
    """Record what somebody did with an invitation into the staff, as `record_change`; `subject_id` came in by it."""
    entry = Entry(
        stream_id=invitation.team_id,
        action=action,
        actor_id=actor.id,
        actor_role=actor.role,
        session_id=session_id,
        subject_id=subject_id,
        object_id=invitation.id,
        purpose="administration",
    )
    record_entries([entry], now=now)
