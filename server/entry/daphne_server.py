"""Daphne, with what it lacks: backpressure both ways, a body limit, and an end in which nobody is cut off.

Seen in Daphne 4.2.3: it queues without bound in both directions, reads a whole body before the application sees it,
and on SIGTERM sends no close frame (and may crash in `kill_all_applications`). See docs/adr/0002-daphne.md.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, ClassVar

from daphne.http_protocol import WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from django.conf import settings
from twisted.internet import defer, interfaces, reactor
from zope.interface import implementer

from server.foundation.errors import TooLarge
from server.foundation.json_codec import encode
from server.foundation.logs import get_logger
from server.foundation.problem_json import describe_problem
from server.realtime import limits
from server.realtime.hub import get_hub

log = get_logger(__name__)
MAX_BODY_BYTES = 256 * 1024  # the API takes 64 KiB; this is what may ever be read into memory or a file
INBOUND_FRAMES_PAUSE = 64  # unread frames of one socket at which its line is not read any more
INBOUND_FRAMES_RESUME = 16


@implementer(interfaces.IPushProducer)
class PressuredSocket(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """A WebSocket whose application waits for the network, and whose network waits for the application."""

    _writable: asyncio.Event | None = None
    _reading_paused = False
    _turn: ClassVar[list[PressuredSocket]] = []  # who has frames for the end of this turn of the event loop
    _frames: list[bytes] | None = None  # this socket's

    def onOpen(self) -> None:
        """Take over the transport's producer: from here on its write buffer tells us when it is full."""
        super().onOpen()
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, True)

    def dataReceived(self, data: bytes) -> None:
        """As Autobahn's, without composing a coloured debug line for each piece (a fifth of the time of a frame)."""
        if not self._take_whole_frames(data):
            self._dataReceived(data)

    def _take_whole_frames(self, data: bytes) -> bool:
        """Unmask whole, final, masked text frames that came in one piece: nearly all that a phone sends.

        Returns False, having taken nothing, for anything else; that is Autobahn's, which knows the whole RFC 6455.
        """
        if self.state != self.STATE_OPEN or self.data or self.current_frame is not None or self.inside_message:
            return False
        texts = _read_whole_frames(data)
        if texts is None or self.muted:
            return texts is not None
        self.last_ping = time.time()
        for text in texts:
            self.application_queue.put_nowait({"type": "websocket.receive", "text": text})
        self._pause_when_full()
        return True

    def send_text(self, text: str) -> None:
        """Write a text frame: one header and the payload, without Autobahn's five layers for the general case."""
        payload = text.encode()
        size = len(payload)
        if size < 126:
            head = bytes((0x81, size))
        elif size < 65_536:
            head = b"\x81\x7e" + size.to_bytes(2)
        else:
            head = b"\x81\x7f" + size.to_bytes(8)
        if self._frames is None:
            if not self._turn:
                asyncio.get_running_loop().call_soon(_end_turn, self._turn)
            self._turn.append(self)
            self._frames = []
        self._frames += (head, payload)

    def write_frames(self) -> None:
        """Write what this turn of the event loop has for this socket: mostly `sent` and `events` in one piece."""
        frames, self._frames = self._frames, None
        if frames:
            self._write(b"".join(frames))

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """Write what Autobahn has to say (the handshake, a pong, a close) after the frames that came before it."""
        if self._frames:
            self.write_frames()
        if sync or chopsize or self.send_queue:
            super().sendData(data, sync, chopsize)
        else:
            self._write(data)

    def _write(self, data: bytes) -> None:
        """Write to the network at once while nothing waits before it; Twisted's buffer takes what is left.

        Saves the turn of the event loop and the two epoll calls that a buffered write costs.
        """
        transport = self.transport
        if not transport.connected or transport.disconnecting:
            return
        if not transport.dataBuffer and not transport._tempDataLen:
            sent = transport.writeSomeData(data)
            if isinstance(sent, int):  # otherwise the connection is lost, and the buffered write finds that out
                data = data[sent:]
        if data:
            transport.write(data)

    def pauseProducing(self) -> None:
        """The write buffer is full."""
        self._writable = asyncio.Event()

    def resumeProducing(self) -> None:
        """The write buffer has room."""
        if self._writable is not None:
            self._writable.set()
            self._writable = None

    def stopProducing(self) -> None:
        """The connection is gone: nobody must wait for it."""
        self.resumeProducing()

    def onClose(self, wasClean: bool, code: int | None, reason: str | None) -> None:
        """Wake whoever waits, then let Daphne tell the application."""
        self.resumeProducing()
        super().onClose(wasClean, code, reason)

    async def wait_until_writable(self) -> None:
        """Return when the network takes more."""
        while self._writable is not None:
            await self._writable.wait()

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        """Queue a frame; with too many unread, stop reading the line."""
        super().onMessage(payload, isBinary)
        self._pause_when_full()

    def _pause_when_full(self) -> None:
        if not self._reading_paused and self.application_queue.qsize() >= INBOUND_FRAMES_PAUSE:
            self._reading_paused = True
            self.transport.pauseProducing()

    def note_taken(self) -> None:
        """The application took a frame: read on when few are left."""
        if self._reading_paused and self.application_queue.qsize() <= INBOUND_FRAMES_RESUME:
            self._reading_paused = False
            self.transport.resumeProducing()


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """An HTTP request whose body has a limit, announced or chunked."""

    _received = 0
    _refused = False

    def gotLength(self, length: int | None) -> None:
        """Refuse an announced length beyond the limit before a byte of it is read."""
        super().gotLength(0 if length is not None and length > MAX_BODY_BYTES else length)
        if length is not None and length > MAX_BODY_BYTES:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:
        """Count what comes; beyond the limit nothing is kept."""
        self._received += len(data)
        if self._received > MAX_BODY_BYTES:
            self._refuse()
        elif not self._refused:
            super().handleContentChunk(data)

    def process(self) -> Any:
        """Hand a whole request to the application, unless it was refused."""
        return None if self._refused else super().process()

    def _refuse(self) -> None:
        if self._refused:
            return
        self._refused = True
        body = encode(describe_problem(TooLarge()))
        head = (
            "HTTP/1.1 413 Content Too Large\r\nContent-Type: application/problem+json\r\nConnection: close\r\n"
            f"X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.channel.transport.write(head.encode() + body)
        self.channel.transport.loseConnection()


class DrainingServer(Server):  # type: ignore[misc]
    """Daphne's server with the two classes above; SIGTERM drains it."""

    def __init__(self, application: Any, endpoint: str, ready: Callable[[], None]) -> None:
        super().__init__(
            application,
            endpoints=[endpoint],
            signal_handlers=True,
            http_timeout=60,
            ping_interval=30,
            ping_timeout=30,
            websocket_timeout=-1,
            websocket_connect_timeout=20,
            websocket_handshake_timeout=20,
            websocket_max_message_size=limits.SERVER_FLAG_BYTES,
            websocket_max_frame_size=limits.SERVER_FLAG_BYTES,
            ready_callable=lambda: self._make_ready(ready),
            server_name="warmlijn",
            verbosity=0,
        )
        self._ports: list[Any] = []
        self.failed = False

    def _make_ready(self, ready: Callable[[], None]) -> None:
        self.ws_factory.protocol = PressuredSocket
        self.ws_factory.setProtocolOptions(failByDrop=False, closeHandshakeTimeout=2)
        self.http_factory.buildProtocol = partial(_build_channel, self.http_factory.buildProtocol)
        reactor.callLater(0, ready)  # not callWhenRunning: that comes before the event loop runs

    def listen_success(self, port: Any) -> None:
        """Keep the port, so that draining can close it first."""
        super().listen_success(port)
        self._ports.append(port)

    def listen_error(self, failure: Any) -> None:
        """Without its port the server is of no use."""
        self.failed = True
        super().listen_error(failure)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """As Daphne's, with a receive that gives the line free again, and None when the connection is gone already."""
        if protocol not in self.connections:
            return None
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        receive: Callable[[], Awaitable[dict[str, Any]]] = queue.get
        if isinstance(protocol, PressuredSocket):
            receive = partial(_take, queue, protocol)
        scope.setdefault("asgi", {"version": "3.0"})
        running = self.application(scope, receive, partial(self.handle_reply, protocol))
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(running)
        return queue

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """As Daphne's; a WebSocket frame waits until the network takes it."""
        if isinstance(protocol, PressuredSocket):
            if message["type"] == "websocket.send" and protocol._writable is not None:
                await protocol.wait_until_writable()
            details = self.connections.get(protocol)
            if details is not None and not details.get("disconnected"):
                if (
                    message["type"] == "websocket.send"
                    and protocol.state == protocol.STATE_OPEN
                    and message.get("text")
                ):
                    protocol.send_text(message["text"])
                else:
                    protocol.handle_reply(message)
            return
        await super().handle_reply(protocol, message)

    def kill_all_applications(self) -> Any:
        """Called before the reactor ends (SIGTERM, SIGINT): drain, then let it end."""
        draining = asyncio.ensure_future(self._drain())
        return defer.Deferred.fromFuture(draining)

    async def _drain(self) -> None:
        log.info("draining", sockets=len(get_hub().sockets))
        for port in self._ports:
            port.stopListening()
        try:
            async with asyncio.timeout(settings.DRAIN_SECONDS + 5):
                await get_hub().drain(settings.DRAIN_SECONDS)
        except Exception as problem:
            log.error("drain_failed", problem=type(problem).__name__)
        await self._end_applications()
        log.info("drained")

    async def _end_applications(self) -> None:
        running = [
            details["application_instance"]
            for details in self.connections.values()
            if "application_instance" in details and not details["application_instance"].done()
        ]
        if running:
            _, left = await asyncio.wait(running, timeout=2)
            for application in left:
                application.cancel()
            await asyncio.gather(*left, return_exceptions=True)


def _read_whole_frames(data: bytes) -> list[str] | None:
    """Return the texts of RFC 6455 frames (FIN, text, masked, at most 65,535 bytes) when `data` holds nothing else."""
    size, at, texts = len(data), 0, list[str]()
    while at < size:
        if size - at < 6 or data[at] != 0x81:
            return None
        length, start = data[at + 1] - 0x80, at + 6
        if length == 126 and size - at >= 8:
            length, start = int.from_bytes(data[at + 2 : at + 4]), at + 8
        elif not 0 <= length < 126:
            return None
        at = start + length
        if at > size:
            return None
        mask = (data[start - 4 : start] * (length // 4 + 1))[:length]
        try:
            texts.append((int.from_bytes(data[start:at]) ^ int.from_bytes(mask)).to_bytes(length).decode())
        except UnicodeDecodeError:
            return None
    return texts


def _end_turn(turn: list[PressuredSocket]) -> None:
    writing = turn.copy()
    turn.clear()
    for socket in writing:
        try:
            socket.write_frames()
        except Exception as problem:
            log.info("socket_write_failed", problem=type(problem).__name__)


def _build_channel(build: Callable[[Any], Any], addr: Any) -> Any:
    channel = build(addr)
    channel.requestFactory = BoundedRequest
    return channel


async def _take(queue: asyncio.Queue[dict[str, Any]], protocol: PressuredSocket) -> dict[str, Any]:
    message = await queue.get()
    if protocol._reading_paused:
        protocol.note_taken()
    return message
