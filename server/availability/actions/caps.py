"""One's own caps, and what happens when one is reached: the hours close as at the end of a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.accounts.queries import PersonCard
from server.availability.actions.changing import change_hours
from server.availability.actions.ledger import LedgerDraft, note_in_ledger
from server.availability.models import CapClosure
from server.availability.policies import require_keep_hours
from server.availability.rules.kinds import CAP_REACHED
from server.availability.rules.schedule import Closure
from server.availability.rules.team_settings import read_caps
from server.events.facts import CapReached
from server.events.outbox import record_facts
from server.foundation.clock import format_instant


@dataclass(frozen=True, slots=True)
class ReachedCap:
    """Somebody has reached a cap; the closure has an end."""

    person: PersonCard
    closure: Closure


def set_caps(*, actor: PersonCard, caps: Mapping[str, Any], now: datetime) -> None:
    """Give the actor these caps of their own; None leaves one to the team. Only the stricter of both counts.

    Raises Forbidden, SettingMalformed. Publishes HoursChanged. Locks as `change_hours`.
    """
    require_keep_hours(actor)
    own = read_caps(caps)
    with change_hours([actor], now=now) as rows:
        rows[actor.id].caps = own


def close_by_caps(*, reached: Sequence[ReachedCap], now: datetime) -> list[ReachedCap]:
    """Close the hours of who has reached a cap; return those for whom that was new.

    Idempotent: what is closed already is not closed again, nor noted again. Publishes HoursChanged, CapReached.
    Locks as `change_hours`.
    """
    new = [one for one in reached if not _is_closed(one)]
    if not new:
        return []
    with change_hours([one.person for one in new], now=now):
        new = [one for one in new if not _is_closed(one)]
        for one in new:
            write_closure(one.person.id, one.closure)
        note_in_ledger(
            drafts=[LedgerDraft(one.person.id, CAP_REACHED, one.closure.reason, one.closure.rule_id) for one in new],
            now=now,
        )
        record_facts([_tell(one.person, one.closure) for one in new], now=now)
    return new


def write_closure(person_id: str, closure: Closure) -> datetime:
    """Store a closure of somebody whose hours the caller holds; return its end. One that is there already begins anew.

    Raises ValueError for one without an end.
    """
    if closure.until is None:
        raise ValueError("a cap closes until an instant")
    named = {"rule_id": closure.rule_id, "until": closure.until}
    if not CapClosure.objects.filter(person_id=person_id, ended_at=None, **named).update(start=closure.start):
        CapClosure.objects.create(person_id=UUID(person_id), start=closure.start, reason=closure.reason, **named)
    return closure.until


def _tell(person: PersonCard, closure: Closure) -> CapReached:
    until = format_instant(closure.until) if closure.until else ""
    return CapReached(person.id, person.team_id, closure.rule_id, until)


def _is_closed(one: ReachedCap) -> bool:
    running = CapClosure.objects.filter(person_id=one.person.id, reason=one.closure.reason, ended_at=None)
    covering = running.filter(start__lte=one.closure.start)
    return any(one.closure.until is not None and found.until >= one.closure.until for found in covering)
