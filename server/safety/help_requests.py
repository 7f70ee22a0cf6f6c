"""What requests for help, worries and care afterwards may hold: literal tables. Values have rules of their own."""

from __future__ import annotations

from typing import Final

from server.foundation.fields import Field, Fields
from server.foundation.json_codec import MAX_INTEGER

# As long as a body can be: a note that is too long is cut, never refused.
_NOTE: Final = Field("text", required=False, nullable=True, high=65_536)

PRESS_HELP: Final[Fields] = {"note": _NOTE}
RAISE_WORRY: Final[Fields] = {
    "level": Field("text", high=16),
    "note": _NOTE,
    "seqs": Field("integers", required=False, nullable=True, high=MAX_INTEGER),
}
ANSWER_CARE: Final[Fields] = {
    "heaviness": Field("integer", low=-1_000_000, high=1_000_000),
    "call_back": Field("boolean"),
    "rest": Field("boolean", required=False, nullable=True),
}
SET_SILENCE: Final[Fields] = {
    "level": Field("text", high=16),
    "minutes": Field("integer", required=False, nullable=True, low=-1_000_000, high=1_000_000),
}
