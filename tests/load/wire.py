"""A light WebSocket client (RFC 6455) and a light HTTP client: the generator must never be the limit.

Client frames are masked as the RFC asks, no extension is offered, fragments and pings are understood.
"""

import asyncio
import base64
import hashlib
import os
from typing import cast

import orjson

ACCEPT_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CONTINUATION, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10


class WireProblem(Exception):
    """The other side broke the protocol, refused the handshake or went away."""


def encode_frame(opcode: int, payload: bytes) -> bytes:
    """Return one final, masked client frame."""
    size = len(payload)
    if size < 126:
        head = bytes((0x80 | opcode, 0x80 | size))
    elif size < 65536:
        head = bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2)
    else:
        head = bytes((0x80 | opcode, 0xFF)) + size.to_bytes(8)
    mask = os.urandom(4)
    key = (mask * (size // 4 + 1))[:size]
    return head + mask + (int.from_bytes(payload) ^ int.from_bytes(key)).to_bytes(size)


class Frames:
    """Cuts a byte stream from a server into frames."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[tuple[bool, int, bytes]]:
        """Return the frames that are complete now, as (final, opcode, payload). Raises WireProblem."""
        if self._rest:
            data = self._rest + data
        frames: list[tuple[bool, int, bytes]] = []
        at, size = 0, len(data)
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length > 125:
                start, length = _read_long_size(data, at, length)
            end = start + length
            if end > size:
                break
            frames.append((data[at] > 127, data[at] & 15, data[start:end]))
            at = end
        self._rest = data[at:]
        return frames


def _read_long_size(data: bytes, at: int, length: int) -> tuple[int, int]:
    """Return where the payload starts and how long it is; a size that is not here yet is too long to be."""
    if length > 127:
        raise WireProblem("a server must not mask its frames")
    start = at + (4 if length == 126 else 10)
    return start, int.from_bytes(data[at + 2 : start]) if len(data) >= start else len(data)


class WebSocketClient(asyncio.Protocol):
    """One socket. Subclasses say in `on_text` what a text frame means."""

    transport: asyncio.Transport

    def __init__(self, host: str, path: str, headers: dict[str, str]) -> None:
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[int | None] = loop.create_future()
        self.close_code: int | None = None
        self._key = base64.b64encode(os.urandom(16))
        self._request = _write_handshake(host, path, self._key.decode(), headers)
        self._greeting = b""
        self._frames = Frames()
        self._fragments: list[bytes] = []

    def on_text(self, payload: bytes) -> None:
        """Take a whole text message."""
        raise NotImplementedError

    def on_gone(self) -> None:
        """Hear that the connection ended, whoever ended it."""

    def send_text(self, payload: bytes) -> None:
        """Send a text message in one frame; on a connection that is gone, nothing (`closed` tells)."""
        if not self.transport.is_closing():
            self.transport.write(encode_frame(TEXT, payload))

    def close(self) -> None:
        """Say goodbye with 1000 and end the connection."""
        if not self.transport.is_closing():
            self.transport.write(encode_frame(CLOSE, (1000).to_bytes(2)))
            self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take the upgrade's answer first, then frames."""
        if not self.opened.done():
            data = self._take_greeting(data)
        if data:
            for final, opcode, payload in self._frames.feed(data):
                if opcode == TEXT and final:
                    self.on_text(payload)
                else:
                    self._take_other_frame(final, opcode, payload)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        if not self.opened.done():
            self.opened.set_exception(WireProblem(f"closed before the upgrade: {exc!r}"))
        if not self.closed.done():
            self.closed.set_result(self.close_code)
        self.on_gone()

    def _take_greeting(self, data: bytes) -> bytes:
        self._greeting += data
        head, found, rest = self._greeting.partition(b"\r\n\r\n")
        if not found:
            return b""
        expected = base64.b64encode(hashlib.sha1(self._key + ACCEPT_SUFFIX, usedforsecurity=False).digest())
        if not head.startswith(b"HTTP/1.1 101") or expected not in head:
            self.opened.set_exception(WireProblem(head.split(b"\r\n", 1)[0].decode(errors="replace")))
            self.transport.abort()
            return b""
        self.opened.set_result(None)
        return rest

    def _take_other_frame(self, final: bool, opcode: int, payload: bytes) -> None:
        if opcode in (TEXT, CONTINUATION):
            self._fragments.append(payload)
            if final:
                whole, self._fragments = b"".join(self._fragments), []
                self.on_text(whole)
        elif opcode == PING:
            self.transport.write(encode_frame(PONG, payload))
        elif opcode == CLOSE:
            self.close_code = int.from_bytes(payload[:2]) if len(payload) > 1 else 1005
            self.transport.write(encode_frame(CLOSE, payload[:2]))
            self.transport.close()


def _write_handshake(host: str, path: str, key: str, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


async def call_rest(port: int, method: str, path: str, token: str, body: object = None) -> dict[str, object]:
    """Return the JSON of a 2xx answer. HTTP/1.0, so that an answer simply ends. Raises WireProblem."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    content = b"" if body is None else orjson.dumps(body)
    head = f"{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    writer.write(head.encode() + content)
    answer = await reader.read()
    writer.close()
    status, _, rest = answer.partition(b"\r\n")
    if not status.split(b" ", 2)[1:2] or not status.split(b" ", 2)[1].startswith(b"2"):
        raise WireProblem(f"{method} {path}: {status.decode(errors='replace')}")
    result: dict[str, object] = orjson.loads(rest.partition(b"\r\n\r\n")[2])
    return result
