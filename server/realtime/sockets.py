"""One connected socket: who it speaks for, how far it was sent, how much more it may be sent, and its way out."""

from __future__ import annotations

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from typing import Any

from django.conf import settings

from server.foundation.clock import format_instant, read_clock, read_monotonic
from server.foundation.errors import WarmlijnError
from server.foundation.ids import make_id
from server.foundation.json_codec import encode
from server.foundation.logs import get_logger
from server.foundation.rates import SOCKET_FRAME_BURST, SOCKET_FRAMES_PER_SECOND
from server.ports.socket_door import Identity
from server.realtime import limits
from server.realtime.closes import PROTOCOL_ERROR, SLOW_CONSUMER, Close

log = get_logger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
PlacedItem = tuple[int, bytes]


class Socket:
    """State of one connection. Everything here runs on the event loop; nothing here waits.

    `sent_pos` is the position up to which events were handed to the network; `acked_pos` what the device has
    persisted; the difference, in events and bytes, is bounded by the credit.
    """

    __slots__ = (
        "_backlog", "_backlog_bytes", "_congested_since", "_frames", "_frames_at", "_send", "_window",
        "acked_pos", "bad_frames", "catching_up", "closed", "device_id", "epoch", "following", "id", "identity",
        "in_flight", "last_heard", "room_for_requests", "sent_pos", "starved_since", "typed_at", "wanted_pos",
        "window_bytes", "window_events",
    )  # fmt: skip

    def __init__(self, send: Send) -> None:
        self.id = str(make_id())
        self._send = send
        self.identity: Identity | None = None
        self.device_id = ""
        self.epoch = ""
        self.sent_pos = self.acked_pos = self.wanted_pos = 0
        self.following = self.catching_up = self.closed = False
        self._window: deque[tuple[int, int, int]] = deque()
        self.window_events = self.window_bytes = 0
        self.starved_since: float | None = None
        self._congested_since: float | None = None
        self._backlog: list[str] = []
        self._backlog_bytes = 0
        self.in_flight = self.bad_frames = 0
        self.room_for_requests: asyncio.Event | None = None
        self._frames, self._frames_at = float(SOCKET_FRAME_BURST), read_monotonic()
        self.last_heard = self._frames_at
        self.typed_at: dict[str, tuple[float, bool]] = {}

    @property
    def user_id(self) -> str:
        """The user that this socket speaks for; empty before the greeting."""
        return self.identity.user_id if self.identity else ""

    @property
    def session_id(self) -> str:
        """The session that this socket was opened with; empty before the greeting."""
        return self.identity.session_id if self.identity else ""

    @property
    def cursor(self) -> str:
        """Where this socket was sent to, as the wire writes it."""
        return f"{self.epoch}.{self.sent_pos}"

    # --- what goes out

    def offer(self, frame: bytes) -> None:
        """Send a frame without waiting; behind a congested line it joins a bounded backlog, then the socket closes."""
        if self.closed:
            return
        if self._congested_since is None:
            self._step(self._send({"type": "websocket.send", "text": frame.decode()}))
            return
        self._backlog.append(frame.decode())
        self._backlog_bytes += len(frame)
        if self._backlog_bytes > limits.BACKLOG_BYTES:
            self.close(SLOW_CONSUMER)

    def answer(self, request_id: object, kind: str, fields: dict[str, Any]) -> None:
        """Answer one request."""
        self.offer(encode({"type": kind, "re": request_id} | fields))

    def refuse(self, request_id: object, error: WarmlijnError) -> None:
        """Answer one request, or the line itself, with an error."""
        shown = {"type": "error"} | ({} if request_id is None else {"re": request_id}) | error.describe()
        self.offer(encode(shown))

    def close(self, why: Close) -> None:
        """Say bye and close. Nothing is sent afterwards."""
        if self.closed:
            return
        bye = {"type": "bye", "code": why.code, "reason": why.reason, "retry_after_ms": why.retry_after_ms}
        if self._congested_since is None:
            self.offer(encode(bye))
        self.closed, self.following = True, False
        self._backlog.clear()
        self._step(self._send({"type": "websocket.close", "code": why.code}))
        log.info("socket_closed", socket=self.id, person=self.user_id, close_code=why.code)

    def abandon(self) -> None:
        """Note that the other side is gone."""
        self.closed, self.following = True, False
        self._backlog.clear()
        if self.room_for_requests is not None:
            self.room_for_requests.set()

    def send_events(self, items: Sequence[PlacedItem], upto: int, head: int, request_id: object = None) -> None:
        """Send events in frames of at most BATCH_OUT_BYTES; the last frame reaches `upto`. Uses credit, and stops
        where its bytes are used up: `sent_pos` says how far it came."""
        start = 0
        while True:
            end, size = start, 0
            while end < len(items) and (end == start or size + len(items[end][1]) < limits.BATCH_OUT_BYTES - 512):
                size += len(items[end][1]) + 1
                end += 1
            to = upto if end == len(items) else items[end - 1][0]
            self._send_batch([item for _, item in items[start:end]], to, to < head, request_id)
            start, request_id = end, None
            if end >= len(items) or not self._has_byte_credit():
                return

    def _send_batch(self, items: list[bytes], to: int, more: bool, request_id: object) -> None:
        frame = b'{"type":"events",%b"from":"%b.%d","to":"%b.%d","more":%b,"ev":[%b]}' % (
            b'"re":%b,' % encode(request_id) if request_id is not None else b"",
            self.epoch.encode(),
            self.sent_pos,
            self.epoch.encode(),
            to,
            b"true" if more else b"false",
            b",".join(items),
        )
        self._window.append((to, len(items), len(frame)))
        self.window_events += len(items)
        self.window_bytes += len(frame)
        self.sent_pos = to
        self.offer(frame)

    # --- credit

    def credit_events(self) -> int:
        """How many more events may be sent now; 0 while the line is congested."""
        if self._congested_since is not None or not self._has_byte_credit():
            return 0
        return max(0, limits.CREDIT_EVENTS - self.window_events)

    def _has_byte_credit(self) -> bool:
        return self.window_bytes <= limits.CREDIT_BYTES - limits.BATCH_OUT_BYTES  # one more frame fits

    def take_ack(self, pos: int) -> None:
        """Give back the credit of what is persisted on the device up to `pos`."""
        self.acked_pos = max(self.acked_pos, pos)
        while self._window and self._window[0][0] <= pos:
            _, events, size = self._window.popleft()
            self.window_events -= events
            self.window_bytes -= size
        self.starved_since = None

    def restart_from(self, epoch: str, pos: int) -> None:
        """Follow the log from here: after the greeting, or after the client has synced."""
        self.epoch, self.sent_pos, self.acked_pos = epoch, pos, pos
        self._window.clear()
        self.window_events = self.window_bytes = 0
        self.following, self.starved_since = True, None

    # --- what comes in

    def hear(self) -> bool:
        """Note a frame; False when frames come faster than a person or an outbox can make them."""
        now = read_monotonic()
        if not settings.RATE_LIMITS:
            self.last_heard = now
            return True
        self._frames = min(float(SOCKET_FRAME_BURST), self._frames + (now - self._frames_at) * SOCKET_FRAMES_PER_SECOND)
        self._frames_at = self.last_heard = now
        self._frames -= 1
        return self._frames >= 0

    def note_bad_frame(self) -> None:
        """Count a malformed frame; too many in one connection end it."""
        self.bad_frames += 1
        if self.bad_frames >= limits.BAD_FRAMES:
            self.close(PROTOCOL_ERROR)

    def is_stuck(self, now: float) -> bool:
        """Tell whether the device acknowledges nothing, or the network takes nothing, for too long."""
        starved = self.starved_since is not None and now - self.starved_since > limits.STARVED_SECONDS
        congested = self._congested_since is not None and now - self._congested_since > limits.CONGESTED_SECONDS
        return starved or congested

    def begin_request(self) -> None:
        """Count a request that is answered later."""
        self.in_flight += 1

    def end_request(self) -> None:
        """Count its answer; reading goes on when the queue has room."""
        self.in_flight -= 1
        if self.room_for_requests is not None:
            self.room_for_requests.set()

    async def wait_for_room(self) -> None:
        """Return when fewer than INBOUND_QUEUE requests are unanswered: until then the line is not read."""
        while self.in_flight >= limits.INBOUND_QUEUE and not self.closed:
            if self.room_for_requests is None:
                self.room_for_requests = asyncio.Event()
            self.room_for_requests.clear()
            await self.room_for_requests.wait()

    # --- the way out: stepped by hand, because a task for each frame would cost more than the frame

    def _step(self, sending: Awaitable[None]) -> None:
        coroutine: Coroutine[Any, None, None] = sending  # type: ignore[assignment]
        try:
            waited_for = coroutine.send(None)
        except StopIteration:
            return
        except Exception as problem:
            log.info("socket_lost", socket=self.id, problem=type(problem).__name__)
            self.abandon()
            return
        # The line is congested: let a task finish this frame, and keep the others back meanwhile.
        if self._congested_since is None:
            self._congested_since = read_monotonic()
        asyncio.get_running_loop().create_task(self._finish(coroutine, waited_for))

    async def _finish(self, coroutine: Coroutine[Any, None, None], waited_for: Any) -> None:
        try:
            await _resume(coroutine, waited_for)
            while self._backlog and not self.closed:
                frame = self._backlog.pop(0)
                self._backlog_bytes -= len(frame)
                await self._send({"type": "websocket.send", "text": frame})
        except Exception as problem:
            log.info("socket_lost", socket=self.id, problem=type(problem).__name__)
            self.abandon()
        self._congested_since = None
        self._backlog_bytes = 0


@types.coroutine
def _resume(coroutine: Coroutine[Any, None, None], waited_for: Any) -> Generator[Any, None, None]:
    """Go on awaiting a coroutine that was stepped once by hand."""
    while True:
        yield waited_for
        try:
            waited_for = coroutine.send(None)
        except StopIteration:
            return


def write_server_time() -> str:
    """Return this instant as the wire writes it."""
    return format_instant(read_clock())
