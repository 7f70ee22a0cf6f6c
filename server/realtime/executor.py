"""Database work of the socket: a bounded set of threads, each with its connection; a slow query holds one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from server.foundation.errors import Unavailable

T = TypeVar("T")
DATABASE_THREADS = 8

_executor = ThreadPoolExecutor(max_workers=DATABASE_THREADS, thread_name_prefix="database")


# One thread with a connection of its own for the one kind of work that comes all the time: its statements stay prepared
# in one backend and warm in the caches. At 200 messages/s the threads taking turns cost a tenth more for a message.
LANE = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lane")


async def run_in_database(work: Callable[[], T], executor: ThreadPoolExecutor = _executor) -> T:
    """Run synchronous work in a database thread. Raises Unavailable when the database is away.

    The work must be idempotent: on a connection that turns out dead (a restart, a terminated backend) it is run
    once more on a fresh one.
    """
    return await asyncio.get_running_loop().run_in_executor(executor, _run_twice, work)


def _run_twice(work: Callable[[], T]) -> T:
    try:
        return work()
    except (OperationalError, InterfaceError):
        connection.close()
    try:
        return work()
    except (OperationalError, InterfaceError) as problem:
        connection.close()
        raise Unavailable() from problem
    except DatabaseError:
        connection.close()
        raise
