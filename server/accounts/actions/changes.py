"""What the audit log hears of people, and what they hear at their own other devices: who changed what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from server.accounts.models import Invitation, Person, Session
from server.audit.actions import record_entries
from server.audit.rules.entries import Entry
from server.foundation.database import open_pipeline
from server.realtime.streams import EventDraft, StreamHead, place_events

ACCOUNT_CHANGED = "account.changed"


def record_own_change(heads: Mapping[str, StreamHead], action: str, session: Session, *, now: datetime) -> None:
    """Record that somebody changed by which ways they come in, and tell it in their own log (`account.changed`).

    Their other devices say it: whoever did not do this themselves learns of it. The caller holds their stream
    (`heads`); in the open transaction, after everything else that it locks. Locks the team's audit stream.
    """
    person_id = str(session.person_id)
    refs = {"what": action, "session": str(session.id)}
    with open_pipeline() as pipeline:
        place_events(pipeline, heads, [EventDraft(person_id, ACCOUNT_CHANGED, refs=refs)], now=now)
    record_change(action, person_id, session.person, session_id=session.id, now=now)


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
