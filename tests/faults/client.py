"""A device that keeps PROTOCOL.md section 3 to the letter and journals all it sends, hears and applies."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Origin, Subprotocol

from tests.faults import journal as j
from tests.faults.line import Frame, Line, LineEnded
from tests.faults.outbox import Draft, Outbox
from tests.faults.proxy import LOOPBACK
from tests.faults.rest import Account, Rest, RestRefused

ORIGIN = "https://app.warmlijn.example"
SUBPROTOCOL = "warmlijn.v1"
REPLACED = 4303
MESSAGE_FIELDS = ("c", "seq", "mid", "sender", "body", "m", "upto")
LINE_BREAKAGES = (OSError, TimeoutError, InvalidHandshake, InvalidMessage, ConnectionClosed)
BREAKAGES = (*LINE_BREAKAGES, httpx.HTTPError, RestRefused)


def ignore_frame(direction: str, frame: Frame) -> None:
    """Tap that looks at nothing."""


@dataclass(frozen=True)
class Habits:
    """How this device differs from the next: a browser takes tickets and names an Origin.

    `tap` sees every frame, as "out" or "in"; what it asserts in vain is journaled as odd.
    """

    is_browser: bool = False
    ping_every: float = 25.0
    tap: Callable[[str, Frame], None] = ignore_frame


@dataclass(eq=False)
class Device:
    """One installation of the app: its cursor, its outbox, its journal, one line at a time."""

    account: Account
    name: str
    doors: Sequence[int]
    rest: Rest
    journal: j.Journal
    random: Random
    habits: Habits = Habits()
    cursor: str | None = None
    outbox: Outbox = field(default_factory=Outbox)
    newest: dict[str, int] = field(default_factory=dict)
    is_live: bool = False
    _life: asyncio.Task[None] | None = None
    _line: Line | None = None
    _door: int = 0
    _failures: int = 0
    _late_greetings: int = 0

    @property
    def position(self) -> int:
        """Return the position in the cursor, 0 before the first."""
        return parse_cursor(self.cursor)[1] if self.cursor else 0

    def open(self) -> None:
        """Start the app: connect, and reconnect as the close codes say, until `close`."""
        if self._life is None:
            self._life = asyncio.ensure_future(self._live())

    async def close(self) -> None:
        """Close the app; cursor and outbox stay. Raises what broke in the client itself."""
        life, self._life = self._life, None
        if life is None:
            return
        if self._line is not None and self.is_live:
            with suppress(TimeoutError, ConnectionClosed):
                await asyncio.wait_for(self._line.hang_up(), 2)
        life.cancel()
        (result,) = await asyncio.gather(life, return_exceptions=True)
        if isinstance(result, Exception):
            raise result

    def write(self, draft: Draft) -> None:
        """Press send."""
        self.outbox.put(draft)

    async def mark_read(self, c: str) -> None:
        """Say that the person has read what the device shows; a lost answer is no matter."""
        if self._line is not None and self.is_live and c in self.newest:
            with suppress(TimeoutError, ConnectionClosed):
                await self._line.ask({"type": "read", "c": c, "upto": self.newest[c]})

    async def _live(self) -> None:
        while True:
            pause = await self._connect_once()
            self.is_live = False
            await asyncio.sleep(pause)

    async def _connect_once(self) -> float:
        """Hold one line until it ends; return the seconds to wait before the next."""
        self._door = self.random.choice(self.doors)
        try:
            await self._hold_line()
        except LineEnded as end:
            self._note("ended", f"{end.code} {end.reason}")
            return self.pause_after(end)
        except BREAKAGES as broken:
            self._note("broken", f"{type(broken).__name__} {broken}")
        self._failures += 1
        return self._jitter()

    async def _hold_line(self) -> None:
        hello: Frame = {"device_id": self.name, "caps": []}
        if self.habits.is_browser:
            hello["ticket"] = await self.rest.fetch_ticket(self._door, self.account)
        socket = await self._dial()
        self._line = Line(socket, self, self.habits.ping_every, self._tap)
        try:
            await self._line.talk(hello, self._on_ready)
        finally:
            self._late_greetings += not self._line.is_welcome
            socket.transport.abort()
            await socket.wait_closed()

    async def _dial(self) -> ClientConnection:
        bearer = {"Authorization": f"Bearer {self.account.token}"}
        return await connect(
            f"ws://{LOOPBACK}:{self._door}/ws/v1",
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            origin=Origin(ORIGIN) if self.habits.is_browser else None,
            additional_headers=None if self.habits.is_browser else bearer,
            open_timeout=5,
            close_timeout=1,
            ping_interval=None,
            compression=None,
            proxy=None,
        )

    def _on_ready(self) -> None:
        self.is_live = True
        self._failures = 0
        self._note("open", str(self._door))

    def pause_after(self, end: LineEnded) -> float:
        """Read the close code as PROTOCOL.md's closes say; who is sent away opens the app again by hand.

        A greeting that this device gave up may still be read by a server that stood still, which seats it and sends
        away the device's living socket, once: it looks like the newest socket of the device.
        """
        if end.code == REPLACED and self._late_greetings:
            self._late_greetings -= 1
            return 3.0
        if 4300 <= end.code <= 4399:
            self.note_odd(f"sent away for good: {end}")
            return 3.0
        if 4200 <= end.code <= 4299:
            return (end.retry_after or 2.0) + self._jitter()
        self._failures += 0 if 4000 <= end.code <= 4199 else 1
        return (end.retry_after or 0.0) + self._jitter()

    def _jitter(self) -> float:
        return self.random.uniform(0.05, 0.3) * min(1 << self._failures, 8)

    def apply(self, frame: Frame) -> bool:
        """Apply a batch that continues the cursor, drop an old one; return False when one is missing."""
        if frame["from"] == self.cursor:
            for event in frame["ev"]:
                self._journal_event(frame["to"], event)
            self.cursor = frame["to"]
            return True
        return self.cursor is not None and not is_beyond(frame["to"], self.cursor)

    def _tap(self, direction: str, frame: Frame) -> None:
        try:
            self.habits.tap(direction, frame)
        except AssertionError as unpublished:
            self.note_odd(str(unpublished))

    def note_odd(self, what: str) -> None:
        """Journal what no fault explains."""
        self._write(j.Odd, what=what)

    async def start_over(self) -> str:
        """Take a snapshot and the history below it; return the snapshot's cursor."""
        snapshot = await self.rest.fetch_snapshot(self._door, self.account)
        counts = tuple((c["id"], c["last_seq"], c["visible_upto"]) for c in snapshot["conversations"])
        self._write(j.SnapshotTaken, cursor=snapshot["cursor"], conversations=counts)
        for c, _, _ in counts:
            await self.read_history(c)
        return str(snapshot["cursor"])

    async def read_history(self, c: str) -> None:
        """Read a conversation from its first message on."""
        after, more = 0, True
        while more:
            page = await self.rest.fetch_page(self._door or self.doors[0], self.account, c, after)
            for message in page["messages"]:
                fields = {name: message[name] for name in ("seq", "mid", "sender", "body")}
                self._write(j.HistoryRead, c=c, **fields)
                self._notice_seq(c, message["seq"])
                after = max(after, message["seq"])
            more = page["more"]

    async def flush(self, line: Line) -> None:
        """Send the outbox in order, one at a time; only an answer settles a draft."""
        while True:
            draft = await self.outbox.wait_for_first()
            await asyncio.sleep(await self._submit(line, draft))

    async def _submit(self, line: Line, draft: Draft) -> float:
        """Send one draft once; return the seconds to wait before the next step."""
        self._write(j.Attempted, c=draft.c, m=draft.m, body=draft.body, route=draft.route)
        answer = None
        try:
            answer = await (self._post(draft) if draft.route == "rest" else self._say(line, draft))
        except httpx.HTTPError:
            return 0.3
        finally:
            if answer is None:
                self._write(j.Unanswered, m=draft.m, reason="silence")
        return self._settle(draft, answer)

    async def _say(self, line: Line, draft: Draft) -> Frame:
        return await line.ask({"type": "send", "c": draft.c, "m": draft.m, "body": draft.body})

    async def _post(self, draft: Draft) -> Frame:
        """Put a REST answer into the words of the socket."""
        answer = await self.rest.send(self._door, self.account, draft.c, draft.m, draft.body)
        if answer.is_success:
            return answer.body | {"type": "sent"}
        if answer.status == 500:
            self.note_odd(f"500 {answer.body.get('code')} for a message by REST")
        retry = "same" if answer.status >= 500 or answer.status == 429 else "never"
        return {"retry": retry, "code": "server.silent"} | answer.body | {"type": "error"}

    def _settle(self, draft: Draft, answer: Frame) -> float:
        if answer["type"] == "sent":
            self._write(
                j.Acknowledged,
                **{name: answer[name] for name in ("c", "m", "dup", "seq", "mid")},
                state=answer["status"],
            )
            self.outbox.settle(draft.m)
            return 0.0
        return self._settle_error(draft, str(answer["code"]), answer)

    def _settle_error(self, draft: Draft, code: str, answer: Frame) -> float:
        """A server's own failure leaves the outcome open: the commit may have happened."""
        final = answer["retry"] == "never"
        if code.startswith("server.") and not final:
            self._write(j.Unanswered, m=draft.m, reason=code)
        else:
            self._write(j.Refused, c=draft.c, m=draft.m, code=code, final=final)
        if final:
            self.outbox.settle(draft.m)
        return 0.0 if final else float(answer.get("retry_after_ms") or 300) / 1000

    def _journal_event(self, cursor: str, event: dict[str, Any]) -> None:
        fields = {name: event[name] for name in MESSAGE_FIELDS if name in event}
        if event["kind"] == "msg.new":
            self._notice_seq(event["c"], event["seq"])
        epoch, _ = parse_cursor(cursor)
        self._write(j.Applied, epoch=epoch, pos=event["pos"], kind=event["kind"], **fields)

    def _notice_seq(self, c: str, seq: int) -> None:
        self.newest[c] = max(seq, self.newest.get(c, 0))

    def _note(self, what: str, detail: str) -> None:
        self._write(j.LineChanged, what=what, detail=detail)

    def _write(self, entry: type[j.Entry], /, **fields: Any) -> None:
        at = asyncio.get_running_loop().time()
        self.journal.write(entry(at=at, device=self.name, user=self.account.id, **fields))


def parse_cursor(cursor: str) -> tuple[str, int]:
    """Split a cursor into epoch and position."""
    epoch, _, position = cursor.rpartition(".")
    return epoch, int(position)


def is_beyond(cursor: str, other: str) -> bool:
    """Say whether a cursor lies beyond another; one of another epoch always does."""
    (epoch, position), (other_epoch, other_position) = parse_cursor(cursor), parse_cursor(other)
    return epoch != other_epoch or position > other_position
