"""The faults: each breaks one thing, waits, and puts it back, so that the next one meets a whole site.

A fault answers with a short detail for the journal.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from tests.faults.journal import EVERY_WAY
from tests.faults.programs import Program
from tests.faults.schedule import Planned
from tests.faults.site import Site

TERMINATE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
SENT = b'"sent"'


class Stage(Protocol):
    """What a fault may touch: the site, and the devices where only they can do it."""

    site: Site

    async def bounce_devices(self, count: int) -> None:
        """Close some apps and open them again."""

    def submit_twice(self, count: int) -> int:
        """Have people with two devices press send on both at once; return how many did."""

    def note_odd(self, who: str, what: str) -> None:
        """Journal a broken promise that devices do not see."""

    def note_away(self, way: int, started: float) -> None:
        """Journal that nothing could answer through this door, or through any, from then on until now."""


async def kill_server(stage: Stage, planned: Planned) -> str:
    """SIGKILL one server."""
    way = _pick_way(stage, planned)
    await _kill_and_restart(stage, planned.length, way)
    return stage.site.servers[way].name


async def kill_all_servers(stage: Stage, planned: Planned) -> str:
    """SIGKILL every server at once."""
    await _kill_and_restart(stage, planned.length, *range(len(stage.site.servers)))
    return "all"


async def terminate_server(stage: Stage, planned: Planned) -> str:
    """SIGTERM one server: it must drain and end with 0."""
    way = _pick_way(stage, planned)
    server = stage.site.servers[way]
    async with _away(stage, way):
        server.signal(signal.SIGTERM)
        code = await server.wait()
        if code != 0:
            stage.note_odd(server.name, f"ended SIGTERM with {code}")
        await _start_server(server)
    return server.name


async def freeze_server(stage: Stage, planned: Planned) -> str:
    """SIGSTOP one server, SIGCONT it later."""
    way = _pick_way(stage, planned)
    server = stage.site.servers[way]
    async with _away(stage, way):
        server.signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(planned.length)
        finally:
            server.signal(signal.SIGCONT)
    return server.name


async def kill_worker(stage: Stage, planned: Planned) -> str:
    """SIGKILL the worker."""
    stage.site.worker.signal(signal.SIGKILL)
    await stage.site.worker.wait()
    await asyncio.sleep(planned.length)
    stage.site.worker.start()
    return "worker"


async def shut_redis_down(stage: Stage, planned: Planned) -> str:
    """SHUTDOWN NOSAVE, and an empty Redis on the same port later."""
    redis = stage.site.ground.redis
    await asyncio.to_thread(redis.shutdown)
    await asyncio.sleep(planned.length)
    await asyncio.to_thread(redis.start)
    return f"{planned.length} s"


async def freeze_redis(stage: Stage, planned: Planned) -> str:
    """SIGSTOP Redis: connections stay open and nothing answers."""
    process = stage.site.ground.redis.pid
    await _freeze_process(process, planned.length)
    return f"{planned.length} s"


async def flush_redis(stage: Stage, planned: Planned) -> str:
    """FLUSHALL."""
    await asyncio.to_thread(stage.site.ground.redis.command, "FLUSHALL")
    return ""


async def kill_redis_clients(stage: Stage, planned: Planned) -> str:
    """CLIENT KILL of every connection, subscribers too."""
    command = stage.site.ground.redis.command
    killed = [await asyncio.to_thread(command, "CLIENT", "KILL", "TYPE", kind) for kind in ("normal", "pubsub")]
    return f"{killed} connections"


async def terminate_backends(stage: Stage, planned: Planned) -> str:
    """pg_terminate_backend of every connection to the site's database."""
    site = stage.site
    rows = await asyncio.to_thread(site.ground.execute, TERMINATE.format(site.database))
    return f"{len(rows)} backends"


async def crash_database(stage: Stage, planned: Planned) -> str:
    """What pg_ctl -m immediate restart does: no checkpoint, recovery at the start."""
    postgres = stage.site.ground.postgres
    async with _away(stage, EVERY_WAY):
        await asyncio.to_thread(postgres.stop, "immediate")
        await asyncio.sleep(planned.length / 3)
        await asyncio.to_thread(postgres.start)
    return ""


async def take_database_away(stage: Stage, planned: Planned) -> str:
    """Stop PostgreSQL for longer than a device waits for an answer, and start it again."""
    postgres = stage.site.ground.postgres
    async with _away(stage, EVERY_WAY):
        await asyncio.to_thread(postgres.stop, "fast")
        await asyncio.sleep(3 + 2 * planned.length)
        await asyncio.to_thread(postgres.start)
    return f"{3 + 2 * planned.length:.1f} s"


async def delay_line(stage: Stage, planned: Planned) -> str:
    """Add latency to every chunk in both directions."""
    door = stage.site.doors[_pick_way(stage, planned)]
    door.latency = planned.length / 5
    try:
        await asyncio.sleep(2 * planned.length)
    finally:
        door.latency = 0.0
    return f"{planned.length / 5:.2f} s"


async def cut_line(stage: Stage, planned: Planned) -> str:
    """Reset every connection of one door."""
    return f"{stage.site.doors[_pick_way(stage, planned)].cut()} connections"


async def swallow_line(stage: Stage, planned: Planned) -> str:
    """Black hole; afterwards half of the time the bytes pass late, half of the time the line is dead."""
    way = _pick_way(stage, planned)
    door = stage.site.doors[way]
    async with _away(stage, way):
        door.swallow()
        try:
            await asyncio.sleep(2 * planned.length)
            if planned.target % 4 < 2:
                door.cut()
        finally:
            door.release()
    return "then cut" if planned.target % 4 < 2 else "then released"


async def close_slowly(stage: Stage, planned: Planned) -> str:
    """Let the servers learn seconds later that a device hung up, while it is back already."""
    for door in stage.site.doors:
        door.slow_close = planned.length
    try:
        await stage.bounce_devices(4)
        await asyncio.sleep(planned.length)
    finally:
        for door in stage.site.doors:
            door.slow_close = 0.0
    return f"{planned.length} s"


async def lose_answers(stage: Stage, planned: Planned) -> str:
    """Drop `sent` answers after their commit and reset the connection."""
    wanted = 3
    for door in stage.site.doors:
        door.lose_answers(SENT, wanted)
    try:
        async with asyncio.timeout(2 * planned.length + 1):
            while any(door.answers_to_lose for door in stage.site.doors):
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass
    lost = sum(wanted - door.answers_to_lose for door in stage.site.doors)
    for door in stage.site.doors:
        door.lose_answers(b"", 0)
    return f"{lost} answers"


async def submit_twice(stage: Stage, planned: Planned) -> str:
    """Send the same message on two sockets, and by REST, at the same time."""
    return f"{stage.submit_twice(5)} messages"


@dataclass(frozen=True)
class Fault:
    """An act, and the part of the site it breaks: two faults never break the same part at once."""

    part: str
    act: Callable[[Stage, Planned], Awaitable[str]]


FAULTS: dict[str, Fault] = {
    "server SIGKILL": Fault("server", kill_server),
    "all servers SIGKILL": Fault("server", kill_all_servers),
    "server SIGTERM": Fault("server", terminate_server),
    "server SIGSTOP": Fault("server", freeze_server),
    "worker SIGKILL": Fault("worker", kill_worker),
    "redis SHUTDOWN": Fault("redis", shut_redis_down),
    "redis SIGSTOP": Fault("redis", freeze_redis),
    "redis FLUSHALL": Fault("redis", flush_redis),
    "redis CLIENT KILL": Fault("redis", kill_redis_clients),
    "pg_terminate_backend": Fault("database", terminate_backends),
    "pg_ctl -m immediate restart": Fault("database", crash_database),
    "database away": Fault("database", take_database_away),
    "latency": Fault("line", delay_line),
    "cut": Fault("line", cut_line),
    "black hole": Fault("line", swallow_line),
    "slow close": Fault("line", close_slowly),
    "answers lost after commit": Fault("line", lose_answers),
    "duplicate submissions": Fault("people", submit_twice),
}


def _pick_way(stage: Stage, planned: Planned) -> int:
    """Return the number of a server, and of the door before it."""
    return planned.target % len(stage.site.servers)


@asynccontextmanager
async def _away(stage: Stage, way: int) -> AsyncIterator[None]:
    started = asyncio.get_running_loop().time()
    yield
    stage.note_away(way, started)


async def _kill_and_restart(stage: Stage, pause: float, *ways: int) -> None:
    started, servers = asyncio.get_running_loop().time(), stage.site.servers
    for way in ways:
        servers[way].signal(signal.SIGKILL)
    for way in ways:
        await servers[way].wait()
    await asyncio.sleep(pause / 3)
    for way in ways:
        await _start_server(servers[way])
        stage.note_away(way, started)


async def _start_server(server: Program) -> None:
    server.start()
    await server.wait_until_ready()


async def _freeze_process(process: int, seconds: float) -> None:
    os.kill(process, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        os.kill(process, signal.SIGCONT)
