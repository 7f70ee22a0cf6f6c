"""The chat room's answers as JSON schemas: OpenAPI and AsyncAPI publish them, tests hold every answer against them."""

from __future__ import annotations

from typing import Any, Final

from server.chat import states as machines
from server.foundation.schemas import INSTANT, UUID_TEXT, nullable, shape

_NUMBER: Final = {"type": "integer", "minimum": 0}
_SEQ: Final = {"type": "integer", "minimum": 1}  # of a message; 0 stands for "none yet" elsewhere

HELP_LINE: Final = shape(
    {
        "name": {"type": "string"},
        "phone": {"type": "string"},
        "url": {"type": "string"},
        "hours": {"type": "string"},
        "checked_on": {"type": "string"},
    }
)
HOLD: Final = shape(
    {
        "reason": {"type": "string"},
        "opens_at": nullable(INSTANT),
        "help": {"type": "array", "items": HELP_LINE},
    }
)
_REACHABLE: Final[dict[str, Any]] = {
    "reachable": {"type": "boolean"},
    "until": nullable(INSTANT),
    "next_opening": nullable(INSTANT),
}
DOOR: Final = shape(
    {"door": {"type": "string", "enum": ["wait", "duty", "help"]}}, optional={"open": {"type": "boolean"}}
)
SENT: Final = shape(
    {
        "m": UUID_TEXT,
        "dup": {"type": "boolean"},
        "status": {"type": "string", "enum": ["stored", "held"]},
        "c": UUID_TEXT,
        "seq": _SEQ,
        "mid": UUID_TEXT,
        "at": INSTANT,
    },
    optional={"hold": HOLD, "answer": {"type": "string"}},
)
_MESSAGE_FIELDS: Final[dict[str, Any]] = {
    "c": UUID_TEXT,
    "seq": _SEQ,
    "mid": UUID_TEXT,
    "sender": UUID_TEXT,
    "body": {"type": "string", "maxLength": 4000},
    "at": INSTANT,
}
_MESSAGE_OPTIONS: Final[dict[str, Any]] = {
    "reply_to": UUID_TEXT,
    "m": UUID_TEXT,
    "status": {"type": "string", "enum": ["held"]},
    "hold": HOLD,
    "state": {"type": "string", "enum": ["withdrawn", "erased", "unreadable"]},
}
MESSAGE: Final = shape(_MESSAGE_FIELDS, optional=_MESSAGE_OPTIONS)
MESSAGES: Final = shape({"messages": {"type": "array", "items": MESSAGE}, "more": {"type": "boolean"}})
MEMBER: Final = shape(
    {
        "id": UUID_TEXT,
        "display_name": {"type": "string"},
        "role": {"type": "string"},
        "delivered_upto": _NUMBER,
        "read_upto": _NUMBER,
    }
)
_CONVERSATION_FIELDS: Final[dict[str, Any]] = {
    "id": UUID_TEXT,
    "kind": {"type": "string", "enum": ["pair", "line", "room"]},
    "state": {"type": "string", "enum": ["open", "closed"]},
    "created_at": INSTANT,
    "last_seq": _NUMBER,
    "visible_upto": _NUMBER,
    "read_upto": _NUMBER,
    "gate": shape(
        {
            "state": {"type": "string", "enum": ["open", "closed"]},
            "opens_at": nullable(INSTANT),
            "until": nullable(INSTANT),
        }
    ),
    "members": {"type": "array", "items": MEMBER},
    "counterpart": nullable(
        shape(
            {
                "display_name": {"type": "string"},
            }
            | _REACHABLE
        )
    ),
}
CONVERSATION: Final = shape(_CONVERSATION_FIELDS)
CONVERSATIONS: Final = shape({"conversations": {"type": "array", "items": CONVERSATION}})
SNAPSHOT: Final = shape(
    {
        "cursor": {"type": "string"},
        "conversations": {
            "type": "array",
            "items": shape(
                _CONVERSATION_FIELDS | {"messages": {"type": "array", "items": MESSAGE}, "more": {"type": "boolean"}}
            ),
        },
    }
)
EXTENDED: Final = shape({"until": INSTANT})
DUTY_REQUEST: Final = shape(
    {
        "id": UUID_TEXT,
        "state": {"type": "string", "enum": list(machines.DUTY_REQUEST.states)},
        "asked_at": INSTANT,
        "c": nullable(UUID_TEXT),
    }
)
DUTY_REQUESTS: Final = shape({"requests": {"type": "array", "items": DUTY_REQUEST}})
DUTY_CLAIMED: Final = shape({"conversation": UUID_TEXT})
_PERSON: Final = shape({"id": UUID_TEXT, "display_name": {"type": "string"}})
TALKS: Final = shape(
    {
        "talks": {
            "type": "array",
            "items": shape(
                {
                    "c": UUID_TEXT,
                    "kind": {"type": "string", "enum": ["pair", "line", "room"]},
                    "since": INSTANT,
                    "last_at": INSTANT,
                    "last_by": {"type": ["string", "null"], "description": "the role of who wrote last"},
                    "answered": {"type": "boolean"},
                    "youth": nullable(_PERSON),
                    "experts": {"type": "array", "items": _PERSON},
                    "coordinator_in": {"type": "boolean"},
                }
            ),
        },
        "asking": {
            "type": "array",
            "items": shape({"request": UUID_TEXT, "youth": _PERSON, "asked_at": INSTANT}),
        },
    }
)
OK: Final = shape({"read_upto": _NUMBER})

_IN: Final[dict[str, Any]] = {"c": UUID_TEXT}
_ASKED: Final[dict[str, Any]] = {"request": UUID_TEXT}
_RECEIPT: Final[dict[str, Any]] = _IN | {"user": UUID_TEXT, "upto": _NUMBER}
# kind → the fields of the event beside `pos` and `kind`; a second table holds those that may be absent.
EVENTS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "msg.new": (_MESSAGE_FIELDS, _MESSAGE_OPTIONS),
    "msg.update": (
        _IN | {"seq": _SEQ, "mid": UUID_TEXT, "state": {"type": "string", "enum": ["withdrawn"]}},
        {},
    ),
    "receipt.delivered": (_RECEIPT, {}),
    "receipt.read": (_RECEIPT, {}),
    "self.read": (_IN | {"upto": _NUMBER}, {}),
    "gate.opened": (_IN | {"upto": _NUMBER}, {}),
    "conv.new": (_IN, {}),
    "conv.closed": (_IN, {}),
    "member.changed": (
        _IN | {"user": UUID_TEXT, "change": {"type": "string", "enum": ["joined", "left"]}},
        {},
    ),
    "availability.changed": (_IN | {"user": UUID_TEXT} | _REACHABLE, {}),
    "duty.offered": (_ASKED, {}),
    "duty.taken": (_ASKED, {}),
    "duty.claimed": (_ASKED | _IN, {}),
    "duty.closed": (_ASKED, {}),
    "hours.ending": ({"until": INSTANT, "minutes": {"type": "integer", "minimum": 1}}, {}),
    "answer.given": (
        _IN
        | {
            "at": INSTANT,
            "opens_at": nullable(INSTANT),
            "text": {"type": "string"},
            "doors": {"type": "array", "items": DOOR},
        },
        {},
    ),
}
TYPING: Final[dict[str, Any]] = _IN | {"user": UUID_TEXT, "on": {"type": "boolean"}}
