"""The audit entries of reading and joining: who, on whom, by which right. Ids and codes, never text."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR
from server.audit.rules.entries import Entry
from server.safety.models import GlassOpening
from server.safety.rules.glass import REASONS

_ON_CONVERSATION: Final = "conversation.read"


def make_glass_entry(
    opening: GlassOpening,
    action: str,
    *,
    actor: PersonCard | None = None,
    session_id: str | None = None,
    shown_from: datetime | None = None,
) -> Entry:
    """Return the entry of what the coordinator of an opening did over a session, or `actor` in their place."""
    reason = REASONS[opening.reason_code]
    return Entry(
        stream_id=opening.team_id,
        action=action,
        actor_id=actor.id if actor else opening.coordinator_id,
        actor_role=actor.role if actor else COORDINATOR,
        subject_id=opening.youth_id,
        object_id=opening.conversation_id if action == _ON_CONVERSATION else opening.id,
        session_id=actor.session_id if actor else session_id,
        purpose=reason.purpose,
        emergency=reason.emergency,
        authorisation_id=opening.id,
        shown_from=shown_from,
    )


def make_system_entry(opening: GlassOpening, action: str) -> Entry:
    """Return the entry of what the server did with an opening by itself."""
    reason = REASONS[opening.reason_code]
    return Entry(
        stream_id=opening.team_id,
        action=action,
        actor_id=None,
        actor_role="system",
        subject_id=opening.youth_id,
        object_id=opening.id,
        process="worker",
        purpose=reason.purpose,
        emergency=reason.emergency,
        authorisation_id=opening.id,
    )


def make_conversation_entry(
    actor: PersonCard, action: str, *, youth_id: UUID | str, conversation_id: UUID | str, emergency: bool
) -> Entry:
    """Return the entry of a coordinator who came into a conversation, or left it."""
    return Entry(
        stream_id=actor.team_id,
        action=action,
        actor_id=actor.id,
        actor_role=actor.role,
        subject_id=youth_id,
        object_id=conversation_id,
        session_id=actor.session_id,
        purpose="support",
        emergency=emergency,
    )
