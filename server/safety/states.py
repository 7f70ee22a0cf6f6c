"""The machine of an escalation, as a table; docs/escalation.md shows the same picture, and a test compares them."""

from __future__ import annotations

from typing import Final

from server.foundation.state_machine import StateMachine
from server.safety.complaint_errors import ComplaintTransition
from server.safety.errors import IllegalTransition

OPEN: Final = "open"
ACKNOWLEDGED: Final = "acknowledged"
IN_PROGRESS: Final = "in_progress"
RESOLVED: Final = "resolved"
HANDED_OVER: Final = "handed_over"

# One of a youth is active at a time; signals join it.
ACTIVE: Final = (OPEN, ACKNOWLEDGED, IN_PROGRESS)
# Somebody has it in hands.
TAKEN: Final = frozenset({ACKNOWLEDGED, IN_PROGRESS})
_ENDED = frozenset({RESOLVED, HANDED_OVER})

ESCALATION: Final = StateMachine(
    name="escalation",
    states=(*ACTIVE, RESOLVED, HANDED_OVER),
    start=OPEN,
    ends=frozenset(),  # whatever has ended may be taken up again
    steps={
        "acknowledge": (frozenset({OPEN}), ACKNOWLEDGED),
        "begin": (frozenset({ACKNOWLEDGED}), IN_PROGRESS),
        "lapse": (frozenset({ACKNOWLEDGED}), OPEN),
        "release": (TAKEN, OPEN),
        "raise": (frozenset(ACTIVE), OPEN),
        "resolve": (TAKEN, RESOLVED),
        "hand_over": (TAKEN, HANDED_OVER),
        "reopen": (_ENDED, OPEN),
    },
    refusal=IllegalTransition,
)

RECEIVED: Final = "received"
ASSIGNED: Final = "assigned"
ADVISED: Final = "advised"
DECIDED: Final = "decided"
CLOSED: Final = "closed"
_HANDLED = frozenset({ASSIGNED, ADVISED})

COMPLAINT: Final = StateMachine(
    name="complaint",
    states=(RECEIVED, ASSIGNED, ADVISED, DECIDED, CLOSED),
    start=RECEIVED,
    ends=frozenset(),  # who complained may have it looked at again
    steps={
        "assign": (frozenset({RECEIVED}), ASSIGNED),
        "advise": (frozenset({ASSIGNED}), ADVISED),
        "decide": (_HANDLED, DECIDED),
        "close": (frozenset({DECIDED}), CLOSED),
        "reopen": (frozenset({CLOSED}), ASSIGNED),
    },
    refusal=ComplaintTransition,
)
