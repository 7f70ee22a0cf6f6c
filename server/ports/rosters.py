"""Whether pages reach people, for the room that keeps the roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class PageBook(Protocol):
    """Answered by safety."""

    def list_unproven(self, person_ids: Sequence[str], *, now: datetime) -> set[str]:
        """Return who of these people has confirmed no test page within the month. One statement."""
