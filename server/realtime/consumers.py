"""The socket's edge: the handshake, the greeting, and one frame after another to the command that its type names."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

from channels.consumer import AsyncConsumer

from server.foundation.errors import BadRequest, Internal, RateLimited, TooLarge, WarmlijnError
from server.foundation.fields import read_fields
from server.foundation.json_codec import decode_object
from server.foundation.logs import get_logger
from server.foundation.rate_limits import get_limiter
from server.ports.socket_door import Knock
from server.realtime import closes, limits
from server.realtime.actions.sockets import Greeted, HelloAsk
from server.realtime.commands import HELLO_FIELDS, REQUEST_ID, Command
from server.realtime.errors import AckAhead, NotReady, ResetRequired, UnknownType, UnsupportedVersion
from server.realtime.executor import run_in_database
from server.realtime.hub import Hub, get_hub
from server.realtime.queries import find_reset_reason, split_cursor
from server.realtime.sockets import Socket, write_server_time

log = get_logger(__name__)
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Gone(Exception):
    """The other side has left."""


class SocketConsumer(AsyncConsumer):
    """A Channels consumer by type and routing, with a dispatch of its own: no group, no thread hop per frame."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection from handshake to disconnect."""
        hub = get_hub()
        hub.ensure_started()
        socket = Socket(send)
        try:
            if await self._shake_hands(scope, receive, send, socket):
                await self._greet(hub, socket, scope, receive)
                await self._serve(hub, socket, receive)
            await _wait_until_gone(receive)
        except Gone:
            pass
        except Exception as problem:
            log.error("socket_failed", socket=socket.id, exc_info=problem)
            socket.close(closes.SERVER_ERROR)
        finally:
            socket.abandon()
            hub.leave(socket)

    async def _shake_hands(self, scope: Any, receive: Receive, send: Any, socket: Socket) -> bool:
        message = await receive()
        if message["type"] != "websocket.connect":
            raise Gone
        known = limits.SUBPROTOCOL in scope.get("subprotocols", ())
        await send({"type": "websocket.accept", "subprotocol": limits.SUBPROTOCOL if known else None})
        if not known:
            socket.refuse(None, UnsupportedVersion())
            socket.close(closes.VERSION)
        elif get_hub().draining:
            socket.close(closes.DRAIN)
        return not socket.closed

    # --- the greeting

    async def _greet(self, hub: Hub, socket: Socket, scope: Any, receive: Receive) -> None:
        try:
            async with asyncio.timeout(limits.HELLO_SECONDS):
                hello = await self._wait_for_hello(socket, receive)
        except TimeoutError:
            socket.close(closes.HELLO_TIMEOUT)
            return
        if hello is None:
            return
        try:
            async with asyncio.timeout(limits.HELLO_SECONDS):
                greeted = await hub.hellos.call(_read_hello(hello, scope, socket))
        except TimeoutError:
            socket.close(closes.SERVER_ERROR)  # from here on the greeting finds nobody waiting
            return
        except WarmlijnError as refusal:
            socket.refuse(hello["id"], refusal)
            socket.close(closes.BY_REFUSED_HELLO.get(refusal.code, closes.SERVER_ERROR))
            return
        if hub.draining:
            socket.close(closes.DRAIN)
            return
        hub.join(socket, greeted, hello["device_id"])
        self._welcome(hub, socket, greeted, hello)

    async def _wait_for_hello(self, socket: Socket, receive: Receive) -> dict[str, Any] | None:
        """Return the fields of the hello; None when the socket was closed over what came instead."""
        while not socket.closed:
            text, request_id = await _receive_text(receive), None
            try:
                if len(text) > limits.HELLO_BYTES or len(text.encode()) > limits.HELLO_BYTES:
                    raise TooLarge(f"a hello holds at most {limits.HELLO_BYTES} bytes")
                frame = decode_object(text)
                request_id = _find_request_id(frame)
                if frame.get("type") != "hello":
                    socket.refuse(request_id, NotReady())
                    socket.note_bad_frame()
                    continue
                return _read_frame(frame, HELLO_FIELDS)
            except WarmlijnError as refusal:
                socket.refuse(request_id, refusal)
                socket.close(closes.PROTOCOL_ERROR)
        return None

    def _welcome(self, hub: Hub, socket: Socket, greeted: Greeted, hello: dict[str, Any]) -> None:
        position = greeted.position
        answer: dict[str, Any] = {
            "user": greeted.identity.user_id,
            "role": greeted.identity.role,
            "server_time": write_server_time(),
            "head": position.head,
            "resumed": greeted.reset is None,
            "heartbeat_s": limits.HEARTBEAT_SECONDS,
            "limits": limits.show_limits(),
        }
        if greeted.reset is not None:
            socket.answer(hello["id"], "welcome", answer | {"reset": greeted.reset})
            return
        socket.answer(hello["id"], "welcome", answer)
        cursor = split_cursor(hello["cursor"])[1]
        socket.restart_from(position.epoch, cursor)
        if cursor > greeted.acked_before:
            hub.keeper.take_ack(socket.user_id, socket.device_id, greeted.acked_before, cursor)
        if position.head > cursor:
            hub.want(socket, position.head)
        else:
            socket.send_events([], cursor, cursor)
        hub.check_head(socket)

    # --- frames

    async def _serve(self, hub: Hub, socket: Socket, receive: Receive) -> None:
        while not socket.closed:
            text = await _receive_text(receive, socket)
            if text is None:
                continue
            if not socket.hear():
                _refuse_flood(socket)
                continue
            await self._handle(hub, socket, text)
            if socket.in_flight >= limits.INBOUND_QUEUE:
                await socket.wait_for_room()

    async def _handle(self, hub: Hub, socket: Socket, text: str) -> None:
        request_id: object = None
        try:
            if len(text) > limits.FRAME_IN_BYTES or len(text.encode()) > limits.FRAME_IN_BYTES:
                raise TooLarge(f"a frame holds at most {limits.FRAME_IN_BYTES} bytes")
            frame = decode_object(text)
            request_id = _find_request_id(frame)
            command = self._find_command(hub, frame)
            await command.handle(hub, socket, _read_frame(frame, command.fields))
        except WarmlijnError as refusal:
            socket.refuse(request_id, refusal)
            if isinstance(refusal, (BadRequest, TooLarge, UnknownType)):
                socket.note_bad_frame()
        except Exception as problem:
            log.error("command_failed", socket=socket.id, exc_info=problem)
            socket.refuse(request_id, Internal())

    def _find_command(self, hub: Hub, frame: dict[str, Any]) -> Command:
        kind = frame.get("type")
        command = hub.commands.find(kind)
        if command is not None:
            return command
        if not isinstance(kind, str):
            raise BadRequest("type is missing")
        if kind == "hello":
            raise BadRequest("hello was said already")
        raise UnknownType(kind[:40])


# --- the socket's own commands


async def handle_ack(hub: Hub, socket: Socket, frame: dict[str, Any]) -> None:
    """Take a cumulative acknowledgement: gives credit back, and becomes receipts. Closes 4304 when it runs ahead."""
    epoch, pos = split_cursor(frame["cursor"])
    if not socket.following or epoch != socket.epoch:
        return  # an acknowledgement from before a reset: the snapshot has overtaken it
    if pos > socket.sent_pos:
        socket.refuse(frame["id"], AckAhead())
        socket.close(closes.PROTOCOL_ERROR)
        return
    before = socket.acked_pos
    socket.take_ack(pos)
    if pos > before:
        hub.keeper.take_ack(socket.user_id, socket.device_id, before, pos)
    hub.catch_up(socket)


async def handle_sync(hub: Hub, socket: Socket, frame: dict[str, Any]) -> None:
    """Follow the log from the client's cursor. Raises ResetRequired when that cannot be resumed."""
    device = f"{socket.user_id}:{socket.device_id}"
    await run_in_database(partial(get_limiter().require_device_rate, "sync", device=device, user=socket.user_id))
    position = await hub.positions.call(socket.user_id)
    reason = find_reset_reason(frame["cursor"], position)
    if reason is not None:
        raise ResetRequired(reason)
    before = socket.acked_pos
    _, pos = split_cursor(frame["cursor"])
    socket.restart_from(position.epoch, pos)
    socket.catching_up = False
    socket.wanted_pos = max(socket.wanted_pos, position.head)
    if pos > before:
        hub.keeper.take_ack(socket.user_id, socket.device_id, before, pos)
    hub.catch_up(socket, frame["id"])


async def handle_ping(hub: Hub, socket: Socket, frame: dict[str, Any]) -> None:
    """Answer with the head as the database has it, and read what is missed: the client's ping is a reconciler too."""

    def answer(got: Any) -> None:
        socket.end_request()
        if isinstance(got, WarmlijnError):
            socket.refuse(frame["id"], got)
            return
        socket.answer(frame["id"], "pong", {"head": got.head, "server_time": write_server_time()})
        if socket.following and got.head > socket.sent_pos:
            hub.want(socket, got.head)

    hub.positions.submit(socket.user_id, answer)
    socket.begin_request()


# --- small things


def _find_request_id(frame: dict[str, Any]) -> object:
    """Return the request's id where it has one of the right form, so that even a refusal can name it."""
    request_id = frame.get("id")
    return request_id if REQUEST_ID.fits(request_id) else None


def _read_frame(frame: dict[str, Any], fields: Any) -> dict[str, Any]:
    del frame["type"]
    return read_fields(fields, frame)


def _read_hello(hello: dict[str, Any], scope: Any, socket: Socket) -> HelloAsk:
    bearer = None
    for name, value in scope.get("headers", ()):
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            bearer = value[7:].decode("latin-1").strip()
    knock = Knock(hello["ticket"], None if hello["ticket"] else bearer)
    return HelloAsk(knock, hello["device_id"], hello["cursor"], socket.id, lambda: not socket.closed)


def _refuse_flood(socket: Socket) -> None:
    """Refuse a frame unread; whoever goes on is closed with 4200."""
    socket.refuse(None, RateLimited(retry_after=timedelta(seconds=1)))
    socket.bad_frames += 1
    if socket.bad_frames >= limits.BAD_FRAMES:
        socket.close(closes.RATE)


async def _receive_text(receive: Receive, socket: Socket | None = None) -> Any:
    """Return the next text frame; None after a binary one (it was refused). Raises Gone."""
    message = await receive()
    if message["type"] != "websocket.receive":
        raise Gone
    text = message.get("text")
    if text is not None:
        return text
    if socket is None:
        return ""  # no JSON object either: the greeting refuses it
    socket.refuse(None, BadRequest("text frames only"))
    socket.note_bad_frame()
    return None


async def _wait_until_gone(receive: Receive) -> None:
    """After a close was sent: swallow what still comes until the other side is gone."""
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            raise Gone
