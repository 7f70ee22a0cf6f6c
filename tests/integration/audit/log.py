"""What Mara does with Ada's conversation, recorded by the real action; and what Eve does to the tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from server.audit.actions import record_entries
from server.audit.rules.chain import Link
from server.audit.rules.entries import Entry
from server.foundation.ids import make_id
from tests.cast import Cast

TABLES = ("audit_auditentry", "audit_auditcheckpoint", "audit_auditstream")


def make_look(cast: Cast, **more: Any) -> Entry:
    """Return that Mara read what Ada and Ben wrote."""
    known: dict[str, Any] = {
        "stream_id": cast.team.id,
        "action": "conversation.read",
        "actor_id": cast.mara.id,
        "actor_role": "coordinator",
        "subject_id": cast.ada.id,
        "object_id": cast.pair,
        "session_id": cast.mara.session_id,
        "purpose": "safety",
    }
    return Entry(**known | more)


def record(*entries: Entry, now: datetime) -> list[Link]:
    """Record in a transaction of its own."""
    with transaction.atomic():
        return record_entries(entries, now=now)


def record_looks(cast: Cast, count: int, *, now: datetime) -> list[Link]:
    """Record so many looks, each in a transaction of its own."""
    return [record(make_look(cast, object_id=make_id()), now=now)[0] for _ in range(count)]


def spoil(statement: str) -> None:
    """Do what only the owner of the database can: take the triggers down, then change what they keep."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement)
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
