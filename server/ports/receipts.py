"""What the socket tells the room of messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A device of this user has persisted others' messages of the conversation up to `seq`."""

    user_id: str
    conversation_id: str
    seq: int


class ReceiptTaker(Protocol):
    """Answered by chat."""

    def take_acknowledged(self, received: Sequence[Acknowledged], *, now: datetime) -> None:
        """Raise who has received what, and tell the senders. Inside the caller's transaction."""
