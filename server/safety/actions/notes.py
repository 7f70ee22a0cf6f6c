"""Reading what was written with a signal: the audit entry first, committed, then the text."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard
from server.audit.actions import record_entries
from server.audit.rules.entries import Entry
from server.safety.access import access_signal
from server.safety.keys import SAFETY_KEYS, place_note
from server.safety.models import Signal
from server.safety.rules.levels import EMERGENCY


def read_note(
    *, actor: PersonCard, escalation_id: UUID | str, signal_id: UUID | str, now: datetime
) -> tuple[Signal, str | None]:
    """Return a signal and what was written with it, None without. Raises Forbidden, NotFound, SealBroken.

    When the audit cannot be written nothing is read. Locks the team's audit stream.
    """
    signal = access_signal(actor, escalation_id, signal_id)
    if signal.note is None:
        return signal, None
    with transaction.atomic():
        record_entries([_make_entry(actor, signal)], now=now)
    place = place_note(signal.escalation_id, signal.id)
    note: str = SAFETY_KEYS.open_json(signal.escalation.key_id, signal.note, place)
    return signal, note


def _make_entry(actor: PersonCard, signal: Signal) -> Entry:
    return Entry(
        stream_id=actor.team_id,
        action="signal.read",
        actor_id=actor.id,
        actor_role=actor.role,
        subject_id=signal.escalation.youth_id,
        object_id=signal.id,
        session_id=actor.session_id,
        purpose="safety",
        emergency=signal.level == EMERGENCY,
    )
