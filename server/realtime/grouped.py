"""Group commit as a mechanism: what arrives while the previous call is in flight becomes the next call.

Idle, a call starts at once; under load, batches form by themselves and the fixed cost of a transaction is shared.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from server.foundation.errors import Internal, Overloaded, Unavailable, WarmlijnError
from server.foundation.logs import get_logger
from server.realtime.executor import run_in_database

log = get_logger(__name__)
Ask = TypeVar("Ask")
Got = TypeVar("Got")
Done = Callable[[Got | WarmlijnError], None]


class GroupedCalls(Generic[Ask, Got]):
    """Runs `work(asks) -> answers, in order` in a database thread, one call at a time, at most `limit` asks in each.

    An answer may be a WarmlijnError. When a whole call fails for a reason nobody foresaw, its asks are run one by
    one, so that a poisoned one is refused alone. `after` is called when the answers of a call were told.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[list[Ask]], Sequence[Got | WarmlijnError]],
        *,
        limit: int = 128,
        most_waiting: int = 20_000,
        after: Callable[[], None] = lambda: None,
        executor: ThreadPoolExecutor | None = None,
    ) -> None:
        self._after = after
        self._place = () if executor is None else (executor,)
        self._name, self._work, self._limit, self._most_waiting = name, work, limit, most_waiting
        self._waiting: deque[tuple[Ask, Done[Got]]] = deque()
        self._task: asyncio.Task[None] | None = None

    def submit(self, ask: Ask, done: Done[Got]) -> None:
        """Put an ask in line; `done` is called on the loop with its answer. Raises Overloaded when the line is full."""
        if len(self._waiting) >= self._most_waiting:
            raise Overloaded()
        self._waiting.append((ask, done))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def call(self, ask: Ask) -> Got:
        """Put an ask in line and wait for its answer. Raises the WarmlijnError that it is answered with."""
        future: asyncio.Future[Got | WarmlijnError] = asyncio.get_running_loop().create_future()
        self.submit(ask, lambda got: None if future.done() else future.set_result(got))
        got = await future
        if isinstance(got, WarmlijnError):
            raise got
        return got

    async def wait_until_idle(self) -> None:
        """Return when nothing is waiting or in flight (draining)."""
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(self._limit, len(self._waiting)))]
                answers = await self._answer([ask for ask, _ in batch])
                for (_, done), got in zip(batch, answers, strict=True):
                    self._tell(done, got)
                self._after()
        finally:
            self._task = None

    async def _answer(self, asks: list[Ask]) -> Sequence[Got | WarmlijnError]:
        try:
            return await run_in_database(lambda: self._work(asks), *self._place)
        except Unavailable as away:
            log.warning("database_away", group=self._name, asks=len(asks))
            return [away] * len(asks)
        except Exception as problem:
            if len(asks) == 1:
                log.error("grouped_call_failed", group=self._name, exc_info=problem)
                return [problem if isinstance(problem, WarmlijnError) else Internal()]
        return [(await self._answer([ask]))[0] for ask in asks]

    def _tell(self, done: Done[Got], got: Got | WarmlijnError) -> None:
        try:
            done(got)
        except Exception as problem:
            log.error("answer_not_taken", group=self._name, exc_info=problem)
