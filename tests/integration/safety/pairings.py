"""A book of pairings that tests write into."""

from __future__ import annotations

from collections.abc import Sequence

from server.foundation.ids import make_id
from server.ports.pairings import CurrentPairing, TouchedPairing
from tests.cast import Cast, Player


class WrittenBook:
    """Answers ports.pairings.PairingBook with what a test has written into it."""

    def __init__(self) -> None:
        self.pairings: list[CurrentPairing] = []

    def pair(self, cast: Cast, expert: Player, coordinator: Player, backup: Player | None = None) -> None:
        """Write down that Ada and an expert are paired, by a coordinator."""
        self.pairings.append(
            CurrentPairing(
                id=str(make_id()),
                team_id=str(cast.team.id),
                state="active",
                youth_id=cast.ada.id,
                expert_id=expert.id,
                backup_id=backup.id if backup else None,
                cover_id=None,
                coordinator_id=coordinator.id,
                conversation_id=cast.pair,
            )
        )

    def list_current(self, team_id: str) -> tuple[CurrentPairing, ...]:
        """Return all of a team."""
        return tuple(one for one in self.pairings if one.team_id == team_id)

    def list_touching(self, person_ids: Sequence[str]) -> tuple[TouchedPairing, ...]:
        """Return those in which one of these people has a part."""
        shown = [
            TouchedPairing(
                one.youth_id,
                one.coordinator_id,
                frozenset(person for person in (one.expert_id, one.backup_id, one.cover_id) if person is not None),
            )
            for one in self.pairings
        ]
        return tuple(one for one in shown if {one.youth_id, *one.answering_ids} & set(person_ids))
