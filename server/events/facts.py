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
class RoleChanged(Fact):
    """A person is something else now: what hung on the role before ends."""

    fact_name: ClassVar[str] = "accounts.role_changed"
    person_id: str
    team_id: str
    from_role: str
    to_role: str


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


@dataclass(frozen=True, slots=True)
class YouthEnrolled(Fact):
    """A youth came in by an invitation."""

    fact_name: ClassVar[str] = "accounts.youth_enrolled"
    person_id: str
    team_id: str


@dataclass(frozen=True, slots=True)
class HoursEnding(Fact):
    """An expert in running talks was told that their hours end at `until` (RFC 3339), so many minutes before."""

    fact_name: ClassVar[str] = "chat.hours_ending"
    person_id: str
    team_id: str
    conversation_ids: tuple[str, ...]
    until: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CapReached(Fact):
    """An expert reached a cap: closed until an instant (RFC 3339) by the rule named."""

    fact_name: ClassVar[str] = "availability.cap_reached"
    person_id: str
    team_id: str
    rule_id: str
    until: str


@dataclass(frozen=True, slots=True)
class PairingMoved(Fact):
    """A pairing went from one state to another by a verb; `from_state` is empty for a new one. Ids only.

    `expert_id` is whoever answers the youth from now on: the buddy, or who covers for them.
    """

    fact_name: ClassVar[str] = "buddies.pairing_moved"
    pairing_id: str
    team_id: str
    youth_id: str
    expert_id: str
    conversation_id: str | None
    verb: str
    from_state: str
    to_state: str
    at: str


@dataclass(frozen=True, slots=True)
class YouthWentSilent(Fact):
    """Nobody heard a youth for so many days, and the buddy's nudges did not help: it is the coordinator's turn."""

    fact_name: ClassVar[str] = "buddies.youth_went_silent"
    pairing_id: str
    team_id: str
    youth_id: str
    expert_id: str
    conversation_id: str | None
    days: int


@dataclass(frozen=True, slots=True)
class EscalationMoved(Fact):
    """An escalation was opened, raised, acknowledged, resolved …: `verb` says what, `state` and `level` what it is."""

    fact_name: ClassVar[str] = "safety.escalation_moved"
    escalation_id: str
    team_id: str
    youth_id: str | None
    conversation_id: str | None
    verb: str
    state: str
    level: str
    at: str


@dataclass(frozen=True, slots=True)
class PageQueued(Fact):
    """Somebody on duty is to be called for an escalation; `page_id` says which call. At an emergency it may break
    do-not-disturb."""

    fact_name: ClassVar[str] = "safety.page_queued"
    page_id: str
    escalation_id: str
    recipient_id: str
    level: str
    at: str


@dataclass(frozen=True, slots=True)
class TestPageAsked(Fact):
    """Somebody who stands on call is to show that a page reaches them; `test_page_id` says which trial it is."""

    __test__: ClassVar[bool] = False  # no test of ours, whatever a test runner thinks of its name
    fact_name: ClassVar[str] = "safety.test_page_asked"
    test_page_id: str
    recipient_id: str
    at: str


@dataclass(frozen=True, slots=True)
class HelpPickedUp(Fact):
    """Somebody answered a youth's own call for help. Not recorded of a worry that the youth knows nothing of."""

    fact_name: ClassVar[str] = "safety.help_picked_up"
    escalation_id: str
    youth_id: str
    at: str


@dataclass(frozen=True, slots=True)
class DutyOffered(Fact):
    """A youth's request for whoever has duty was offered to these experts, who stand on a duty shift."""

    fact_name: ClassVar[str] = "chat.duty_offered"
    request_id: str
    person_ids: tuple[str, ...]
    at: str


FACTS: dict[str, type[Fact]] = {
    kind.fact_name: kind
    for kind in (
        MessageAccepted, SessionEnded, PersonSuspended, RoleChanged, BlockPlaced, HoursChanged, CoverageGapFound,
        YouthEnrolled, HoursEnding, CapReached, PairingMoved, YouthWentSilent, EscalationMoved, PageQueued,
        TestPageAsked, HelpPickedUp, DutyOffered,
    )
}  # fmt: skip


_NAMES: dict[type[Fact], tuple[str, ...]] = {kind: tuple(one.name for one in fields(kind)) for kind in FACTS.values()}


def write_fact(fact: Fact) -> str:
    """Return the stored form: JSON of the fields."""
    return encode({name: getattr(fact, name) for name in _NAMES[type(fact)]}).decode()


def read_fact(name: str, payload: dict[str, Any]) -> Fact:
    """Return the fact of a stored row. Raises KeyError on a name nobody knows, TypeError on missing fields."""
    kind = FACTS[name]
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in payload.items()}
    return kind(**values)
