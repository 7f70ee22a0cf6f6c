"""The socket as AsyncAPI 3.0. `receive` and `send` are the server's: what a client asks, what the server says."""

from __future__ import annotations

from typing import Any, Final

from server.entry.protocol.frames import (
    SERVER_FRAMES,
    draw_common,
    draw_request,
    draw_server_frame,
    draw_shapes,
    list_requests,
)
from server.entry.protocol.shapes import (
    WORDS,
    close_objects,
    describe_fields,
    keep_used,
    list_named_shapes,
    name_inside,
    name_shapes,
    refer,
)
from server.foundation.json_codec import MAX_DEPTH
from server.foundation.rates import DEVICE_RATES, SOCKET_FRAME_BURST, SOCKET_FRAMES_PER_SECOND, USER_FACTOR
from server.realtime import closes, limits
from server.realtime.commands import Command

_CHANNEL: Final = {"$ref": "#/channels/socket"}
_INFO: Final = {
    "title": "Warmlijn: the socket",
    "version": "1",
    "description": (
        "The frames of PROTOCOL.md, as the server reads and writes them. A request carries its own `id`, its answer"
        " `re` = that id; a frame without `re` is a push. Clients ignore fields and pushes that they do not know; the"
        " schemas are closed so that our own tests see what is not published. REST is described in openapi.yaml."
    ),
}
_ABOUT: Final = {
    "Cursor": WORDS["cursor"],
    "Limits": "what this server allows; read them, do not build them in",
    "RequestId": "chosen by the client for each request; the answer carries it as `re`",
}
# The hundreds of a close code, by the reason for which clients look at them.
_FAMILIES: Final = {40: "reconnect, with jitter", 41: "reconnect with a new ticket", 42: "wait", 43: "stay away"}


def draw_asyncapi() -> dict[str, Any]:
    """Return the document."""
    named = draw_common() | list_named_shapes()
    messages = describe_fields(name_shapes(close_objects(_draw_messages()), named), WORDS)
    shapes = describe_fields(name_inside(close_objects(draw_shapes()), named), WORDS)
    shared = describe_fields({name: _draw_shared(name, one, named) for name, one in named.items()}, WORDS)
    return {
        "asyncapi": "3.0.0",
        "info": _INFO,
        "defaultContentType": "application/json",
        "servers": {"local": _draw_server()},
        "channels": {"socket": _draw_channel(list(messages))},
        "operations": _draw_operations(),
        "components": {
            "messages": messages,
            "schemas": shapes | keep_used(shared, messages, shapes),
            "correlationIds": {
                "request": {"location": "$message.payload#/id"},
                "answer": {"location": "$message.payload#/re"},
            },
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": _BEARER}},
        },
        "x-limits": _draw_limits(),
        "x-rates": {action: [list(rate) for rate in rates] for action, rates in _list_rates().items()},
        "x-closes": [_draw_close(close) for close in closes.ALL],
    }


_BEARER: Final = "Native apps: on the handshake, instead of the ticket of hello. Cookies are never looked at."


def _draw_server() -> dict[str, Any]:
    return {
        "host": "127.0.0.1:8000",
        "protocol": "ws",
        "description": "What `make run` starts. Anywhere else it is wss.",
        "security": [refer("securitySchemes", "bearer")],
    }


def _draw_channel(messages: list[str]) -> dict[str, Any]:
    offered = {"type": "string", "const": limits.SUBPROTOCOL, "description": "without it: bye 4302"}
    return {
        "address": "/ws/v1",
        "description": (
            f"Text frames, one JSON object each. The first is hello, at most {limits.HELLO_BYTES} bytes and within"
            f" {limits.HELLO_SECONDS:g} s. An Origin that is present must be listed, an absent one is allowed."
        ),
        "messages": {name: refer("messages", name) for name in messages},
        "bindings": {
            "ws": {
                "method": "GET",
                "headers": {"type": "object", "properties": {"Sec-WebSocket-Protocol": offered}},
                "bindingVersion": "0.1.0",
            }
        },
    }


def _draw_messages() -> dict[str, Any]:
    asked = {f"client.{command.name}": _draw_request(command) for command in list_requests()}
    return asked | {f"server.{name}": _draw_frame(name) for name in SERVER_FRAMES}


def _draw_request(command: Command) -> dict[str, Any]:
    correlated = {"correlationId": refer("correlationIds", "request")} if command.fields["id"].required else {}
    return {"name": command.name, "summary": command.summary} | correlated | {"payload": draw_request(command)}


def _draw_frame(name: str) -> dict[str, Any]:
    answers, summary = SERVER_FRAMES[name]
    correlated = {"correlationId": refer("correlationIds", "answer")} if answers == "always" else {}
    return {"name": name, "summary": summary} | correlated | {"payload": draw_server_frame(name)}


def _draw_operations() -> dict[str, Any]:
    asks = {command.name: _draw_ask(command) for command in list_requests()}
    pushed = [name for name, (answers, _) in SERVER_FRAMES.items() if answers != "always"]
    return asks | {f"push.{name}": _draw_push(name) for name in pushed}


def _draw_ask(command: Command) -> dict[str, Any]:
    answers = ["error"] if command.answer is None else [command.answer, "error"]
    silent = " Nothing answers it, unless it is refused." if command.answer is None else ""
    return {
        "action": "receive",
        "channel": _CHANNEL,
        "summary": command.summary + silent,
        "messages": [_refer_message(f"client.{command.name}")],
        "reply": {"channel": _CHANNEL, "messages": [_refer_message(f"server.{name}") for name in answers]},
    }


def _draw_push(name: str) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": _CHANNEL,
        "summary": SERVER_FRAMES[name][1],
        "messages": [_refer_message(f"server.{name}")],
    }


def _refer_message(name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/socket/messages/{name}"}


def _draw_shared(name: str, one: Any, named: dict[str, Any]) -> Any:
    about = {"description": _ABOUT[name]} if name in _ABOUT else {}
    return about | name_inside(one, named)


def _draw_limits() -> dict[str, Any]:
    return {
        "hello_bytes": limits.HELLO_BYTES,
        "hello_seconds": limits.HELLO_SECONDS,
        "frame_in_bytes": limits.FRAME_IN_BYTES,
        "json_depth": MAX_DEPTH,
        "inbound_queue": limits.INBOUND_QUEUE,
        "frame_burst": SOCKET_FRAME_BURST,
        "frames_per_second": SOCKET_FRAMES_PER_SECOND,
        "bad_frames": limits.BAD_FRAMES,
        "batch_out_bytes": limits.BATCH_OUT_BYTES,
        "credit_events": limits.CREDIT_EVENTS,
        "credit_bytes": limits.CREDIT_BYTES,
        "sockets_per_user": limits.SOCKETS_PER_USER,
        "heartbeat_seconds": limits.HEARTBEAT_SECONDS,
        "silence_seconds": limits.SILENCE_SECONDS,
        "starved_seconds": limits.STARVED_SECONDS,
        "user_factor": USER_FACTOR,
    }


def _list_rates() -> dict[str, tuple[tuple[int, int], ...]]:
    on_socket = {command.name for command in list_requests()}
    return {action: rates for action, rates in DEVICE_RATES.items() if action in on_socket}


def _draw_close(close: closes.Close) -> dict[str, Any]:
    return {
        "code": close.code,
        "reason": close.reason,
        "retry_after_ms": close.retry_after_ms,
        "then": _FAMILIES[close.code // 100],
    }
