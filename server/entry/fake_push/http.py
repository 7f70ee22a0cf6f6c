"""A bare HTTP/1.1 server: requests with a body of known length, answers at once, later, cut short or never.

Made for one purpose: to answer well over 1,500 requests a second on half a core, so that a load test measures the
client. It listens on loopback and trusts whoever calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import orjson

MAX_REQUEST_BYTES: Final = 1024 * 1024
_JSON: Final = "application/json; charset=UTF-8"
_REASONS: Final = {int(one): one.phrase for one in HTTPStatus}


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A whole request; names of headers in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What goes back: after `delay` seconds; `keep` bytes of it at most before the line is cut (None: all of it)."""

    status: int = 200
    body: bytes = b""
    content_type: str = _JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    keep: int | None = None

    def encode(self) -> bytes:
        """Return it as it goes over the wire."""
        lines = [
            f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Unknown')}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


def answer_json(value: object, status: int = 200, **headers: str) -> HttpAnswer:
    """Return an answer that holds JSON."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpAnswer(status, orjson.dumps(value), headers=named)


Handle = Callable[[HttpRequest], HttpAnswer]


class Connection(asyncio.Protocol):
    """One caller's connection: one request after the other."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def connection_lost(self, problem: Exception | None) -> None:
        """Forget it."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole by now."""
        self._buffer += data
        if len(self._buffer) > MAX_REQUEST_BYTES:
            self._cut()
            return
        while not self._waiting and self._transport is not None and self._step():
            pass

    def _step(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        whole = end + 4 + int(headers.get("content-length") or 0)
        if len(self._buffer) < whole:
            return False
        body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
        method, target, _ = first.split(" ", 2)
        path, _, query = target.partition("?")
        self._answer(self._handle(HttpRequest(method, path, query, headers, body)))
        return True

    def _answer(self, answer: HttpAnswer) -> None:
        if answer.delay:
            self._waiting = True
            asyncio.get_running_loop().call_later(answer.delay, self._write_late, answer)
        else:
            self._write(answer)

    def _write_late(self, answer: HttpAnswer) -> None:
        self._waiting = False
        self._write(answer)
        self.data_received(b"")

    def _write(self, answer: HttpAnswer) -> None:
        if self._transport is None:
            return
        self._transport.write(answer.encode()[: answer.keep])
        if answer.keep is not None:
            self._cut()

    def _cut(self) -> None:
        if self._transport is not None:
            self._transport.close()
            self._transport = None


async def listen(handle: Handle, port: int) -> asyncio.Server:
    """Serve on 127.0.0.1, on a free port when `port` is 0."""
    return await asyncio.get_running_loop().create_server(lambda: Connection(handle), "127.0.0.1", port, backlog=1024)
