"""The machines of the chat room, as tables."""

from __future__ import annotations

from server.chat.errors import CannotSend, DutyTaken, NotHeld
from server.foundation.state_machine import StateMachine

CONVERSATION = StateMachine(
    name="conversation",
    states=("open", "closed"),
    start="open",
    ends=frozenset({"closed"}),
    steps={"close": (frozenset({"open"}), "closed")},
    refusal=CannotSend,
)
MESSAGE = StateMachine(
    name="message",
    states=("accepted", "withdrawn"),
    start="accepted",
    ends=frozenset({"withdrawn"}),
    steps={"withdraw": (frozenset({"accepted"}), "withdrawn")},
    refusal=NotHeld,
)
_WAITING = frozenset({"open"})

DUTY_REQUEST = StateMachine(
    name="duty_request",
    states=("open", "claimed", "withdrawn", "lapsed"),
    start="open",
    ends=frozenset({"claimed", "withdrawn", "lapsed"}),
    steps={
        "claim": (_WAITING, "claimed"),
        "withdraw": (_WAITING, "withdrawn"),
        "lapse": (_WAITING, "lapsed"),
    },
    refusal=DutyTaken,
)
