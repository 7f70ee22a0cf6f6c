"""The house in which the cast meets: a hub on the test's own loop, and the sockets at its door."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from threading import Barrier
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from server.accounts.actions import issue_ticket
from server.foundation.clock import read_clock
from server.realtime import executor, hub
from server.realtime.announcing import remove_announcer
from server.realtime.executor import DATABASE_THREADS, run_in_database
from server.realtime.keeping import Keeper
from server.realtime.pokes import PokeBus
from server.realtime.queries import get_cursor
from server.wiring import make_hub
from tests.cast import PATIENCE_SECONDS, Player, SocketClient

T = TypeVar("T")


def use_file_database() -> None:
    """Give the tests of several threads a SQLite file: its in-memory database knows no waiting for a lock."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = f"{settings.VAR}/test.sqlite3"


class HandKeeper(Keeper):
    """A keeper whose turns are taken by hand, so that a test says when they come."""

    def start(self) -> None:
        """Start nothing by the clock."""


class DeafBus(PokeBus):
    """A bus to nobody: what a Redis that is away or was flushed does to hints."""

    def publish_heads(self, heads: Mapping[str, int]) -> None:
        """Tell nobody."""

    def publish(self, hint: dict[str, Any]) -> None:
        """Tell nobody."""


class House:
    """A hub on this test's loop, and the devices at its door."""

    def __init__(self) -> None:
        self.hub = make_hub()
        self.hub.keeper = HandKeeper(self.hub)
        self._clients: list[SocketClient] = []

    async def enter(self) -> None:
        """Make its hub the process's, alive."""
        hub._hub = self.hub
        self.hub.ensure_started()
        await self.hub.keeper.beat()

    def make_client(self, player: Player | None = None, name: str = "phone", **headers: str) -> SocketClient:
        """Return a device that is not connected yet; it brings the player's bearer token on the handshake."""
        known = {"Authorization": f"Bearer {player.token}"} if player else {}
        self._clients.append(SocketClient(player, name, headers=known | headers))
        hub._hub = self.hub
        return self._clients[-1]

    async def open(self, player: Player, name: str = "phone") -> SocketClient:
        """Return a device that follows the player's log from its newest position."""
        device = self.make_client(player, name)
        device.cursor = await do(lambda: get_cursor(player.id))
        await device.connect()
        assert (await device.hello())["resumed"] is True
        await device.wait_for("events")
        await (
            self.hub.positions.wait_until_idle()
        )  # the look at the head after a greeting finds nothing of what follows
        return device

    async def make_deaf(self) -> None:
        """Lose every hint from now on, in both directions: between servers, and of commits in this one."""
        remove_announcer(self.hub._hear_commit)
        await self.hub.bus.stop()
        self.hub.bus = DeafBus(None)

    async def close(self) -> None:
        """Send everybody away and end what runs."""
        for device in self._clients:  # before the drain, which takes its time for each that is still there
            if device._serving is not None and not device._serving.done():
                await device.leave()
        await self.hub.drain(2.0)
        for group in vars(self.hub).values():
            if hasattr(group, "wait_until_idle"):
                await group.wait_until_idle()
        hub._hub = None


@contextlib.asynccontextmanager
async def open_house() -> AsyncIterator[House]:
    """Yield a house; afterwards nobody is in it and no thread holds a connection."""
    house = House()
    await house.enter()
    try:
        yield house
    finally:
        await house.close()
        await asyncio.get_running_loop().run_in_executor(None, let_go_of_connections)


def let_go_of_connections() -> None:
    """Close the connection of every database thread (all of them at once, so that none is missed)."""
    barrier = Barrier(DATABASE_THREADS, timeout=PATIENCE_SECONDS)

    def close() -> None:
        barrier.wait()
        connection.close()

    for future in [executor._executor.submit(close) for _ in range(DATABASE_THREADS)]:
        future.result()
    executor.LANE.submit(lambda: connection.close()).result()  # the lane's connection, not this thread's


async def do(work: Callable[[], T]) -> T:
    """Run actions and queries in a database thread, as an edge does."""
    return await run_in_database(work)


async def get_ticket(player: Player, now: datetime | None = None) -> str:
    """Return a fresh ticket of the player's session."""
    at = now or read_clock()
    return (await do(lambda: issue_ticket(session=player.session, now=at)))[0]


async def hear_all_there_is(house: House, client: SocketClient) -> None:
    """Return when nothing more comes without an acknowledgement: the hub reads nothing for this client any more."""
    user_id, quiet = client.player.id if client.player else "", 0
    while quiet < 2:
        before = len(client.events)
        await client.ask("ping")  # makes the hub look, and comes after everything that was sent before it
        reading = any(socket.catching_up for socket in house.hub.by_user.get(user_id, ()))
        quiet = 0 if reading or len(client.events) > before else quiet + 1
