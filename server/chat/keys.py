"""The data keys of conversations: made with them, unwrapped once per process, rewrapped when the ring rotates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Lock

from django.db import transaction
from django.db.models import Count

from server.chat.models import ConversationKey
from server.foundation.keyring import KeyRing, current_keyring
from server.foundation.sealing import Dek, Place, rewrap, unwrap_dek, wrap_dek

NAMESPACE = "chat.message"
_MOST_CACHED = 10_000  # conversations; about 2 kB each

_cache: dict[str, Dek] = {}
_lock = Lock()


def make_keys(count: int, *, now: datetime) -> list[ConversationKey]:
    """Make and store the keys of so many new conversations."""
    ring, keys = current_keyring(), []
    for _ in range(count):
        dek, wrapped, kek_id = wrap_dek(ring)
        keys.append(ConversationKey(id=dek.id, wrapped=wrapped, kek_id=kek_id, created_at=now))
    return ConversationKey.objects.bulk_create(keys)


def load_deks(key_ids: Iterable[str]) -> dict[str, Dek]:
    """Return the unwrapped keys by id; one query for those that this process has not used yet. Destroyed ones lack."""
    wanted = set(key_ids)
    found = {key_id: _cache[key_id] for key_id in wanted if key_id in _cache}
    if missing := wanted - found.keys():
        ring = current_keyring()
        for key in ConversationKey.objects.filter(id__in=missing, destroyed_at__isnull=True):
            found[str(key.id)] = unwrap_dek(ring, key.id, bytes(key.wrapped), key.kek_id)
        with _lock:
            if len(_cache) > _MOST_CACHED:
                _cache.clear()
            _cache.update(found)
    return found


def forget_deks() -> None:
    """Empty this process's cache (keys were destroyed; tests)."""
    with _lock:
        _cache.clear()


def place_body(conversation_id: str, message_id: str, sender_id: str, at: datetime, dek: Dek) -> Place:
    """Return where a body belongs: what is sealed with it, so that moving or swapping rows breaks the seal."""
    microseconds = int(at.timestamp()) * 1_000_000 + at.microsecond
    return Place(NAMESPACE, conversation_id, message_id, 0, sender_id, microseconds, dek.id)


def count_by_kek() -> Mapping[str, int]:
    """Return how many keys each KEK still wraps (for `keys status`)."""
    rows = ConversationKey.objects.filter(destroyed_at__isnull=True).values("kek_id").annotate(count=Count("id"))
    return {row["kek_id"]: row["count"] for row in rows}


def rewrap_some(ring: KeyRing, limit: int) -> int:
    """Rewrap at most `limit` keys under the active KEK; return how many."""
    with transaction.atomic():
        behind = ConversationKey.objects.filter(destroyed_at__isnull=True).exclude(kek_id=ring.active.id)
        keys = list(behind.select_for_update(skip_locked=True)[:limit])
        for key in keys:
            key.wrapped, key.kek_id = rewrap(ring, bytes(key.wrapped), key.kek_id)
        ConversationKey.objects.bulk_update(keys, ["wrapped", "kek_id"])
    return len(keys)
