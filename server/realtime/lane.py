"""One connection for the one kind of work that comes all the time: the event loop drives it where that is enough.

Its statements stay prepared in one backend and warm in the caches, and no thread has to be woken: at 200 messages/s
both together spare a fifth of what a message costs the server. What needs more than plain statements (and everything
on SQLite) is done by the lane's thread, on the same connection.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg
from django.db import connection

from server.foundation.logs import get_logger
from server.foundation.postgres_loop import LoopConnection
from server.realtime.executor import run_in_database

log = get_logger(__name__)
T = TypeVar("T")

LANE = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lane")


class Lane:
    """Whoever uses it does one thing at a time."""

    def __init__(self) -> None:
        self._line: LoopConnection | None = None

    async def run(self, quick: Callable[[LoopConnection], Awaitable[T | None]], work: Callable[[], T]) -> T:
        """Return what `quick` makes of the connection; where it returns None or fails, what `work` does in the thread.

        `quick` leaves nothing behind when it returns None; after a failure its connection is closed, and `work` must
        be idempotent: the failure may have come after the COMMIT. Raises as `run_in_database` does.
        """
        line = await self._borrow()
        if line is None:
            return await run_in_database(work, LANE)
        try:
            got = await quick(line)
        except psycopg.Error as problem:
            log.info("lane_failed", problem=type(problem).__name__)
            line.drop()
        except BaseException:
            line.drop()
            raise
        else:
            if got is not None:
                return got
        line.pause()
        try:
            return await run_in_database(work, LANE)
        finally:
            line.resume()

    def stop(self) -> None:
        """Let go of the connection: its thread may close it now."""
        if self._line is not None:
            self._line.pause()
            self._line = None

    async def _borrow(self) -> LoopConnection | None:
        if self._line is None or not self._line.usable:
            raw = await run_in_database(_lend, LANE)
            self._line = None if raw is None else LoopConnection(raw)
        return self._line


def _lend() -> psycopg.Connection[Any] | None:
    """In the lane's thread: return its connection, None on SQLite."""
    if connection.vendor != "postgresql":
        return None
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    if raw.closed:
        connection.close()
        connection.ensure_connection()
        raw = connection.connection
    return raw
