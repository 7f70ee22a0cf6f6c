"""Emptying the database after a test of several connections: only the tables that hold something.

Django's own `flush` empties every table and then makes all content types and permissions anew: half a second for each
test. What migrations made (their own table, content types, permissions) is left alone: no test changes it.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction
from django.test import TransactionTestCase

_KEPT = ("contenttypes", "auth")


def install() -> None:
    """Have every such test emptied this way."""
    TransactionTestCase._fixture_teardown = lambda _: empty_tables()  # type: ignore[attr-defined]


def empty_tables() -> None:
    """Empty every table of ours that holds a row.

    By DELETE: TRUNCATE makes new files for each table and index, which costs ten times as much for a few rows. What
    minds the rows (references, the audit's triggers) is put to sleep for it; SQLite looks at references at the end.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        filled = list_filled()
        if filled and connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        for name in filled:
            cursor.execute(f"DELETE FROM {name}")


def list_filled() -> list[str]:
    """Return the tables of ours that hold a row, by name; one statement."""
    tables = [one._meta.db_table for one in apps.get_models(include_auto_created=True) if _is_ours(one._meta.app_label)]
    looks = " UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {one})" for one in tables)
    with connection.cursor() as cursor:
        cursor.execute(looks)
        return sorted(name for (name,) in cursor.fetchall())


def _is_ours(label: str) -> bool:
    return label not in _KEPT
