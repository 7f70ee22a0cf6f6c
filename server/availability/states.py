"""The machines of the availability room, as tables."""

from __future__ import annotations

from server.availability.errors import SwapState
from server.foundation.state_machine import StateMachine

_PROPOSED = frozenset({"proposed"})

SHIFT_SWAP = StateMachine(
    name="shift_swap",
    states=("proposed", "accepted", "declined", "withdrawn"),
    start="proposed",
    ends=frozenset({"accepted", "declined", "withdrawn"}),
    steps={
        "accept": (_PROPOSED, "accepted"),
        "decline": (_PROPOSED, "declined"),
        "withdraw": (_PROPOSED, "withdrawn"),
    },
    refusal=SwapState,
)
