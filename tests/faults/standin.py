"""A scripted peer in the server's place: it shows that the client keeps PROTOCOL.md section 3 by itself.

Each connection plays the next script; a device under test meets exactly the frames that a script says.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.faults.client import SUBPROTOCOL, Device, Habits
from tests.faults.journal import Journal
from tests.faults.line import Frame
from tests.faults.proxy import LOOPBACK
from tests.faults.rest import Account, Rest

SECONDS = 5.0


@dataclass
class Peer:
    """The server's end of one connection."""

    socket: ServerConnection

    async def expect(self, kind: str) -> Frame:
        """Return the next frame of that type; others in between are dropped."""
        async with asyncio.timeout(SECONDS):
            while True:
                frame: Frame = json.loads(await self.socket.recv())
                if frame["type"] == kind:
                    return frame

    async def say(self, kind: str, /, **fields: Any) -> None:
        """Send one frame."""
        await self.socket.send(json.dumps({"type": kind} | fields))

    async def welcome(self, *, resumed: bool = True) -> Frame:
        """Take the hello, answer it, and return it."""
        hello = await self.expect("hello")
        reset = {} if resumed else {"reset": "no_cursor"}
        await self.say("welcome", re=hello["id"], resumed=resumed, **reset)
        return hello

    async def bye(self, code: int, retry_after_ms: int = 1) -> None:
        """Send the client away."""
        await self.say("bye", code=code, reason="script", retry_after_ms=retry_after_ms)
        await self.socket.close(code)

    def cut(self) -> None:
        """Break the connection without a word."""
        self.socket.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


@dataclass
class FakeRest(Rest):
    """A snapshot at position 7 with one message of history; sends are answered from a list."""

    sends: list[Any] = field(default_factory=list)
    tickets: int = 0

    async def close(self) -> None:
        """Have nothing to close."""

    async def fetch_ticket(self, door: int, account: Account) -> str:
        """Return a new ticket."""
        self.tickets += 1
        return f"ticket-{self.tickets}"

    async def fetch_snapshot(self, door: int, account: Account) -> dict[str, Any]:
        """Return a snapshot."""
        return {"cursor": "e.7", "conversations": [{"id": "chat", "last_seq": 1, "visible_upto": 1}]}

    async def fetch_page(self, door: int, account: Account, c: str, after: int) -> dict[str, Any]:
        """Return the only page."""
        message = {"seq": 1, "mid": "mid1", "sender": "ben", "body": "hoi"}
        return {"messages": [message], "more": False}


@dataclass
class StandIn:
    """Plays one script per connection, in order, and keeps what went wrong in them."""

    scripts: list[Script]
    rest: FakeRest = field(default_factory=FakeRest)
    journal: Journal = field(default_factory=Journal)
    played: int = 0
    headers: list[Headers] = field(default_factory=list)
    port: int = 0
    _done: asyncio.Event = field(default_factory=asyncio.Event)
    _broken: list[Exception] = field(default_factory=list)

    async def play(self, socket: ServerConnection) -> None:
        """Play the next script; when all were played, hold the line in silence."""
        number, self.played = self.played, self.played + 1
        assert socket.request is not None
        self.headers.append(socket.request.headers)
        if number >= len(self.scripts):
            await socket.wait_closed()
            return
        try:
            await self.scripts[number](Peer(socket))
        except (AssertionError, TimeoutError, ConnectionClosed) as broken:
            self._broken.append(broken)
        if number == len(self.scripts) - 1:
            self._done.set()
            await socket.wait_closed()

    async def finish(self) -> None:
        """Wait for the last script. Raises what a script raised."""
        await asyncio.wait_for(self._done.wait(), 2 * SECONDS)
        if self._broken:
            raise self._broken[0]

    def make_device(self, habits: Habits | None = None, cursor: str | None = "e.3") -> Device:
        """Return a device of Ada's that knows only this stand-in."""
        ada = Account("ada", "token", "youth")
        device = Device(ada, "ada-1", [self.port], self.rest, self.journal, Random(1), habits or Habits())
        device.cursor = cursor
        return device


@asynccontextmanager
async def stand_in(
    *scripts: Script, habits: Habits | None = None, cursor: str | None = "e.3"
) -> AsyncIterator[tuple[StandIn, Device]]:
    """Serve the scripts to one device, opened already; close both at the end."""
    peer = StandIn(list(scripts))
    async with serve(peer.play, LOOPBACK, 0, subprotocols=[Subprotocol(SUBPROTOCOL)]) as server:
        peer.port = _port_of(server)
        device = peer.make_device(habits, cursor)
        device.open()
        try:
            yield peer, device
        finally:
            await device.close()


def events(start: int, end: int) -> Frame:
    """Return a batch from position `start` (exclusive) to `end`, one receipt for every position."""
    items = [{"pos": pos, "kind": "receipt.read", "c": "chat", "upto": 1} for pos in range(start + 1, end + 1)]
    return {"from": f"e.{start}", "to": f"e.{end}", "more": False, "ev": items}


def _port_of(server: Server) -> int:
    sockets: Iterable[Any] = server.sockets
    return int(next(iter(sockets)).getsockname()[1])
