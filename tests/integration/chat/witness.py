"""Looks at every row of the rooms before and after, so that a refusal can be seen to have changed nothing at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from django.db import connection

from server.realtime.executor import run_in_database

_ROOMS = ("chat_", "events_", "realtime_userevent", "realtime_userstream")
Photograph = dict[str, list[str]]


def photograph() -> Photograph:
    """Return all rows of the chat room, of the logs and of the outbox."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith(_ROOMS)]
        assert len(tables) >= 7
        return {table: _read(cursor, table) for table in sorted(tables)}


def _read(cursor: Any, table: str) -> list[str]:
    cursor.execute(f"SELECT * FROM {table}")
    return sorted(repr([_plain(value) for value in row]) for row in cursor.fetchall())


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


@contextmanager
def nothing_changes_here() -> Iterator[None]:
    """Assert that every row is as it was."""
    before = photograph()
    yield
    assert photograph() == before


@asynccontextmanager
async def nothing_changes() -> AsyncIterator[None]:
    """Assert that every row is as it was, on the loop."""
    before = await run_in_database(photograph)
    yield
    assert await run_in_database(photograph) == before
