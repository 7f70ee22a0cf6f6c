"""Pairings, for the rooms that must know who is there for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CurrentPairing:
    """A pairing that goes on (introduced, active, paused, closing). Ids as text.

    `cover_id` is who answers instead of the expert just now; `coordinator_id` who made it.
    """

    id: str
    team_id: str
    state: str
    youth_id: str
    expert_id: str
    backup_id: str | None
    cover_id: str | None
    coordinator_id: str
    conversation_id: str | None


@dataclass(frozen=True, slots=True)
class TouchedPairing:
    """Who ever had a part in a pairing, whatever became of it: its expert, backups and covers answered. Ids as text."""

    youth_id: str
    coordinator_id: str
    answering_ids: frozenset[str]


class PairingBook(Protocol):
    """Answered by buddies."""

    def list_current(self, team_id: str) -> tuple[CurrentPairing, ...]:
        """Return all that go on in a team."""

    def list_touching(self, person_ids: Sequence[str]) -> tuple[TouchedPairing, ...]:
        """Return those of any time and state in which one of these people is or was the youth or answered."""
