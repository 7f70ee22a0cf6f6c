"""What requests about case files may hold: literal tables. Values have rules with codes of their own."""

from __future__ import annotations

from typing import Final

from server.foundation.fields import Field, Fields

# Longer than the rules allow, so that theirs is the refusal.
_TEXT: Final = Field("text", high=60_000)
_CODE: Final = Field("text", high=40)
_MAYBE_CODE: Final = Field("text", required=False, nullable=True, high=40)
_MAYBE_ID: Final = Field("uuid", required=False, nullable=True)

ADD_ENTRY: Final[Fields] = {
    "kind": _CODE,
    "text": _TEXT,
    "due_on": _MAYBE_CODE,
    "escalation": _MAYBE_ID,
    "corrects": _MAYBE_ID,
}
TAKE_STEP: Final[Fields] = {
    "step": Field("integer", low=-1_000_000, high=1_000_000),
    "outcome": _CODE,
    "reason": Field("text", required=False, nullable=True, high=60_000),
    "with_role": _MAYBE_CODE,
    "decision": _MAYBE_CODE,
    "on": _MAYBE_CODE,
}
