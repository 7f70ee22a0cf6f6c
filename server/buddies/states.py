"""The machines of the buddies room that belong to pairings, as tables; drawn in docs/buddies.md."""

from __future__ import annotations

from typing import Final

from server.buddies.errors import RequestEnded
from server.buddies.pairing_errors import IllegalTransition
from server.foundation.state_machine import StateMachine

_TRIAL: Final = frozenset({"proposed", "introduced"})
_TOGETHER: Final = frozenset({"introduced", "active", "paused"})

PAIRING = StateMachine(
    name="pairing",
    states=(
        "proposed",
        "introduced",
        "active",
        "paused",
        "rematch",
        "closing",
        "closed",
        "declined",
        "withdrawn",
    ),
    start="proposed",
    ends=frozenset({"closed", "declined", "withdrawn"}),
    steps={
        "introduce": (frozenset({"proposed"}), "introduced"),
        "activate": (frozenset({"introduced"}), "active"),
        "decline": (_TRIAL, "declined"),
        "withdraw": (_TRIAL, "withdrawn"),
        "pause": (frozenset({"active"}), "paused"),
        "resume": (frozenset({"paused", "closing"}), "active"),
        "change": (_TOGETHER | {"closing"}, "rematch"),
        "close": (_TOGETHER, "closing"),
        "end": (frozenset({"closing", "rematch"}), "closed"),
    },
    refusal=IllegalTransition,
)
OPEN: Final = tuple(state for state in PAIRING.states if state not in PAIRING.ends)
# In these the expert has a seat less, and the youth a buddy or one in prospect.
SEATED: Final = ("proposed", "introduced", "active", "paused", "closing")
# In these the two have a conversation.
GOES_ON: Final = ("introduced", "active", "paused", "closing")
# In these a backup takes over; in rematch, so that the youth does not write into the void until somebody else is there.
COVERED: Final = ("active", "paused", "closing", "rematch")

_WAITING: Final = frozenset({"waiting"})

# A request that was placed comes back with its age when the proposal leads to nothing.
BUDDY_REQUEST = StateMachine(
    name="buddy_request",
    states=("waiting", "placed", "withdrawn"),
    start="waiting",
    ends=frozenset({"withdrawn"}),
    steps={
        "place": (_WAITING, "placed"),
        "bring_back": (frozenset({"placed"}), "waiting"),
        "withdraw": (_WAITING, "withdrawn"),
    },
    refusal=RequestEnded,
)
