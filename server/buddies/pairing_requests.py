"""What requests about pairings may hold: literal tables. Values have rules with codes of their own."""

from __future__ import annotations

from typing import Final

from server.foundation.fields import Field, Fields

# Longer than the rules allow, so that theirs is the refusal.
_WORDS: Final = Field("text", high=20_000)
_OPTIONAL_WORDS: Final = Field("text", required=False, nullable=True, high=20_000)
_INSTANT: Final = Field("text", required=False, nullable=True, high=40)
_SCORE: Final = Field("integer", required=False, nullable=True, low=-1000, high=1000)

PROPOSE: Final[Fields] = {
    "youth": Field("uuid"),
    "expert": Field("uuid"),
    "backup": Field("uuid", required=False, nullable=True),
    "backups": Field("texts", required=False, nullable=True, high=64),
    "kind": Field("text", required=False, nullable=True, high=40),
    "bridge_until": Field("text", required=False, nullable=True, high=40),
    "override": Field("texts", required=False, nullable=True, high=40),
}
PAUSE: Final[Fields] = {"until": _INSTANT}
CHANGE: Final[Fields] = {"moves": Field("text", required=False, nullable=True, high=40)}
CHOOSE_MOVES: Final[Fields] = {"moves": Field("text", high=40)}
CLOSE: Final[Fields] = {"words": _OPTIONAL_WORDS}
SET_BACKUPS: Final[Fields] = {"backups": Field("texts", high=64)}
WRITE_WORDS: Final[Fields] = {"words": _WORDS}
APPROVE_NOTE: Final[Fields] = {"revision": Field("integer", low=0, high=1_000_000)}
TICK_INTRODUCTION: Final[Fields] = {"items": Field("texts", high=64)}
SET_SILENCE: Final[Fields] = {"silence_days": Field("integer", nullable=True, low=-1000, high=1000)}
KEEP_QUIET: Final[Fields] = {"until": Field("text", nullable=True, high=40)}
ANSWER_CLOSING: Final[Fields] = {
    "scores": Field("objects", high=100, rows={"area": Field("text", high=64), "before": _SCORE, "after": _SCORE}),
    "words": _OPTIONAL_WORDS,
}
LEAVE: Final[Fields] = {
    "decisions": Field(
        "objects",
        high=500,
        rows={
            "pairing": Field("uuid"),
            "decision": Field("text", high=40),
            "to": Field("uuid", required=False, nullable=True),
        },
    )
}
