"""Recovery time: a pause, at once and without a reason asked; and rest after a heavy evening, in one tap."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.accounts.queries import PersonCard
from server.availability.actions.caps import write_closure
from server.availability.actions.changing import change_hours
from server.availability.actions.ledger import LedgerDraft, note_in_ledger
from server.availability.errors import PausePast
from server.availability.models import CapClosure, Extension, Pause
from server.availability.policies import require_keep_hours
from server.availability.queries import get_settings_of_person
from server.availability.rules.caps import rest_closure
from server.availability.rules.kinds import REST
from server.availability.rules.reading import read_instant
from server.availability.rules.wind_down import HoursSettings

_DEFAULT_REST_HOURS = HoursSettings().rest_hours or 24


def start_pause(*, actor: PersonCard, until: str | None = None, now: datetime) -> Pause:
    """Close the actor's hours at once, until an instant (RFC 3339) or until they end it. A running pause gives way.

    Granted extensions end with it. Raises Forbidden, DateMalformed, PausePast. Publishes HoursChanged. Locks as
    `change_hours`.
    """
    require_keep_hours(actor)
    end = read_instant(until) if until is not None else None
    if end is not None and end <= now:
        raise PausePast()
    with change_hours([actor], now=now):
        _end_running(actor.id, now)
        _end_extensions(actor.id, now)
        return Pause.objects.create(person_id=UUID(actor.id), started_at=now, until=end)


def end_pause(*, actor: PersonCard, now: datetime) -> bool:
    """End the actor's pause; False when none was on. Raises Forbidden. Publishes HoursChanged. Locks as
    `change_hours`."""
    require_keep_hours(actor)
    with change_hours([actor], now=now):
        return bool(_end_running(actor.id, now))


def declare_rest(*, actor: PersonCard, now: datetime) -> datetime:
    """Give the actor rest from now on, for as long as the team has agreed; return until when.

    A team that has switched this cap off still lets its experts rest: for a day. Rest that goes on is made longer.
    Granted extensions end with it. Raises Forbidden. Publishes HoursChanged. Locks as `change_hours`.
    """
    require_keep_hours(actor)
    hours = get_settings_of_person(actor).rest_hours or _DEFAULT_REST_HOURS
    closure = rest_closure(now, hours)
    with change_hours([actor], now=now):
        _end_rest(actor.id, now)
        _end_extensions(actor.id, now)
        until = write_closure(actor.id, closure)
        draft = LedgerDraft(actor.id, REST, closure.reason, closure.rule_id, actor_id=actor.id)
        note_in_ledger(drafts=[draft], now=now)
    return until


def end_rest(*, actor: PersonCard, now: datetime) -> bool:
    """End the rest that the actor declared; False when there was none. A cap that was reached stays.

    Raises Forbidden. Publishes HoursChanged. Locks as `change_hours`.
    """
    require_keep_hours(actor)
    with change_hours([actor], now=now):
        return bool(_end_rest(actor.id, now))


def _end_running(person_id: str, now: datetime) -> int:
    return Pause.objects.filter(person_id=person_id, ended_at=None).update(ended_at=now)


def _end_extensions(person_id: str, now: datetime) -> int:
    return Extension.objects.filter(person_id=person_id, until__gt=now, cancelled_at=None).update(cancelled_at=now)


def _end_rest(person_id: str, now: datetime) -> int:
    resting = CapClosure.objects.filter(person_id=person_id, reason=REST, until__gt=now, ended_at=None)
    return resting.update(ended_at=now)
