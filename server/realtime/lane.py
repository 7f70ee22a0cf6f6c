"""One connection for the one kind of work that comes all the time: the event loop drives it where that is enough.

Its statements stay prepared in one backend and warm in the caches, and no thread has to be woken: at 200 messages/s
both together spare a fifth of what a message costs the server. What needs more than plain statements (and everything
on SQLite) is done by the lane's thread, on the same connection.
"""

from __future__ import annotations

import asyncio
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


class Lane:
    """A thread, its connection, and the loop that borrows it. Whoever uses it does one thing at a time."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lane")
        self._line: LoopConnection | None = None

    async def run(self, quick: Callable[[LoopConnection], Awaitable[T | None]], work: Callable[[], T]) -> T:
        """Return what `quick` makes of the connection; where it returns None or fails, what `work` does in the thread.

        `quick` leaves nothing behind when it returns None; after a failure its connection is closed, and `work` must
        be idempotent: the failure may have come after the COMMIT. Raises as `run_in_database` does.
        """
        line = await self._borrow()
        if line is not None:
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
        self._give_back()
        return await run_in_database(work, self._thread)

    async def stop(self) -> None:
        """Close the connection. Once more is no error."""
        self._give_back()
        await asyncio.get_running_loop().run_in_executor(self._thread, lambda: connection.close())  # the thread's own

    async def _borrow(self) -> LoopConnection | None:
        if connection.vendor != "postgresql":
            return None
        if self._line is None or not self._line.usable:
            self._line = LoopConnection(await run_in_database(_lend, self._thread))
        return self._line

    def _give_back(self) -> None:
        """Listen no more: the thread uses the connection now, and may put another in its place."""
        if self._line is not None:
            self._line.pause()
            self._line = None


def _lend() -> psycopg.Connection[Any]:
    """In the lane's thread: return its connection, which it leaves alone until it is given back."""
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    if raw.closed:
        connection.close()
        connection.ensure_connection()
        raw = connection.connection
    return raw
