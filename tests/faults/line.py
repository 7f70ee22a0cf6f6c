"""One socket of one device, from hello to its end (PROTOCOL.md section 3)."""

import asyncio
import itertools
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

ACK_EVENTS = 20
ACK_SECONDS = 2.0
ANSWER_SECONDS = 5.0
# What faults and closed gates may lead to. Anything else, a bug of the server's above all, is noted as odd.
EXPECTED_ERRORS = frozenset(
    {"server.unavailable", "server.overloaded", "expert.outside_window", "conv.not_found", "sync.reset_required"}
)

Frame = dict[str, Any]


class LineEnded(Exception):
    """The socket is over: the close code, and how long the server asked to wait."""

    def __init__(self, code: int, reason: str, retry_after: float | None = None) -> None:
        super().__init__(f"{code} {reason}")
        self.code, self.reason, self.retry_after = code, reason, retry_after


class Owner(Protocol):
    """What a line asks of the device that owns it."""

    cursor: str | None

    def apply(self, frame: Frame) -> bool: ...
    def note_odd(self, what: str) -> None: ...
    async def start_over(self) -> str: ...
    async def flush(self, line: "Line") -> None: ...


@dataclass(eq=False)
class Line:
    """Greets, reads, acknowledges and pings; the owner applies events and flushes its outbox."""

    socket: ClientConnection
    owner: Owner
    ping_every: float
    tap: Callable[[str, Frame], None]
    answers: dict[str, asyncio.Future[Frame]] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    is_welcome: bool = False
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _goodbye: LineEnded | None = None
    _unacknowledged: int = 0
    _sync_asked_at: float | None = None

    async def talk(self, hello: Frame, on_ready: Callable[[], None]) -> None:
        """Stay on the line until it ends. Raises: LineEnded."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                welcome = await self._greet(hello)
            self.is_welcome = True
            if not welcome["resumed"]:
                await self._reset()
            on_ready()
            await _run_until_first_ends(self._read(), self._tend(), self.owner.flush(self))
        except ConnectionClosed as closed:
            raise self._goodbye or LineEnded(closed.rcvd.code if closed.rcvd else 1006, "closed") from closed
        except TimeoutError as late:
            raise LineEnded(1006, "no answer") from late

    async def hang_up(self) -> None:
        """Acknowledge what is persisted and close."""
        await self._acknowledge()
        await self.socket.close()

    async def ask(self, frame: Frame) -> Frame:
        """Send a request and wait for its answer. Raises: TimeoutError, ConnectionClosed."""
        name = str(next(self._numbers))
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self.answers[name], self.asked[name] = answer, frame["type"]
        try:
            await self.say(frame | {"id": name})
            # Not wait_for: until Python 3.12 it forgets a cancellation that comes together with the answer.
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        finally:
            del self.answers[name], self.asked[name]

    async def say(self, frame: Frame) -> None:
        """Send one frame."""
        self.tap("out", frame)
        await self.socket.send(json.dumps(frame, ensure_ascii=False))

    async def _greet(self, hello: Frame) -> Frame:
        await self.say(hello | {"type": "hello", "id": "hello", "cursor": self.owner.cursor})
        welcome = await self._receive()
        while welcome["type"] != "welcome":
            self._notice(welcome)
            welcome = await self._receive()
        return welcome

    async def _read(self) -> None:
        while True:
            await self._take(await self._receive())

    async def _receive(self) -> Frame:
        frame: Frame = json.loads(await self.socket.recv())
        self.tap("in", frame)
        if frame["type"] == "error" and frame["code"] not in EXPECTED_ERRORS:
            self.owner.note_odd(f"{frame['code']} for {self.asked.get(frame.get('re', ''), 'an abandoned request')}")
        return frame

    async def _take(self, frame: Frame) -> None:
        answer = self.answers.get(frame.get("re", ""))
        if frame["type"] == "events":
            await self._take_events(frame)
        elif answer is not None and not answer.done():
            answer.set_result(frame)
        else:
            await self._take_push(frame)

    async def _take_events(self, frame: Frame) -> None:
        if "re" in frame:
            self._sync_asked_at = None
        if not self.owner.apply(frame):
            await self._sync()
            return
        self._unacknowledged += len(frame["ev"])
        if self._unacknowledged >= ACK_EVENTS:
            await self._acknowledge()

    async def _take_push(self, frame: Frame) -> None:
        if frame["type"] == "error" and frame["code"] == "sync.reset_required":
            await self._reset()
        elif frame["type"] == "error" and frame.get("re") == "sync":
            await asyncio.sleep(frame.get("retry_after_ms", 500) / 1000)
            self._sync_asked_at = None
            await self._sync()
        self._notice(frame)

    def _notice(self, frame: Frame) -> None:
        """Remember a goodbye; Daphne drops the reason of the close frame that follows."""
        if frame["type"] == "bye":
            wait = frame.get("retry_after_ms")
            self._goodbye = LineEnded(frame["code"], frame["reason"], wait / 1000 if wait else None)

    async def _reset(self) -> None:
        self.owner.cursor = await self.owner.start_over()
        self._sync_asked_at = None
        await self._sync()

    async def _sync(self) -> None:
        """Ask for what is missing, once at a time."""
        if self._sync_asked_at is None:
            self._sync_asked_at = _now()
            await self.say({"type": "sync", "id": "sync", "cursor": self.owner.cursor})

    async def _acknowledge(self) -> None:
        if self._unacknowledged and self.owner.cursor is not None:
            self._unacknowledged = 0
            await self.say({"type": "ack", "cursor": self.owner.cursor})

    async def _tend(self) -> None:
        """Acknowledge every 2 s, ping every `ping_every` seconds."""
        since_ping = 0.0
        while True:
            await asyncio.sleep(ACK_SECONDS)
            since_ping += ACK_SECONDS
            if self._sync_asked_at is not None and _now() - self._sync_asked_at > ANSWER_SECONDS:
                raise TimeoutError
            await self._acknowledge()
            if since_ping >= self.ping_every:
                since_ping = 0.0
                await self.ask({"type": "ping", "cursor": self.owner.cursor})


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _run_until_first_ends(*parts: Coroutine[Any, Any, None]) -> None:
    """Run side by side; when one ends, stop the others and raise what it raised."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
