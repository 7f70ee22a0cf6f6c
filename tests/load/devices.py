"""The two kinds of device: one speaks wire contract v1 exactly, one the yardstick's plain frames."""

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from tests.load.wire import WebSocketClient, WireProblem, call_rest

HOST = "127.0.0.1"
ACK_EVENTS, ACK_SECONDS, PING_SECONDS = 20, 2.0, 25.0
NAMESPACE = uuid.UUID("8c3f7f0e-55a1-4c0e-9d0b-6f1f5a3f7d11")
# About the length of an ordinary chat message; the number in front tells which message it is.
WORDS = "Fijn dat je er bent vanavond. Hoe ging het vandaag met de verhuizing en met je zus?"


@dataclass
class Seat:
    """One person at one device: who they are, where they connect, and how far this device has read."""

    person: str
    token: str
    conversation: str
    port: int
    cursor: str | None = None
    received: int = 0
    closes: list[int | None] = field(default_factory=list)

    @property
    def device_id(self) -> str:
        return str(uuid.uuid5(NAMESPACE, self.person))


class Audience(Protocol):
    """Who hears what happens to messages: the measuring loops."""

    def on_confirmed(self, number: int) -> None:
        """The sender's device knows that the message is stored."""

    def on_delivered(self, number: int) -> None:
        """The other person's device has the message."""

    def on_refused(self, number: int | None, code: str) -> None:
        """The server answered with an error."""


class Device(WebSocketClient):
    """What the measuring loops know of a device. `by_header`: the token goes with the handshake."""

    def __init__(self, seat: Seat, audience: Audience, by_header: bool) -> None:
        super().__init__(f"{HOST}:{seat.port}", *self.describe_handshake(seat, by_header))
        self.seat = seat
        self.audience = audience
        self.caught_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def describe_handshake(self, seat: Seat, by_header: bool) -> tuple[str, dict[str, str]]:
        """Return the path and the headers of the upgrade."""
        raise NotImplementedError

    async def greet(self, ticket: str | None) -> None:
        """Do what must be done after the upgrade until everything missed is here."""

    def say(self, number: int) -> None:
        """Send message `number` into the seat's conversation."""
        raise NotImplementedError

    def on_gone(self) -> None:
        """Note the close and release whoever waits for the greeting."""
        self.seat.closes.append(self.close_code)
        if not self.caught_up.done():
            self.caught_up.set_exception(WireProblem(f"closed with {self.close_code} before caught up"))
            self.caught_up.exception()


class PlainDevice(Device):
    """The yardstick's client: a body goes out, payloads of the group come in, one's own included."""

    def describe_handshake(self, seat: Seat, by_header: bool) -> tuple[str, dict[str, str]]:
        """Put the token into the query."""
        return f"/ws/chat/{seat.conversation}/?token={seat.token}", {}

    def say(self, number: int) -> None:
        """Send a body; the group's echo is the confirmation."""
        self.send_text(orjson.dumps({"body": f"{number} {WORDS}"}))

    def on_text(self, payload: bytes) -> None:
        """Tell one's own message from the other's."""
        message = orjson.loads(payload)
        number = int(message["body"].split(" ", 1)[0])
        if str(message["sender"]) == self.seat.person:
            self.audience.on_confirmed(number)
        else:
            self.seat.received += 1
            self.audience.on_delivered(number)


class ProductDevice(Device):
    """A client of wire contract v1: hello, cursor rules, acks after 20 events or 2 s, pings."""

    def __init__(self, seat: Seat, audience: Audience, by_header: bool) -> None:
        super().__init__(seat, audience, by_header)
        self.welcome: dict[str, Any] = {}
        self._sent: dict[str, int] = {}
        self._unacknowledged = 0
        self._ack_timer: asyncio.TimerHandle | None = None
        self._ping_timer: asyncio.TimerHandle | None = None
        self._welcomed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._kinds = {"events": self._take_events, "sent": self._take_sent, "error": self._take_error}
        self._kinds |= {"welcome": self._take_welcome, "bye": self._take_bye}

    def describe_handshake(self, seat: Seat, by_header: bool) -> tuple[str, dict[str, str]]:
        """Name the subprotocol; show the token only when no ticket will."""
        headers = {"Sec-WebSocket-Protocol": "warmlijn.v1"}
        return "/ws/v1", headers | ({"Authorization": f"Bearer {seat.token}"} if by_header else {})

    async def greet(self, ticket: str | None) -> None:
        """Say hello; take a snapshot when the server cannot resume; wait until `more` is false."""
        hello = {"type": "hello", "id": "hello", "device_id": self.seat.device_id, "cursor": self.seat.cursor}
        self._send(hello | {"caps": []} | ({"ticket": ticket} if ticket else {}))
        await self._welcomed
        if not self.welcome["resumed"]:
            snapshot = await call_rest(self.seat.port, "GET", "/api/v1/snapshot", self.seat.token)
            self.seat.cursor = str(snapshot["cursor"])
            self._send_sync()
        await self.caught_up
        self._ping_timer = asyncio.get_running_loop().call_later(PING_SECONDS, self._ping)

    def say(self, number: int) -> None:
        """Send a message under a fresh `m`; `sent` is the confirmation."""
        key = str(number)
        self._sent[key] = number
        body = f"{number} {WORDS}"
        where = {"c": self.seat.conversation, "m": str(uuid.uuid4())}
        self._send({"type": "send", "id": key, **where, "body": body})

    def on_text(self, payload: bytes) -> None:
        """Dispatch by type; unknown pushes are ignored as the contract asks."""
        frame = orjson.loads(payload)
        take = self._kinds.get(frame["type"])
        if take is not None:
            take(frame)

    def on_gone(self) -> None:
        """Stop the timers too."""
        for timer in (self._ack_timer, self._ping_timer):
            if timer is not None:
                timer.cancel()
        if not self._welcomed.done():
            self._welcomed.set_exception(WireProblem(f"closed with {self.close_code} before welcome"))
            self._welcomed.exception()
        super().on_gone()

    def acknowledge(self) -> None:
        """Send the cumulative ack, if there is anything to acknowledge."""
        if self._ack_timer is not None:
            self._ack_timer.cancel()
            self._ack_timer = None
        if self._unacknowledged:
            self._unacknowledged = 0
            self._send({"type": "ack", "cursor": self.seat.cursor})

    def _send(self, frame: dict[str, object]) -> None:
        self.send_text(orjson.dumps(frame))

    def _send_sync(self) -> None:
        self._send({"type": "sync", "id": "sync", "cursor": self.seat.cursor})

    def _ping(self) -> None:
        self.acknowledge()
        self._send({"type": "ping", "id": "ping", "cursor": self.seat.cursor})
        self._ping_timer = asyncio.get_running_loop().call_later(PING_SECONDS, self._ping)

    def _take_welcome(self, frame: dict[str, Any]) -> None:
        self.welcome = frame
        self._welcomed.set_result(None)
        cursor = f"{(self.seat.cursor or '').rpartition('.')[0]}.{frame['head']}"
        if frame["resumed"] and not _is_beyond(cursor, self.seat.cursor):
            self.caught_up.set_result(None)

    def _take_events(self, frame: dict[str, Any]) -> None:
        if frame["from"] != self.seat.cursor:
            if _is_beyond(frame["to"], self.seat.cursor):
                self._send_sync()
            return
        self.seat.cursor = frame["to"]
        events = frame["ev"]
        for event in events:
            if event["kind"] == "msg.new" and event["sender"] != self.seat.person:
                self.seat.received += 1
                self.audience.on_delivered(int(event["body"].split(" ", 1)[0]))
        if not frame["more"] and not self.caught_up.done():
            self.caught_up.set_result(None)
        self._note_unacknowledged(len(events))

    def _note_unacknowledged(self, count: int) -> None:
        self._unacknowledged += count
        if self._unacknowledged >= ACK_EVENTS:
            self.acknowledge()
        elif self._unacknowledged and self._ack_timer is None:
            self._ack_timer = asyncio.get_running_loop().call_later(ACK_SECONDS, self.acknowledge)

    def _take_sent(self, frame: dict[str, Any]) -> None:
        self.audience.on_confirmed(self._sent.pop(frame["re"]))

    def _take_error(self, frame: dict[str, Any]) -> None:
        self.audience.on_refused(self._sent.pop(frame.get("re", ""), None), frame["code"])

    def _take_bye(self, frame: dict[str, Any]) -> None:
        self.close_code = frame["code"]


def _is_beyond(cursor: str, mine: str | None) -> bool:
    """Compare two cursors of one epoch by position; another epoch is always worth a sync."""
    epoch, _, position = cursor.rpartition(".")
    my_epoch, _, my_position = (mine or "").rpartition(".")
    return epoch != my_epoch or int(position) > int(my_position)
