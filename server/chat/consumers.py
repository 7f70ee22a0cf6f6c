"""The chat room's socket edge: a frame becomes a draft or one action, its result becomes the answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from server.chat.actions.accept import AcceptedBatch, AcceptedMessage, MessageDraft, accept_messages
from server.chat.actions.gates import freshen_conversations
from server.chat.actions.receipts import mark_read
from server.chat.actions.withdraw import withdraw_message
from server.chat.queries import list_open_fellows
from server.chat.shapes import make_deliveries, show_sent
from server.foundation.clock import read_clock, read_monotonic
from server.foundation.errors import Unavailable, WarmlijnError
from server.foundation.rate_limits import get_limiter
from server.realtime.executor import LANE, run_in_database
from server.realtime.grouped import GroupedCalls
from server.realtime.hub import Delivery, Hub
from server.realtime.sockets import Socket

_MOST_DRAFTS = 256  # in one transaction
_TYPING_SECONDS = 3.0  # PROTOCOL §3 `typing`


SendAsk = tuple[MessageDraft, str, Callable[[], bool]]  # the draft, its device, and whether its socket still waits


class SendCommand:
    """`send`: drafts of all sockets of this process, accepted in groups; `sent` leaves after COMMIT returned."""

    def __init__(self) -> None:
        self._group: GroupedCalls[SendAsk, AcceptedMessage] = GroupedCalls(
            "accept",
            self._accept,
            limit=_MOST_DRAFTS,
            after=self._deliver,
            executor=LANE,
        )
        self._hub: Hub | None = None
        self._deliveries: list[Delivery] = []

    async def handle(self, hub: Hub, socket: Socket, frame: dict[str, Any]) -> None:
        """Put the draft in line; drafts of one socket keep their order."""
        self._hub = hub
        draft = MessageDraft(
            socket.user_id,
            socket.session_id,
            frame["c"],
            frame["m"],
            frame["body"],
            frame["reply_to"],
        )
        device = f"{socket.user_id}:{socket.device_id}"
        self._group.submit((draft, device, lambda: not socket.closed), partial(self._answer, hub, socket, frame["id"]))
        socket.begin_request()

    def _answer(self, hub: Hub, socket: Socket, request_id: object, got: AcceptedMessage | WarmlijnError) -> None:
        socket.end_request()
        if isinstance(got, WarmlijnError):
            socket.refuse(request_id, got)
        else:
            socket.answer(request_id, "sent", show_sent(got))
            hub.keeper.note_activity(socket.session_id)

    def _deliver(self) -> None:
        """After the answers of a batch: its events to local sockets, a poke to the other processes."""
        deliveries, self._deliveries = self._deliveries, []
        if self._hub is not None and deliveries:
            self._hub.deliver(deliveries)

    def _accept(self, asks: list[SendAsk]) -> list[AcceptedMessage | WarmlijnError]:
        """In a database thread: apply the rates, accept what is within them."""
        refused: dict[int, WarmlijnError] = {}
        for at, (draft, device, is_waiting) in enumerate(asks):
            if not is_waiting():
                # Its device may have sent it elsewhere by now and been answered: an old draft must not overtake that.
                refused[at] = Unavailable("nobody waits for this message any more")
                continue
            try:
                get_limiter().require_device_rate("send", device=device, user=draft.sender_id)
            except WarmlijnError as refusal:
                refused[at] = refusal
        drafts = [draft for at, (draft, _, _) in enumerate(asks) if at not in refused]
        batch = accept_messages(drafts, now=read_clock(), announce=False) if drafts else AcceptedBatch([])
        self._deliveries += make_deliveries(batch)
        answers = iter(batch.answers)
        return [refused[at] if at in refused else next(answers) for at in range(len(asks))]


async def handle_read(hub: Hub, socket: Socket, frame: dict[str, Any]) -> None:
    """`read`: raise how far the member has read."""

    def work() -> None:
        device = f"{socket.user_id}:{socket.device_id}"
        get_limiter().require_device_rate("read", device=device, user=socket.user_id)
        mark_read(
            person_id=socket.user_id,
            session_id=socket.session_id,
            conversation_id=frame["c"],
            upto=frame["upto"],
            now=read_clock(),
        )

    await run_in_database(work)
    socket.answer(frame["id"], "ok", {})


async def handle_withdraw(hub: Hub, socket: Socket, frame: dict[str, Any]) -> None:
    """`withdraw`: take back one's own held message."""

    def work() -> None:
        device = f"{socket.user_id}:{socket.device_id}"
        get_limiter().require_device_rate("withdraw", device=device, user=socket.user_id)
        withdraw_message(
            person_id=socket.user_id,
            session_id=socket.session_id,
            conversation_id=frame["c"],
            message_id=frame["mid"],
            now=read_clock(),
        )

    await run_in_database(work)
    socket.answer(frame["id"], "ok", {})


async def handle_typing(hub: Hub, socket: Socket, frame: dict[str, Any]) -> None:
    """`typing`: tell the others whose gate is open; more than one in 3 s per conversation is dropped unanswered.
    The end of what was told before is told at once, and once."""
    now, conversation_id, on = read_monotonic(), frame["c"], frame["on"]
    began, was_on = socket.typed_at.get(conversation_id, (-_TYPING_SECONDS, False))
    if now - began < _TYPING_SECONDS if on else not was_on:
        return
    if len(socket.typed_at) > 100:
        socket.typed_at.clear()
    socket.typed_at[conversation_id] = (now if on else began, on)

    def work() -> list[str]:
        at = read_clock()
        freshen_conversations([conversation_id], now=at)
        return list_open_fellows(socket.user_id, conversation_id, now=at)

    fellows = await run_in_database(work)
    if fellows:
        hub.broadcast(fellows, {"type": "typing", "c": conversation_id, "user": socket.user_id, "on": on})
