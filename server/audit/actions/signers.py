"""The keys that sign checkpoints, and who vouches for them, so that a retired key leaves nothing unverifiable.

The public half of every key that ever signed is a row, signed by the active key of the ring. `keys rotate` has the new
key vouch for all of them before the old one can be retired: to the ring this room is one more owner of keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from server.audit.models import AuditSigner
from server.audit.rules.checkpoints import encode_signer
from server.foundation.keyring import Kek, KeyRing, KeyRingError
from server.foundation.signing import is_signed, read_public_key, sign


def ensure_signer(key: Kek, *, now: datetime) -> None:
    """Make the row of a key that is about to sign; it vouches for itself until another does."""
    public_key = read_public_key(key)
    vouch = sign(key, encode_signer(key.id, public_key))
    known = {"public_key": public_key, "since": now, "vouched_by": key.id, "vouch": vouch}
    AuditSigner.objects.get_or_create(key_id=key.id, defaults=known)


def list_trusted(ring: KeyRing) -> dict[str, bytes]:
    """Return the public keys that count, by key id: those of the ring, and those that a key of the ring vouches for."""
    trusted = {key.id: read_public_key(key) for key in ring.keys if key.secret}
    vouched = [row for row in AuditSigner.objects.all() if row.key_id not in trusted and _is_vouched(row, trusted)]
    return trusted | {row.key_id: bytes(row.public_key) for row in vouched}


def count_by_kek() -> Mapping[str, int]:
    """Return for how many signing keys each key of the ring vouches (for `keys status` and `retire`)."""
    rows = AuditSigner.objects.values("vouched_by").annotate(count=Count("key_id"))
    return {row["vouched_by"]: row["count"] for row in rows}


def rewrap_some(ring: KeyRing, limit: int) -> int:
    """Have the active key vouch for at most `limit` keys for which it does not yet; return how many.

    Raises KeyRingError keyring.wrong for a row that no key of the ring vouches for: somebody else wrote it.
    """
    with transaction.atomic():
        trusted = list_trusted(ring)
        behind = AuditSigner.objects.exclude(vouched_by=ring.active.id).order_by("key_id")
        rows = list(behind.select_for_update(skip_locked=True)[:limit])
        for row in rows:
            _vouch(row, ring.active, trusted)
    return len(rows)


def _vouch(row: AuditSigner, key: Kek, trusted: Mapping[str, bytes]) -> None:
    public_key = bytes(row.public_key)
    if trusted.get(row.key_id) != public_key:
        raise KeyRingError("keyring.wrong", f"nobody in this ring vouches for the signing key of {row.key_id}")
    vouch = sign(key, encode_signer(row.key_id, public_key))
    AuditSigner.objects.filter(key_id=row.key_id).update(vouched_by=key.id, vouch=vouch)


def _is_vouched(row: AuditSigner, trusted: Mapping[str, bytes]) -> bool:
    voucher = trusted.get(row.vouched_by)
    message = encode_signer(row.key_id, bytes(row.public_key))
    return voucher is not None and is_signed(voucher, bytes(row.vouch), message)
