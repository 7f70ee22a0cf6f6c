"""A TCP proxy that misbehaves on order: latency, cut, black hole, slow close, answers lost after commit.

It sits between devices and one server and knows nothing of HTTP or frames, except that it can look for
a needle in what the server says: that is how an acknowledgement is lost after its commit.
"""

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field

LOOPBACK = "127.0.0.1"
CHUNK_BYTES = 65536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class _Link:
    """The two sockets of one forwarded connection."""

    near: asyncio.StreamWriter
    far: asyncio.StreamWriter | None = None

    def abort(self) -> None:
        """Reset both sides at once, as a pulled cable and a rebooted router do."""
        for side in self._sides():
            if not side.transport.is_closing():
                # Without this asyncio ends an aborted connection politely, with FIN.
                side.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                side.transport.abort()

    async def close(self) -> None:
        """Close both sides and wait until the sockets are gone."""
        for side in self._sides():
            side.close()
        for side in self._sides():
            with suppress(OSError):
                await side.wait_closed()

    def _sides(self) -> list[asyncio.StreamWriter]:
        return [side for side in (self.near, self.far) if side is not None]


@dataclass
class Proxy:
    """Forward connections from a port of its own to `target_port` on this machine.

    `latency` and `slow_close` are seconds per chunk and per end of stream, changed at any time.
    """

    target_port: int
    latency: float = 0.0
    slow_close: float = 0.0
    port: int = 0
    _links: set[_Link] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _clear: asyncio.Event = field(default_factory=asyncio.Event)
    _needle: bytes = b""
    _needle_count: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a spare port."""
        self._clear.set()
        self._server = await asyncio.start_server(self._accept, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and reset every connection."""
        if self._server is not None:
            self._server.close()
        self.cut()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def cut(self) -> int:
        """Reset every connection; return how many there were."""
        links = list(self._links)
        for link in links:
            link.abort()
        return len(links)

    def swallow(self) -> None:
        """Become a black hole: connections are taken and stay open, and no byte passes either way."""
        self._clear.clear()

    def release(self) -> None:
        """Let the held bytes pass, late and in order."""
        self._clear.set()

    def lose_answers(self, needle: bytes, count: int) -> None:
        """Drop the next `count` chunks from the server that hold `needle`, and reset those connections."""
        self._needle, self._needle_count = needle, count

    @property
    def answers_to_lose(self) -> int:
        """Return how many answers are still to be lost."""
        return self._needle_count

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        link = _Link(writer)
        self._links.add(link)
        try:
            await self._join(link, reader)
        except (OSError, asyncio.CancelledError):
            link.abort()
        finally:
            self._links.discard(link)
            await link.close()
            self._tasks.discard(task)

    async def _join(self, link: _Link, near_reader: asyncio.StreamReader) -> None:
        await self._clear.wait()
        far_reader, link.far = await asyncio.open_connection(LOOPBACK, self.target_port)
        up = asyncio.ensure_future(self._pump(link, near_reader, link.far, is_answer=False))
        down = asyncio.ensure_future(self._pump(link, far_reader, link.near, is_answer=True))
        try:
            await asyncio.gather(up, down)
        finally:
            up.cancel()
            down.cancel()
            await asyncio.gather(up, down, return_exceptions=True)

    async def _pump(
        self, link: _Link, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_answer: bool
    ) -> None:
        while chunk := await source.read(CHUNK_BYTES):
            if self.latency:
                await asyncio.sleep(self.latency)
            await self._clear.wait()
            if is_answer and self._is_to_be_lost(chunk):
                link.abort()
                return
            sink.write(chunk)
            await sink.drain()
        await asyncio.sleep(self.slow_close)
        if sink.can_write_eof() and not sink.is_closing():
            sink.write_eof()

    def _is_to_be_lost(self, chunk: bytes) -> bool:
        if not self._needle_count or self._needle not in chunk:
            return False
        self._needle_count -= 1
        return True
