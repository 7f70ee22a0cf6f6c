"""What requests about reading may hold: literal tables. Values have rules with codes of their own."""

from __future__ import annotations

from typing import Any, Final

from server.foundation.fields import Field, Fields
from server.foundation.rest import draw_schema
from server.safety.rules.glass import LATER, NOW, REASONS

# Longer than the rules allow, so that theirs is the refusal.
_WORDS: Final = Field("text", required=False, nullable=True, high=8_000)
_CODE: Final = Field("text", high=40)
_MAYBE_CODE: Final = Field("text", required=False, nullable=True, high=40)

BREAK_GLASS: Final[Fields] = {
    "reason_code": _MAYBE_CODE,
    "reason": _WORDS,
    "minutes": Field("integer", required=False, nullable=True, low=-1_000_000, high=1_000_000),
    "tell_youth": _MAYBE_CODE,
    "safety_reason": _WORDS,
}
JOIN: Final[Fields] = {"private": Field("boolean", required=False, nullable=True)}
REVIEW_GLASS: Final[Fields] = {"outcome": _CODE, "note": _WORDS, "tell_youth": _MAYBE_CODE}


def draw_break_glass() -> dict[str, Any]:
    """Return the schema of BREAK_GLASS with what the rules take: another value has a code of its own."""
    schema = draw_schema(BREAK_GLASS)
    named = {"reason_code": list(REASONS), "tell_youth": [NOW, LATER, None]}
    schema["properties"] |= {name: schema["properties"][name] | {"enum": known} for name, known in named.items()}
    return schema
