"""The machines of the chat room, as tables."""

from __future__ import annotations

from server.chat.errors import CannotSend, NotHeld
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
