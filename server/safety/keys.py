"""The keys of the safety room: one for each escalation and each file."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from server.foundation.key_store import KeyStore, SealedPlace
from server.safety.models import SafetyKey

SAFETY_KEYS: Final = KeyStore(SafetyKey)


def place_note(escalation_id: UUID | str, signal_id: UUID | str) -> SealedPlace:
    """Return where a signal's note belongs."""
    return SealedPlace("safety.signal", owner=escalation_id, row=signal_id)


def place_history(escalation_id: UUID | str, number: int) -> SealedPlace:
    """Return where the note of a line of the history belongs."""
    return SealedPlace("safety.history", owner=escalation_id, row=escalation_id, revision=number)
