"""Reading a conversation without being a member of it: only through broken glass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class GlassGrant:
    """One coordinator may read one conversation until an instant; `reason_code` says why. Ids as text."""

    id: str
    person_id: str
    conversation_id: str
    youth_id: str
    team_id: str
    reason_code: str
    emergency: bool
    until: datetime


class GlassDoor(Protocol):
    """Answered by safety."""

    def find_grant(self, *, person_id: str, conversation_id: str, now: datetime) -> GlassGrant | None:
        """Return the grant that runs, or None."""

    def record_read(
        self, grant: GlassGrant, *, first_seq: int, last_seq: int, session_id: str | None = None, now: datetime
    ) -> None:
        """Write the audit entry of one read, over a session.

        Committed before anything is unsealed; raises when it cannot be.
        """
