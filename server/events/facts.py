"""Every fact that crosses rooms: a frozen dataclass of ids, numbers and instants; never text that a person wrote."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from server.foundation.json_codec import encode


@dataclass(frozen=True, slots=True)
class Fact:
    """Base of all facts. `fact_name` is stored and must never change its meaning."""

    fact_name: ClassVar[str]


@dataclass(frozen=True, slots=True)
class MessageAccepted(Fact):
    """A message was committed, at an instant `at` (RFC 3339). `held_for` lists the members whose gate was closed."""

    fact_name: ClassVar[str] = "chat.message_accepted"
    conversation_id: str
    seq: int
    message_id: str
    sender_id: str
    recipient_ids: tuple[str, ...]
    held_for: tuple[str, ...]
    at: str = ""


@dataclass(frozen=True, slots=True)
class SessionEnded(Fact):
    """A session came to its end; reason is signed_out, revoked, suspended or expired."""

    fact_name: ClassVar[str] = "accounts.session_ended"
    session_id: str
    person_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class PersonSuspended(Fact):
    """A person may no longer sign in or send."""

    fact_name: ClassVar[str] = "accounts.person_suspended"
    person_id: str


@dataclass(frozen=True, slots=True)
class BlockPlaced(Fact):
    """Somebody wants no more contact with somebody."""

    fact_name: ClassVar[str] = "accounts.block_placed"
    blocker_id: str
    blocked_id: str


@dataclass(frozen=True, slots=True)
class HoursChanged(Fact):
    """When somebody may be reached has changed: hours, a pause, a cap, a shift. Their gates are turned already."""

    fact_name: ClassVar[str] = "availability.hours_changed"
    person_id: str
    team_id: str


@dataclass(frozen=True, slots=True)
class CoverageGapFound(Fact):
    """A team has nobody on duty, or nobody on call (`kind`), from `start` to `end` (RFC 3339), within a week.

    Told once a day for each gap.
    """

    fact_name: ClassVar[str] = "availability.coverage_gap_found"
    team_id: str
    kind: str
    start: str
    end: str


FACTS: dict[str, type[Fact]] = {
    kind.fact_name: kind
    for kind in (MessageAccepted, SessionEnded, PersonSuspended, BlockPlaced, HoursChanged, CoverageGapFound)
}


_NAMES: dict[type[Fact], tuple[str, ...]] = {kind: tuple(one.name for one in fields(kind)) for kind in FACTS.values()}


def write_fact(fact: Fact) -> str:
    """Return the stored form: JSON of the fields."""
    return encode({name: getattr(fact, name) for name in _NAMES[type(fact)]}).decode()


def read_fact(name: str, payload: dict[str, Any]) -> Fact:
    """Return the fact of a stored row. Raises KeyError on a name nobody knows, TypeError on missing fields."""
    kind = FACTS[name]
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in payload.items()}
    return kind(**values)
