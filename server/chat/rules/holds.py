"""When a message is held: while nobody else may see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_NEVER: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Gate:
    """A present member's gate: while it is not open they see messages up to `visible_upto`."""

    state: str
    reason: str
    opens_at: datetime | None
    visible_upto: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a message waits and until when; `opens_at` None when nobody knows. `person_id` is whose gate opens first."""

    reason: str
    opens_at: datetime | None
    person_id: str = ""


def find_hold(others: Mapping[str, Gate], seq: int) -> Hold | None:
    """Return the hold of a message, given the gates of the members beside its sender; the first opening counts."""
    waiting = {person: gate for person, gate in others.items() if gate.state != "open" and gate.visible_upto < seq}
    if not others or len(waiting) < len(others):
        return None
    person, first = min(waiting.items(), key=lambda item: item[1].opens_at.timestamp() if item[1].opens_at else _NEVER)
    return Hold(first.reason, first.opens_at, person)
