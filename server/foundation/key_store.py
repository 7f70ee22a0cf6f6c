"""Tables of data keys: made with what they seal, unwrapped once per process, rewrapped when the ring rotates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any, Final, Generic, TypeVar

from django.db import models, transaction
from django.db.models import Count

from server.foundation.json_codec import decode_stored, encode
from server.foundation.keyring import KeyRing, current_keyring
from server.foundation.sealing import Dek, Id, Place, SealBroken, register_dek_owner, rewrap, unwrap_dek, wrap_dek

_MOST_CACHED: Final = 10_000  # keys; about 2 kB each


class DataKey(models.Model):
    """One wrapped data key; destroying it makes everything that it sealed unreadable."""

    id = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()
    kek_id = models.CharField(max_length=64, db_index=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


K = TypeVar("K", bound=DataKey)


class KeyStore(Generic[K]):
    """The keys of one table. Unwrapped keys are kept in this process, 10,000 at most."""

    def __init__(self, model: type[K]) -> None:
        self._model = model
        self._cache: dict[str, Dek] = {}
        self._lock = Lock()

    def make(self, count: int = 1, *, now: datetime) -> list[K]:
        """Make and store so many new keys."""
        ring, keys = current_keyring(), []
        for _ in range(count):
            dek, wrapped, kek_id = wrap_dek(ring)
            keys.append(self._model(id=dek.id, wrapped=wrapped, kek_id=kek_id, created_at=now))
        return self._rows().bulk_create(keys)

    def load(self, key_ids: Iterable[object]) -> dict[str, Dek]:
        """Return the unwrapped keys by id, with one query for those not used before. Destroyed ones lack."""
        wanted = {str(one) for one in key_ids}
        found = {key_id: self._cache[key_id] for key_id in wanted if key_id in self._cache}
        if missing := wanted - found.keys():
            ring = current_keyring()
            for key in self._rows().filter(id__in=missing, destroyed_at__isnull=True):
                found[str(key.id)] = unwrap_dek(ring, key.id, bytes(key.wrapped), key.kek_id)
            with self._lock:
                if len(self._cache) > _MOST_CACHED:
                    self._cache.clear()
                self._cache.update(found)
        return found

    def seal_json(self, key_id: Id, value: object, place: SealedPlace) -> bytes:
        """Return a value that JSON can hold, sealed at its place. Raises SealBroken when the key is destroyed."""
        dek = self._get(key_id)
        return dek.seal(encode(value), place.locate(dek))

    def open_json(self, key_id: Id, blob: bytes | memoryview, place: SealedPlace) -> Any:
        """Return what was sealed at this place. Raises SealBroken, whatever is wrong. Ask after the access check."""
        dek = self._get(key_id)
        return decode_stored(dek.open(bytes(blob), place.locate(dek)))

    def forget(self) -> None:
        """Empty this process's cache (keys were destroyed; tests)."""
        with self._lock:
            self._cache.clear()

    def count_by_kek(self) -> Mapping[str, int]:
        """Return how many keys each KEK still wraps (for `keys status`)."""
        rows = self._rows().filter(destroyed_at__isnull=True).values("kek_id").annotate(count=Count("id"))
        return {row["kek_id"]: row["count"] for row in rows}

    def rewrap_some(self, ring: KeyRing, limit: int) -> int:
        """Rewrap at most `limit` keys under the active KEK; return how many."""
        with transaction.atomic():
            behind = self._rows().filter(destroyed_at__isnull=True).exclude(kek_id=ring.active.id)
            keys = list(behind.select_for_update(skip_locked=True)[:limit])
            for key in keys:
                key.wrapped, key.kek_id = rewrap(ring, bytes(key.wrapped), key.kek_id)
            self._rows().bulk_update(keys, ["wrapped", "kek_id"])
        return len(keys)

    def register(self, name: str) -> None:
        """Tell the ring that this table keeps wrapped keys."""
        register_dek_owner(name, self.count_by_kek, self.rewrap_some)

    def _rows(self) -> models.QuerySet[K]:
        return self._model._default_manager.all()

    def _get(self, key_id: Id) -> Dek:
        dek = self.load([key_id]).get(str(key_id))
        if dek is None:
            raise SealBroken
        return dek


class SealedPlace:
    """Where a sealed value belongs: whose it is, which row holds it, which revision of the row."""

    __slots__ = ("_namespace", "_owner", "_revision", "_row")

    def __init__(self, namespace: str, *, owner: Id, row: Id, revision: int = 0) -> None:
        self._namespace, self._owner, self._row, self._revision = namespace, owner, row, revision

    def locate(self, dek: Dek) -> Place:
        """Return the place under a key."""
        return Place(self._namespace, self._owner, self._row, self._revision, None, 0, dek.id)
