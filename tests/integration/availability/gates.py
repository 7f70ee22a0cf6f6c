"""A GateMover that writes down what it is asked, and what the hours say at that moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from server.availability.queries import list_reachability


@dataclass
class RecordingGates:
    """`calls` holds ("lock", ids) and ("turn", ids) in order; `open_at_turn` who was reachable when it turned."""

    calls: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    open_at_turn: dict[str, bool] = field(default_factory=dict)

    def lock_gates(self, person_ids: Sequence[str]) -> None:
        """Write it down."""
        assert connection.in_atomic_block
        self.calls.append(("lock", tuple(person_ids)))

    def turn_gates(self, person_ids: Sequence[str], *, now: datetime) -> None:
        """Write it down, with what the hours say now."""
        assert connection.in_atomic_block
        self.calls.append(("turn", tuple(person_ids)))
        self.open_at_turn |= {one: answer.open for one, answer in list_reachability(person_ids, now).items()}

    def forget(self) -> None:
        """Begin anew."""
        self.calls.clear()
        self.open_at_turn.clear()
