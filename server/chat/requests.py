"""What the chat room's requests may hold: literal tables, one for the socket and REST alike."""

from __future__ import annotations

from typing import Final

from server.foundation.fields import Field, Fields
from server.foundation.json_codec import MAX_INTEGER
from server.realtime.commands import LOOSE_REQUEST_ID, REQUEST_ID

# The body's own bounds are a rule with codes of its own (msg.empty, msg.too_long); here only the frame's size counts.
_BODY = Field("text", high=32_768)

SEND_BODY: Final[Fields] = {
    "m": Field("uuid"),
    "body": _BODY,
    "reply_to": Field("uuid", required=False, nullable=True),
}
READ_BODY: Final[Fields] = {"upto": Field("integer", high=MAX_INTEGER)}
EXTENSION_BODY: Final[Fields] = {"c": Field("uuid")}
SEND_FRAME: Final[Fields] = {"id": REQUEST_ID, "c": Field("uuid")} | dict(SEND_BODY)
READ_FRAME: Final[Fields] = {"id": REQUEST_ID, "c": Field("uuid")} | dict(READ_BODY)
TYPING_FRAME: Final[Fields] = {"id": LOOSE_REQUEST_ID, "c": Field("uuid"), "on": Field("boolean")}
WITHDRAW_FRAME: Final[Fields] = {"id": REQUEST_ID, "c": Field("uuid"), "mid": Field("uuid")}
