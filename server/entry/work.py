"""The worker: the loops of the switchboard, in a process of their own or inside an embedded server."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from functools import partial

from server.entry.memory import set_aside_what_stays
from server.foundation.clock import read_machine_clock
from server.foundation.ids import make_id
from server.foundation.logs import get_logger
from server.foundation.loops import run_loops
from server.realtime.actions.sockets import beat_process, end_process
from server.realtime.announcing import add_announcer
from server.realtime.executor import run_in_database
from server.realtime.limits import RECONCILE_SECONDS
from server.realtime.pokes import PokeBus
from server.wiring import make_loops

log = get_logger(__name__)
_embedded: list[asyncio.Task[None]] = []


async def run_worker() -> None:
    """Run the loops until SIGTERM or SIGINT; the steps in flight are finished."""
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    bus = PokeBus(None)
    add_announcer(lambda heads: _announce(loop, bus, heads))
    set_aside_what_stays()
    log.info("working")
    await _work(stopping)
    await bus.stop()
    log.info("worker_stopped")


def start_embedded() -> None:
    """Run the loops as tasks of the running server; they end with it."""
    _embedded.append(asyncio.get_running_loop().create_task(_work(asyncio.Event())))


async def _work(stopping: asyncio.Event) -> None:
    process_id = str(make_id())
    beating = asyncio.create_task(_beat(process_id))
    try:
        await run_loops(make_loops(), run_in_database, stopping)
    finally:
        beating.cancel()
    await run_in_database(partial(end_process, process_id))


async def _beat(process_id: str) -> None:
    while True:
        try:
            await run_in_database(partial(beat_process, process_id, "worker", now=read_machine_clock()))
        except Exception as problem:
            log.warning("beat_failed", problem=type(problem).__name__)
        await asyncio.sleep(RECONCILE_SECONDS)


def _announce(loop: asyncio.AbstractEventLoop, bus: PokeBus, heads: Mapping[str, int]) -> None:
    loop.call_soon_threadsafe(bus.publish_heads, dict(heads))
