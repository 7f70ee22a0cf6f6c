"""What the room of messages must hear about gates: that hours change, and that somebody looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class GateMover(Protocol):
    """Answered by chat. Both calls belong into the transaction that changes the hours, around the change:

    lock first, write, then turn. Lock order: schedules ascending → conversations → memberships → streams.
    """

    def lock_gates(self, person_ids: Sequence[str]) -> None:
        """Lock these people's conversations: no message is accepted there before the caller's commit."""

    def turn_gates(self, person_ids: Sequence[str], *, now: datetime) -> None:
        """Turn their gates to what their hours say now, and tell the other members that the hours have changed."""


class GateFreshener(Protocol):
    """Answered by chat, asked by the socket when somebody comes or asks: nobody waits for the sweeper."""

    def freshen_gates(self, person_ids: Sequence[str], *, now: datetime) -> None:
        """Turn what is due of these people's own gates; one statement when nothing is."""
