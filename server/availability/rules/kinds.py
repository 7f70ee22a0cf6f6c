"""The words of the availability room that are stored: kinds of shifts, of exceptions, of entries in the ledger."""

from __future__ import annotations

import re
from typing import Final

from server.availability.errors import KindMalformed, ShiftKindUnknown

DUTY: Final = "duty"
ON_CALL: Final = "on_call"
SHIFT_KINDS: Final = (DUTY, ON_CALL)

CLOSED: Final = "closed"
PARTIAL: Final = "partial"
# Well known kinds of an exception; any short word of this form will do.
EXCEPTION_KINDS: Final = (
    CLOSED, "other_hours", PARTIAL, "holiday", "exam", "illness", "no_staff", "technical",
)  # fmt: skip

EXTENSION: Final = "extension"
REFUSED_SEND: Final = "refused_send"
MINUTES_OUTSIDE: Final = "minutes_outside"
CAP_REACHED: Final = "cap_reached"
PUSH_HELD: Final = "push_held"
REST: Final = "rest"
LEDGER_KINDS: Final = (EXTENSION, REFUSED_SEND, MINUTES_OUTSIDE, CAP_REACHED, PUSH_HELD, REST)
# What a coordinator sees, as counts: not that somebody rested, which is theirs to tell.
SIGNAL_KINDS: Final = (EXTENSION, REFUSED_SEND, MINUTES_OUTSIDE, CAP_REACHED, PUSH_HELD)

_WORD = re.compile(r"[a-z_]{1,40}", re.ASCII)


def require_exception_kind(kind: str) -> str:
    """Return the kind. Raises KindMalformed unless it is a short word of small letters."""
    if _WORD.fullmatch(kind) is None:
        raise KindMalformed()
    return kind


def require_shift_kind(kind: str) -> str:
    """Return the kind. Raises ShiftKindUnknown."""
    if kind not in SHIFT_KINDS:
        raise ShiftKindUnknown()
    return kind
