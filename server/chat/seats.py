"""Seats: a present member's row with what of its conversation decides about the gate, read in bulk and locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.foundation.database import Answer


@dataclass(frozen=True, slots=True)
class Seat:
    """One present member of one conversation. `made_at` is when they joined it; times are instants."""

    id: str
    conversation_id: str
    person_id: str
    gate: str
    gate_reason: str
    gate_version: int
    opens_at: datetime | None
    guarded: bool
    turns_at: datetime | None
    turned_at: datetime | None
    grace_until: datetime | None
    visible_from: int
    visible_upto: int
    made_at: datetime
    last_seq: int
    kind: str
    team_id: str
    closed_at: datetime | None


# The conversations must be locked already: what the join reads of them is as it stands under that lock.
SEATS_SQL = (
    "SELECT m.id, m.conversation_id, m.person_id, m.gate, m.gate_reason, m.gate_version, m.opens_at, m.guarded, "
    "m.turns_at, m.turned_at, m.grace_until, m.visible_from, m.visible_upto, m.joined_at, "
    "c.last_seq, c.kind, c.team_id, c.closed_at "
    "FROM chat_membership m JOIN chat_conversation c ON c.id = m.conversation_id "
    "WHERE m.conversation_id = ANY(%(conversations)s::uuid[]) AND m.left_at IS NULL "
    "ORDER BY m.id FOR NO KEY UPDATE OF m"
)
KINDS = "uuid uuid uuid text text int time bool time time time int int time int text uuid time"


def read_seats(answer: Answer) -> list[Seat]:
    """Return the seats of an answer to SEATS_SQL."""
    return [Seat(*row) for row in answer.rows()]
