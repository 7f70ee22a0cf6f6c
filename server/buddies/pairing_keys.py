"""The data keys of pairings, and opening what they seal. Ask after the access check."""

from __future__ import annotations

from typing import Any, Final

from server.buddies.models import PairingKey, PairingText
from server.foundation.key_store import KeyStore, SealedPlace
from server.foundation.sealing import SealBroken

PAIRING_KEYS: Final = KeyStore(PairingKey)


def place_text(text: PairingText) -> SealedPlace:
    """Return where a text belongs: its kind, its pairing, its row and revision."""
    return SealedPlace(f"buddies.{text.kind}", owner=text.pairing_id, row=text.id, revision=text.revision)


def open_text(text: PairingText) -> dict[str, Any]:
    """Return what was written. Raises SealBroken."""
    key_id = text.pairing.key_id
    if key_id is None:
        raise SealBroken
    opened: dict[str, Any] = PAIRING_KEYS.open_json(key_id, text.sealed, place_text(text))
    return opened
