"""What makes waiting deliveries look up: hours that change, a session that ends, somebody who is shut out.

Locks: the deliveries, ascending by id; last the tallies.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from server.accounts.device_queries import list_push_devices
from server.foundation.database import as_texts, open_pipeline
from server.push.actions.noting import Note, note_decisions
from server.push.rules.deciding import DROPPED, SIGNED_OUT, SUSPENDED

_WAKE_SQL = (
    "UPDATE push_delivery SET woken = %(yes)s::boolean, "
    "due_at = CASE WHEN held AND leased_until IS NULL AND due_at > %(now)s::timestamptz THEN %(now)s::timestamptz "
    "ELSE due_at END WHERE id = ANY(%(ids)s::uuid[])"
)
_WAITING_SQL = (
    "SELECT id, device_id, person_id, kind FROM push_delivery WHERE person_id = ANY(%(people)s::uuid[]) "
    "AND state = 'waiting' ORDER BY id FOR NO KEY UPDATE"
)
_DROP_SQL = (
    "UPDATE push_delivery SET state = 'dropped', ended_at = %(now)s::timestamptz, leased_until = NULL, "
    "reason = %(reason)s::text, rule_id = %(reason)s::text WHERE id = ANY(%(ids)s::uuid[])"
)


def wake_held(*, person_ids: Iterable[object], now: datetime) -> None:
    """Ask at once again about what is held for these people: their hours have changed. Nothing is sent by this."""
    with transaction.atomic():
        waiting = _lock(person_ids)
        if waiting:
            with open_pipeline() as pipeline:
                pipeline.tell(_WAKE_SQL, {"ids": [row[0] for row in waiting], "now": now, "yes": True})


def drop_of_sessions(*, person_ids: Iterable[object], now: datetime) -> None:
    """Drop what waits for devices of these people that are theirs no longer, since a session of theirs has ended."""
    with transaction.atomic():
        waiting = _lock(person_ids)
        here = list_push_devices({row[1] for row in waiting}, now=now) if waiting else {}
        gone = [row for row in waiting if row[1] not in here or here[row[1]].is_ended]
        _drop(gone, SIGNED_OUT, now)


def drop_of_people(*, person_ids: Iterable[object], now: datetime) -> None:
    """Drop all that waits for people who are shut out."""
    with transaction.atomic():
        _drop(_lock(person_ids), SUSPENDED, now)


def _lock(person_ids: Iterable[object]) -> list[tuple[str, str, str, str]]:
    """Return (id, device, person, kind) of what waits for these people."""
    with open_pipeline() as pipeline:
        rows = pipeline.ask(_WAITING_SQL, {"people": as_texts(person_ids)}, "uuid uuid uuid text").rows()
    return [(id_, device, person, kind) for id_, device, person, kind in rows]


def _drop(rows: Iterable[tuple[str, str, str, str]], reason: str, now: datetime) -> None:
    dropped = list(rows)
    if not dropped:
        return
    with open_pipeline() as pipeline:
        pipeline.tell(_DROP_SQL, {"ids": [row[0] for row in dropped], "now": now, "reason": reason})
    note_decisions([Note(id_, person, kind, DROPPED, reason, reason) for id_, _, person, kind in dropped], now=now)
