"""What the audit log hears of people: who changed what somebody may do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.accounts.models import Person
from server.audit.actions import record_entries
from server.audit.rules.entries import Entry


def record_change(action: str, person_id: UUID | str, actor: Person | None, *, now: datetime) -> None:
    """Record in the log of the person's team that somebody, or with None the server, changed what they may do.

    In the open transaction, after everything else that it locks. Locks the team's audit stream.
    """
    entry = Entry(
        stream_id=Person.objects.values_list("team_id", flat=True).get(id=person_id),
        action=action,
        actor_id=None if actor is None else actor.id,
        actor_role="system" if actor is None else actor.role,
        subject_id=person_id,
        object_id=person_id,
        purpose="administration",
    )
    record_entries([entry], now=now)
