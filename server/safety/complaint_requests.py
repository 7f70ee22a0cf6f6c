"""What requests about complaints and reports may hold. Values have rules with codes of their own."""

from __future__ import annotations

from typing import Final

from server.foundation.fields import Field, Fields
from server.foundation.json_codec import MAX_INTEGER

# Longer than the rules allow, so that theirs is the refusal.
_WORDS: Final = Field("text", high=16_000)
_PERSON: Final = Field("uuid", required=False, nullable=True)

COMPLAIN: Final[Fields] = {
    "about": _PERSON,
    "about_team": Field("boolean", required=False, nullable=True),
    "text": _WORDS,
}
ASK_ADVICE: Final[Fields] = {"expert": Field("uuid"), "text": _WORDS}
GIVE_ADVICE: Final[Fields] = {"text": _WORDS}
DECIDE: Final[Fields] = {"decision": Field("text", high=40), "note": _WORDS}
CLOSE: Final[Fields] = {"answer": _WORDS}
REOPEN: Final[Fields] = {"reason": _WORDS}
REPORT: Final[Fields] = {
    "c": Field("uuid", required=False, nullable=True),
    "seq": Field("integer", required=False, nullable=True, low=1, high=MAX_INTEGER),
    "person": _PERSON,
    "note": Field("text", required=False, nullable=True, high=16_000),
}
