"""The row that proves that this database was sealed under this key ring: written once, opened at every start."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from server.foundation.keyring import KeyRing, current_keyring
from server.foundation.models import KeyRingSentinel


def require_fitting_ring() -> bool:
    """Open the sentinel, writing it first in a new database; False when there is no table yet. Raises KeyRingError."""
    if KeyRingSentinel._meta.db_table not in connection.introspection.table_names():
        return False
    ring = current_keyring()
    row, _made = KeyRingSentinel.objects.get_or_create(id=1, defaults={"sentinel": ring.seal_sentinel()})
    ring.open_sentinel(bytes(row.sentinel))
    return True


def count_by_kek() -> Mapping[str, int]:
    """Return under which KEK the sentinel stands, for `keys status` and `retire`."""
    ring = current_keyring()
    return {ring.open_sentinel(bytes(row.sentinel)): 1 for row in KeyRingSentinel.objects.all()}


def rewrap_some(ring: KeyRing, limit: int) -> int:
    """Seal the sentinel anew under the active KEK; return how many rows that were."""
    behind = [row for row in KeyRingSentinel.objects.all() if ring.open_sentinel(bytes(row.sentinel)) != ring.active.id]
    for row in behind[:limit]:
        KeyRingSentinel.objects.filter(id=row.id).update(sentinel=ring.seal_sentinel())
    return len(behind[:limit])
