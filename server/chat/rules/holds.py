"""When a message is held: while nobody else may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Gate:
    """A present member's gate: while it is not open they see messages up to `visible_upto`."""

    state: str
    reason: str
    opens_at: datetime | None
    visible_upto: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a message waits and until when; `opens_at` None when nobody knows."""

    reason: str
    opens_at: datetime | None


def find_hold(others: Sequence[Gate], seq: int) -> Hold | None:
    """Return the hold of a message, given the gates of the members beside its sender; the first opening counts."""
    waiting = [gate for gate in others if gate.state != "open" and gate.visible_upto < seq]
    if not others or len(waiting) < len(others):
        return None
    first = min(waiting, key=lambda gate: gate.opens_at.timestamp() if gate.opens_at else float("inf"))
    return Hold(first.reason, first.opens_at)
