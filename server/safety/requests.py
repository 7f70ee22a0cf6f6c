"""What requests about escalations may hold: literal tables. Values have rules with codes of their own."""

from __future__ import annotations

from typing import Final

from server.foundation.fields import Field, Fields
from server.safety.rules.settings import BOUNDS

_NOTE: Final = Field("text", required=False, nullable=True, high=16_000)
_FEW: Final = 100  # more steps than the rules allow, so that theirs is the refusal
_NUMBER: Final = Field("integer", low=-1_000_000, high=1_000_000)

RESOLVE: Final[Fields] = {"outcome": Field("text", required=False, nullable=True, high=500), "note": _NOTE}
HAND_OVER: Final[Fields] = {
    "to": Field("text", required=False, nullable=True, high=500),
    "told": Field("texts", required=False, nullable=True, high=16_000),
}
CHAIN_STEP: Final[Fields] = {
    "kind": Field("text", high=64),
    "wait_minutes": Field("integer", required=False, nullable=True, low=-1_000_000_000, high=1_000_000_000),
    "people": Field("texts", required=False, nullable=True, high=64),
}
SET_CHAIN: Final[Fields] = {"steps": Field("objects", high=_FEW, rows=CHAIN_STEP)}
SET_SETTINGS: Final[Fields] = dict.fromkeys(BOUNDS, _NUMBER) | {"standing_email": Field("text", high=400)}
