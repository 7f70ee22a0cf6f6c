"""The frames of the socket as schemas: the client's from the command table, the server's from the rooms' shapes."""

from __future__ import annotations

from typing import Any, Final

from server.accounts.rules.factors import OWN_CHANGES
from server.accounts.rules.roles import ROLES
from server.buddies.pairing_schemas import EVENTS as PAIRING_EVENTS
from server.buddies.profile_schemas import EVENTS as PROFILE_EVENTS
from server.chat.schemas import EVENTS as CHAT_EVENTS
from server.chat.schemas import SENT, TYPING
from server.entry.protocol.refusals import (
    RESET_REASONS,
    Refusal,
    draw_fields,
    is_on_socket,
    list_refusals,
    tell_meaning,
)
from server.entry.protocol.shapes import refer
from server.foundation.fields import Field
from server.foundation.rest import draw_schema
from server.foundation.schemas import INSTANT, UUID_TEXT, shape
from server.realtime import closes, limits
from server.realtime.commands import HELLO_FIELDS, Command
from server.safety.complaint_schemas import EVENTS as COMPLAINT_EVENTS
from server.safety.help_schemas import EVENTS as CARE_EVENTS
from server.safety.reading_schemas import EVENTS as READING_EVENTS
from server.safety.schemas import EVENTS as ESCALATION_EVENTS
from server.wiring import make_commands

Schema = dict[str, Any]

_NUMBER: Final = {"type": "integer", "minimum": 0}
_CURSOR: Final = refer("schemas", "Cursor")
_REQUEST_ID: Final = refer("schemas", "RequestId")
# kind → the fields beside `pos` and `kind`, and those that may be absent.
EVENTS: Final[dict[str, tuple[Schema, Schema]]] = (
    CHAT_EVENTS
    | PAIRING_EVENTS
    | PROFILE_EVENTS
    | ESCALATION_EVENTS
    | READING_EVENTS
    | COMPLAINT_EVENTS
    | CARE_EVENTS
    | {
        "account.changed": ({"what": {"type": "string", "enum": [*OWN_CHANGES]}, "session": UUID_TEXT}, {}),
        "session.revoked": (
            {"session": UUID_TEXT, "reason": {"type": "string", "enum": sorted(closes.BY_SESSION_END)}},
            {},
        ),
    }
)
# What each frame of the server says, and whether it answers a request (`re`): always, at times, or never.
SERVER_FRAMES: Final[dict[str, tuple[str, str]]] = {
    "welcome": ("always", "The greeting is over. Not resumed: take GET /snapshot and send sync with its cursor."),
    "events": ("sometimes", "A piece of the user's log after `from`, up to `to`; the first after a sync carries re."),
    "sent": ("always", "Stored or held; the transaction is committed. Answers send."),
    "ok": ("always", "Done. Answers read and withdraw."),
    "pong": ("always", "Answers ping with the head as the database has it."),
    "error": ("sometimes", "A refusal with a stable code; without re it is about the line. Nothing was changed."),
    "typing": ("never", "Somebody types, or has stopped. Outside the log: it may be lost."),
    "notice": ("never", "Something outside the log wants to be looked at again. Reserved: no server sends it yet."),
    "bye": ("never", "The last frame before the close. The hundreds of the code say what to do next."),
}


def draw_common() -> dict[str, Schema]:
    """Return the small shapes that frames on both ways hold, by the names under which they are published."""
    fields = draw_schema({"cursor": Field("cursor"), "id": Field("id")})["properties"]
    return {"Cursor": fields["cursor"], "RequestId": fields["id"], "Limits": _draw_limits()}


def list_requests() -> list[Command]:
    """Return every request of a client, the greeting first (it is no command: it may come once, and first)."""

    async def greet(*_: object) -> None:
        raise NotImplementedError

    hello = Command("hello", HELLO_FIELDS, greet, "welcome", "Who this is, on which device, from which cursor.")
    return [hello, *make_commands().list_commands()]


def draw_request(command: Command) -> Schema:
    """Return the schema of one request."""
    drawn = draw_schema(command.fields)
    return drawn | {
        "required": ["type", *drawn["required"]],
        "properties": {"type": {"const": command.name}} | drawn["properties"],
    }


def draw_server_frame(name: str) -> Schema:
    """Return the schema of one frame of the server."""
    match name:
        case "welcome":
            return _frame(name, _WELCOME, absent=frozenset({"reset"})) | {"oneOf": _RESUMED_OR_RESET}
        case "error":
            return {"oneOf": [refer("schemas", _name_error(refusal)) for refusal in _list_socket_refusals()]}
        case "bye":
            return _frame(name, _BYE) | {"oneOf": [_draw_close(close) for close in closes.ALL]}
        case "events":
            return _frame(name, _EVENTS)
        case "sent":
            return _frame(name, SENT["properties"], absent=frozenset(SENT["properties"]) - frozenset(SENT["required"]))
    return _frame(name, _PLAIN[name][0], absent=_PLAIN[name][1])


def draw_shapes() -> dict[str, Schema]:
    """Return each event kind and each error as a schema of its own."""
    kinds = {_name_event(kind): _draw_event(kind) for kind in EVENTS}
    errors = {_name_error(refusal): _draw_error(refusal) for refusal in _list_socket_refusals()}
    return {"Event": {"oneOf": [refer("schemas", name) for name in kinds]}} | kinds | errors


_PLAIN: Final[dict[str, tuple[Schema, frozenset[str]]]] = {
    "ok": ({}, frozenset()),
    "pong": ({"head": _NUMBER, "server_time": INSTANT}, frozenset()),
    "typing": (TYPING, frozenset()),
    "notice": ({"topic": {"type": "string", "pattern": "^[a-z_.]{1,40}$"}, "c": UUID_TEXT}, frozenset({"c"})),
}
_EVENTS: Final[Schema] = {
    "from": _CURSOR,
    "to": _CURSOR,
    "more": {"type": "boolean"},
    "ev": {"type": "array", "maxItems": limits.CREDIT_EVENTS, "items": refer("schemas", "Event")},
}
_BYE: Final[Schema] = {
    "code": {"type": "integer"},
    "reason": {"type": "string"},
    "retry_after_ms": _NUMBER,
}
_WELCOME: Final[Schema] = {
    "user": UUID_TEXT,
    "role": {"type": "string", "enum": list(ROLES)},
    "server_time": INSTANT,
    "head": _NUMBER,
    "resumed": {"type": "boolean"},
    "reset": {"type": "string", "enum": list(RESET_REASONS)},
    "heartbeat_s": {"type": "integer", "minimum": 1},
    "limits": refer("schemas", "Limits"),
}
_RESUMED_OR_RESET: Final[list[Schema]] = [
    {"properties": {"resumed": {"const": True}}, "not": {"required": ["reset"]}},
    {"properties": {"resumed": {"const": False}}, "required": ["reset"]},
]


def _frame(name: str, fields: Schema, absent: frozenset[str] = frozenset()) -> Schema:
    """Put type and, where it fits, re before the fields; those in `absent` may be left out."""
    answers = SERVER_FRAMES[name][0]
    head: Schema = {"type": {"const": name}} | ({"re": _REQUEST_ID} if answers == "always" else {})
    optional = ({"re": _REQUEST_ID} if answers == "sometimes" else {}) | {one: fields[one] for one in sorted(absent)}
    return shape(head | {one: field for one, field in fields.items() if one not in absent}, optional=optional)


def _draw_limits() -> Schema:
    return shape({name: _draw_limit(value) for name, value in limits.show_limits().items()})


def _draw_limit(value: int | list[list[int]]) -> Schema:
    if isinstance(value, int):
        return {"type": "integer", "minimum": 1, "examples": [value]}
    pair = {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "integer", "minimum": 1}}
    return {"type": "array", "description": "times, seconds", "items": pair, "examples": [value]}


def _draw_close(close: closes.Close) -> Schema:
    return {"properties": {"code": {"const": close.code}, "reason": {"const": close.reason}}}


def _draw_event(kind: str) -> Schema:
    required, optional = EVENTS[kind]
    return shape({"pos": {"type": "integer", "minimum": 1}, "kind": {"const": kind}} | required, optional=optional)


def _draw_error(refusal: Refusal) -> Schema:
    required, optional = draw_fields(refusal)
    return {"description": tell_meaning(refusal)} | _frame("error", required | optional, absent=frozenset(optional))


def _list_socket_refusals() -> list[Refusal]:
    return [refusal for refusal in list_refusals() if is_on_socket(refusal)]


def _name_event(kind: str) -> str:
    return f"event.{kind}"


def _name_error(refusal: Refusal) -> str:
    return f"error.{refusal.code}"
