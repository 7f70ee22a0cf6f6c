"""The hub of one process: local sockets by user, and how what was committed reaches them.

Sockets join no groups. A commit in this process hands its events to local sockets directly; every other way a log
can grow ends in a contentless hint, and the hub reads what the hinted local users miss, grouped into one query.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.foundation.clock import read_clock, read_monotonic
from server.foundation.errors import Overloaded, WarmlijnError
from server.foundation.ids import make_id
from server.foundation.json_codec import encode
from server.foundation.logs import get_logger
from server.foundation.rate_limits import get_limiter
from server.ports.gates import GateFreshener
from server.ports.receipts import ReceiptTaker
from server.ports.socket_door import SocketDoor
from server.realtime.actions.sockets import Greeted, HelloAsk, close_sockets, open_sockets
from server.realtime.announcing import add_announcer, remove_announcer
from server.realtime.closes import BY_SESSION_END, DRAIN, REPLACED, SERVER_ERROR, SIGNED_OUT
from server.realtime.commands import CommandTable
from server.realtime.grouped import GroupedCalls
from server.realtime.keeping import Keeper
from server.realtime.limits import CREDIT_EVENTS
from server.realtime.pokes import PokeBus
from server.realtime.queries import Missed, MissedAsk, Position, read_missed, read_positions
from server.realtime.sockets import PlacedItem, Socket

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """New events of one user's log: the log stood at `after` and now stands at `head`.

    `items` are all of them, rendered; none when they must be read.
    """

    user_id: str
    epoch: str
    after: int
    items: Sequence[PlacedItem]
    head: int


class Hub:
    """One per process. Everything here runs on the event loop; database work goes through the grouped calls."""

    def __init__(
        self, *, door: SocketDoor, receipts: ReceiptTaker, commands: CommandTable, gates: GateFreshener
    ) -> None:
        self.process_id = str(make_id())
        self.door, self.receipts, self.commands, self.gates = door, receipts, commands, gates
        self.sockets: dict[str, Socket] = {}
        self.by_user: dict[str, list[Socket]] = {}
        self.draining = False
        self.alone = False  # no other server process lives, as the last beat saw it
        self.bus = PokeBus(self._hear_poke)
        self.keeper = Keeper(self)
        self.hellos: GroupedCalls[HelloAsk, Greeted] = GroupedCalls("hello", self._open_sockets, limit=64)
        self.positions: GroupedCalls[str, Position] = GroupedCalls("positions", self._read_positions, limit=512)
        self._missed: GroupedCalls[MissedAsk, Missed] = GroupedCalls("missed", _read_missed, limit=64)
        self._gone: GroupedCalls[str, None] = GroupedCalls("gone", close_sockets, limit=512)
        self._loop: asyncio.AbstractEventLoop | None = None

    # --- life

    def ensure_started(self) -> None:
        """Start the listening and keeping tasks on the running loop, once."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            add_announcer(self._hear_commit)
            self.bus.start()
            self.bus.publish({"joined": self.process_id})
            self.keeper.start()

    def note_alone(self, alone: bool) -> None:
        """Note whether no other server process lives: then nobody has to be told or counted with."""
        self.alone = get_limiter().alone = alone

    async def drain(self, seconds: float) -> None:
        """Let every socket finish its requests, then send it away with 4000, spread over about half of `seconds`."""
        self.draining = True
        leaving = list(self.sockets.values())
        deadline = read_monotonic() + seconds
        pause = seconds / 2 / max(1, len(leaving))
        for socket in leaving:
            while socket.in_flight and read_monotonic() < deadline:
                await asyncio.sleep(0.01)
            socket.close(DRAIN)
            await asyncio.sleep(min(pause, 0.05))
        while self.sockets and read_monotonic() < deadline:
            await asyncio.sleep(0.02)
        await self._stop()

    async def _stop(self) -> None:
        await self.keeper.stop()
        await self._gone.wait_until_idle()
        await self.bus.stop()
        remove_announcer(self._hear_commit)

    # --- coming and going

    def join(self, socket: Socket, greeted: Greeted, device_id: str) -> None:
        """Take in a greeted socket; the device's earlier socket is sent away, here or through a hint."""
        if greeted.replaced_socket_id and greeted.replaced_socket_id != socket.id:
            self._send_away(greeted.replaced_socket_id)
        socket.identity, socket.device_id = greeted.identity, device_id
        self.sockets[socket.id] = socket
        self.by_user.setdefault(socket.user_id, []).append(socket)

    def leave(self, socket: Socket) -> None:
        """Forget a socket that is gone."""
        self.keeper.flush_acks_soon()
        if self.sockets.pop(socket.id, None) is None:
            return
        mine = self.by_user.get(socket.user_id, [])
        mine.remove(socket)
        if not mine:
            self.by_user.pop(socket.user_id, None)
        self._gone.submit(socket.id, lambda _: None)

    def end_session(self, session_id: str, reason: str) -> None:
        """Close the local sockets of a session that came to its end."""
        for socket in list(self.sockets.values()):
            if socket.identity and socket.identity.session_id == session_id:
                socket.close(BY_SESSION_END.get(reason, SIGNED_OUT))

    def _send_away(self, socket_id: str) -> None:
        if socket_id in self.sockets:
            self.sockets[socket_id].close(REPLACED)
        else:
            self.bus.publish({"replaced": socket_id})

    # --- events on their way to sockets

    def deliver(self, deliveries: Iterable[Delivery]) -> None:
        """Hand what was just committed here to local sockets, and poke the other processes."""
        heads: dict[str, int] = {}
        for delivery in deliveries:
            heads[delivery.user_id] = delivery.head
            for socket in self.by_user.get(delivery.user_id, ()):
                self._deliver_to(socket, delivery)
        self._poke(heads)

    def want(self, socket: Socket, head: int) -> None:
        """Note that the socket's log reaches `head`, and read what it misses."""
        socket.wanted_pos = max(socket.wanted_pos, head)
        self.catch_up(socket)

    def catch_up(self, socket: Socket, request_id: object = None) -> None:
        """Read and send what the socket misses, within its credit; a `sync` passes its request id."""
        if socket.closed or socket.catching_up or not socket.following:
            return
        if request_id is None and socket.sent_pos >= socket.wanted_pos:
            return
        credit = socket.credit_events()
        if credit == 0:
            socket.starved_since = socket.starved_since or read_monotonic()
            if request_id is not None:
                socket.send_events([], socket.sent_pos, socket.wanted_pos, request_id)  # a sync is always answered
            return
        socket.catching_up = True
        ask = MissedAsk(socket.user_id, socket.sent_pos, min(credit, CREDIT_EVENTS))
        try:
            self._missed.submit(ask, lambda got: self._send_missed(socket, ask, request_id, got))
        except Overloaded as overloaded:
            socket.catching_up = False
            if request_id is not None:
                socket.refuse(request_id, overloaded)

    def check_head(self, socket: Socket) -> None:
        """Compare with the database once: what was committed while the greeting was under way told nobody here."""

        def compare(got: Position | WarmlijnError) -> None:
            if isinstance(got, Position) and got.head > socket.sent_pos:
                self.want(socket, got.head)

        self.positions.submit(socket.user_id, compare)

    def broadcast(self, user_ids: Iterable[str], frame: dict[str, Any]) -> None:
        """Send an ephemeral frame (typing, a notice: ids only) to people's sockets, here and in other processes."""
        users = list(user_ids)
        self._push_frame(users, frame)
        self.bus.publish({"from": self.process_id, "users": users, "frame": frame})

    def _deliver_to(self, socket: Socket, delivery: Delivery) -> None:
        head = delivery.head
        fits = (
            bool(delivery.items)
            and socket.following
            and not socket.catching_up
            and socket.sent_pos == delivery.after
            and socket.epoch == delivery.epoch
            and socket.credit_events() >= len(delivery.items)
        )
        if fits:
            socket.wanted_pos = max(socket.wanted_pos, head)
            socket.send_events(delivery.items, head, head)
        if head > socket.sent_pos:
            self.want(socket, head)

    def _send_missed(self, socket: Socket, ask: MissedAsk, request_id: object, got: Missed | WarmlijnError) -> None:
        socket.catching_up = False
        if socket.closed:
            return
        if isinstance(got, WarmlijnError):
            # Nothing is lost: the reconciler and the client's ping compare heads again.
            if request_id is not None:
                socket.refuse(request_id, got)
            return
        if not socket.following or socket.sent_pos != ask.after:
            self.catch_up(socket, request_id)  # the client has synced meanwhile
            return
        if got.epoch != socket.epoch or got.floor > ask.after:
            socket.close(SERVER_ERROR)  # a restore, or retention came first: the next hello says how to go on
            return
        socket.wanted_pos = max(socket.wanted_pos, got.head)
        if got.upto > ask.after or request_id is not None:
            socket.send_events(got.items, got.upto, got.head, request_id)
        for session_id, reason in got.ended_sessions:
            self.end_session(session_id, reason)
        self.catch_up(socket)

    def _push_frame(self, user_ids: Sequence[str], frame: dict[str, Any]) -> None:
        text = encode(frame)
        for user_id in user_ids:
            for socket in self.by_user.get(user_id, ()):
                if socket.following:
                    socket.offer(text)

    # --- hints

    def hear_heads(self, heads: Mapping[str, int]) -> None:
        """Read what local users miss below these heads."""
        for user_id, head in heads.items():
            for socket in self.by_user.get(user_id, ()):
                if head > socket.sent_pos:
                    self.want(socket, head)

    def _hear_commit(self, heads: Mapping[str, int]) -> None:
        """A commit in this process outside the accept path (REST, a worker loop); called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hear_local, dict(heads))

    def _hear_local(self, heads: Mapping[str, int]) -> None:
        self.hear_heads(heads)
        self._poke(heads)

    def _poke(self, heads: Mapping[str, int]) -> None:
        if not self.alone:  # a lone process has nobody to tell; the reconciler covers one that comes unheard
            self.bus.publish_heads(heads)

    def _hear_poke(self, hint: Mapping[str, Any]) -> None:
        self.hear_heads(hint.get("heads", {}))
        for other in hint.get("hints", []):
            if other.get("joined", self.process_id) != self.process_id:
                self.note_alone(False)
            if socket := self.sockets.get(other.get("replaced", "")):
                socket.close(REPLACED)
            if "frame" in other and other["from"] != self.process_id:
                self._push_frame(other["users"], other["frame"])

    # --- work for the database threads

    def _open_sockets(self, asks: list[HelloAsk]) -> list[Greeted | WarmlijnError]:
        greeted = open_sockets(asks, door=self.door, process_id=self.process_id, now=read_clock())
        people = {one.identity.user_id for one in greeted if isinstance(one, Greeted)}
        self.gates.freshen_gates(sorted(people), now=read_clock())
        return greeted

    def _read_positions(self, user_ids: list[str]) -> list[Position]:
        """For a sync, a ping and the look after a greeting: what is due of these people's gates turns first."""
        self.gates.freshen_gates(sorted(set(user_ids)), now=read_clock())
        found = read_positions(user_ids)
        return [found[user_id] for user_id in user_ids]


def _read_missed(asks: list[MissedAsk]) -> list[Missed]:
    return read_missed(asks, now=read_clock())


_hub: Hub | None = None
_make_hub: Callable[[], Hub] | None = None


def bind_hub(make: Callable[[], Hub]) -> None:
    """Say how this process's hub is made (the switchboard does)."""
    global _make_hub
    _make_hub = make


def get_hub() -> Hub:
    """Return this process's hub, made at the first call."""
    global _hub
    if _hub is None:
        if _make_hub is None:
            raise RuntimeError("wiring.py binds the hub before anything may use it")
        _hub = _make_hub()
    return _hub
