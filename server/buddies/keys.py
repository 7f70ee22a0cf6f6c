"""The data keys of this room, one for each person, and where what they seal belongs."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from server.buddies.models import BuddyKey
from server.foundation.key_store import KeyStore, SealedPlace

BUDDY_KEYS: Final = KeyStore(BuddyKey)


def place_file(namespace: str, person_id: UUID | str, version: int) -> SealedPlace:
    """Return where the sealed part of a person's file belongs: an older version put back does not open."""
    return SealedPlace(namespace, owner=person_id, row=person_id, revision=version)
