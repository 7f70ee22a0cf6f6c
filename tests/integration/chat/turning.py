"""Turning Ben's gate by hand; in the running system his hours do it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from server.chat.actions.gates import close_gate, open_gate
from server.foundation.clock import read_clock
from tests.cast import Cast, Player

OPENS_AT = datetime(2031, 3, 1, 18, 30, tzinfo=UTC)


def shut(cast: Cast, player: Player | None = None, opens_at: datetime | None = OPENS_AT) -> bool:
    """Close the gate of Ben (or of somebody else in the pair); return whether it moved."""
    person_id = (player or cast.ben).person.id
    return close_gate(
        conversation_id=UUID(cast.pair),
        person_id=person_id,
        reason="outside_window",
        opens_at=opens_at,
        now=read_clock(),
    )


def unlock(cast: Cast, player: Player | None = None) -> int:
    """Open it; return how many messages came through."""
    person_id = (player or cast.ben).person.id
    return open_gate(conversation_id=UUID(cast.pair), person_id=person_id, now=read_clock())
