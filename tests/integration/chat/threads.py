"""Several connections at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from time import monotonic
from typing import TypeVar

from django.db import connection, transaction

from server.realtime.streams import lock_streams

T = TypeVar("T")
PATIENCE_SECONDS = 60.0
WAITING = (
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
)


def run_together(works: Sequence[Callable[[], T]]) -> list[T]:
    """Run each work on a connection of its own, all begun at once; return what each returned, or raise what one did."""
    barrier = Barrier(len(works), timeout=PATIENCE_SECONDS)

    def start(work: Callable[[], T]) -> T:
        try:
            barrier.wait()
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result(PATIENCE_SECONDS) for future in [threads.submit(start, work) for work in works]]


def run_behind(person_ids: Sequence[str], late: Callable[[], T], first: Callable[[], object]) -> T:
    """Have `late` wait for a lock while `first` holds the streams of these people; return what it made of it after."""

    def run() -> T:
        try:
            return late()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            lock_streams(person_ids)
            future: Future[T] = threads.submit(run)
            wait_for_a_waiter()
            first()
        return future.result(PATIENCE_SECONDS)


def wait_for_a_waiter() -> None:
    """Return once another connection to this database waits for a lock; each look is a round trip.

    Those of other databases on the same server are not meant: tests run side by side.
    """
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone() != (0,):
                return
    raise AssertionError("nobody came to wait for the lock")
