"""PostgreSQL driven by the event loop: for the one kind of work that comes all the time, a thread less to wake.

Everything else goes through Django in database threads. The connection is one that such a thread has opened and
lends; whoever borrows it is the only one who uses it meanwhile.
"""

from __future__ import annotations

import asyncio

import psycopg
from psycopg import pq

from server.foundation.postgres import PostgresPipeline, take_results


class LoopConnection:
    """A lent connection. `run` is called by one task at a time, on the loop that was running when it was made."""

    def __init__(self, raw: psycopg.Connection[object]) -> None:
        self._raw, self._loop = raw, asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._watched: int | None = raw.pgconn.socket
        self._loop.add_reader(self._watched, self._hear)

    @property
    def usable(self) -> bool:
        """Say whether it is open, and of the running loop."""
        return not self._raw.closed and self._loop is asyncio.get_running_loop()

    def open_pipeline(self) -> PostgresPipeline:
        """Return a pipeline that sends BEGIN where nobody has yet; only `run` may run it."""
        return PostgresPipeline(self._raw, in_block=True)

    async def run(self, pipeline: PostgresPipeline) -> None:
        """Send what is queued and wait for every answer. Raises psycopg's error of the first that failed."""
        if not pipeline.send():
            return
        pgconn, results = self._raw.pgconn, list[pq.abc.PGresult]()
        try:
            while pgconn.flush():
                await self._wait_for_room()
            while not take_results(pgconn, results):
                await self._wait()
        finally:
            self._waiter = None
            pipeline.leave()
        pipeline.settle(results)

    async def roll_back(self) -> None:
        """End the transaction, if one is open, without a trace."""
        if self._raw.pgconn.transaction_status != pq.TransactionStatus.IDLE:
            pipeline = self.open_pipeline()
            pipeline.tell("ROLLBACK", {})
            await self.run(pipeline)

    def drop(self) -> None:
        """Close the connection after a failure; its thread opens another."""
        self.pause()
        self._raw.close()

    def pause(self) -> None:
        """Listen no more: the connection goes back to its thread."""
        if self._watched is not None:
            self._loop.remove_reader(self._watched)
            self._watched = None

    def _hear(self) -> None:
        # Read here and not where it is awaited: the loop may tell twice of what one read takes.
        try:
            self._raw.pgconn.consume_input()
        except psycopg.Error:
            self.drop()  # whoever waits finds it closed
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self) -> None:
        self._waiter = self._loop.create_future()
        await self._waiter

    async def _wait_for_room(self) -> None:
        """The network did not take all at once. Hearing goes on meanwhile: PostgreSQL may wait for that."""
        fileno = self._raw.pgconn.socket
        self._loop.add_writer(fileno, self._wake)
        try:
            await self._wait()
        finally:
            self._loop.remove_writer(fileno)
