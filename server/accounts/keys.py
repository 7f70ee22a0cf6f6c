"""The data keys of this room, one for each authenticator app, and where its secret belongs."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from server.accounts.models import FactorKey
from server.foundation.key_store import KeyStore, SealedPlace

FACTOR_KEYS: Final = KeyStore(FactorKey)


def place_secret(person_id: UUID | str, totp_id: UUID | str) -> SealedPlace:
    """Return where the secret of somebody's authenticator app belongs."""
    return SealedPlace("accounts.totp", owner=person_id, row=totp_id)
