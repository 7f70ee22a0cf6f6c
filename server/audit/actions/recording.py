"""Recording entries, in the transaction that does what they tell of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from server.audit.models import AuditStream
from server.audit.rules.chain import Head, Link, as_uuid, chain_entries, start_stream
from server.audit.rules.entries import Entry
from server.foundation.database import Pipeline, as_texts, open_pipeline

_LOCK_SQL: Final = (
    "SELECT id, head, head_hash FROM audit_auditstream WHERE id = ANY(%(ids)s::uuid[]) ORDER BY id FOR NO KEY UPDATE"
)
_COLUMNS: Final = {
    "stream_id": "uuid",
    "number": "bigint",
    "at": "timestamptz",
    "action": "text",
    "actor_id": "uuid",
    "actor_role": "text",
    "acting_for_id": "uuid",
    "subject_id": "uuid",
    "object_kind": "text",
    "object_id": "uuid",
    "session_id": "uuid",
    "process": "text",
    "purpose": "text",
    "emergency": "boolean",
    "outcome": "text",
    "authorisation_id": "uuid",
    "shown_from": "timestamptz",
    "prev_hash": "bytea",
    "hash": "bytea",
}


def record_entries(entries: Sequence[Entry], *, now: datetime) -> list[Link]:
    """Record entries in the open transaction; return them as numbered and chained, in the order given.

    Three statements, however many entries; two more for the first entry of a team. If the transaction rolls back, so
    do they, and no number is lost. Locks the streams ascending, to the commit: call it after every other lock is
    taken, and do nothing slow afterwards. Raises TransactionManagementError outside a transaction.
    """
    _require_transaction()
    if not entries:
        return []
    with open_pipeline() as pipeline:
        links = _chain(entries, _lock_heads(pipeline, entries), now)
        pipeline.insert("audit_auditentry", _COLUMNS, links)
        ends = {link.stream_id: link for link in links}
        heads = [(stream_id, link.number, link.hash) for stream_id, link in sorted(ends.items())]
        pipeline.update("audit_auditstream", {"id": "uuid"}, {"head": "bigint", "head_hash": "bytea"}, heads)
    return links


def record_restore(*, now: datetime) -> int:
    """Record in every stream that the database was put back from a backup; return in how many.

    Locks every stream.
    """
    with transaction.atomic():
        stream_ids = list(AuditStream.objects.order_by("id").values_list("id", flat=True))
        record_entries([_make_restored(stream_id) for stream_id in stream_ids], now=now)
    return len(stream_ids)


def _make_restored(stream_id: UUID) -> Entry:
    return Entry(
        stream_id=stream_id,
        action="audit.restored",
        actor_id=None,
        actor_role="operator",
        object_id=stream_id,
        process="command",
        purpose="administration",
    )


def _require_transaction() -> None:
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("entries are recorded in the transaction of what they tell of")


def _lock_heads(pipeline: Pipeline, entries: Sequence[Entry]) -> dict[UUID, Head]:
    """Return the locked heads; a stream begins with its first entry."""
    ids = as_texts(as_uuid(entry.stream_id) for entry in entries)
    heads = _ask_heads(pipeline, ids)
    missing = [as_uuid(one) for one in ids if as_uuid(one) not in heads]
    if missing:
        rows = [(one, 0, start_stream(one).hash) for one in missing]
        columns = {"id": "uuid", "head": "bigint", "head_hash": "bytea"}
        # Somebody else may begin the same stream now: we wait for their commit and take the number after theirs.
        pipeline.insert("audit_auditstream", columns, rows, conflict="ON CONFLICT (id) DO NOTHING")
        heads = _ask_heads(pipeline, ids)
    return heads


def _ask_heads(pipeline: Pipeline, ids: Sequence[str]) -> dict[UUID, Head]:
    rows = pipeline.ask(_LOCK_SQL, {"ids": list(ids)}, "uuid int bytes").rows()
    return {as_uuid(stream_id): Head(number, hash_) for stream_id, number, hash_ in rows}


def _chain(entries: Sequence[Entry], heads: Mapping[UUID, Head], now: datetime) -> list[Link]:
    """Return the links in the order of the entries; those of one stream follow one another."""
    links: dict[int, Link] = {}
    for stream_id, head in heads.items():
        places = [at for at, entry in enumerate(entries) if as_uuid(entry.stream_id) == stream_id]
        chained = chain_entries(head, [entries[at] for at in places], now=now)
        links.update(zip(places, chained, strict=True))
    return [links[at] for at in range(len(entries))]
