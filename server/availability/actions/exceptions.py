"""Other hours on some days, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from server.accounts.queries import PersonCard
from server.availability.actions.changing import change_hours
from server.availability.errors import ExceptionBackwards, ExceptionMixed, ExceptionTooLong, TooManyExceptions
from server.availability.models import HoursException
from server.availability.policies import require_keep_hours
from server.availability.rules.kinds import require_exception_kind
from server.availability.rules.reading import find_local_date, read_date, read_day, show_day
from server.availability.rules.schedule import DatedException
from server.foundation.errors import NotFound

MOST_DAYS = 366
MOST_AHEAD = 1000

Rows = Sequence[Mapping[str, Any]]


def add_exception(
    *, actor: PersonCard, kind: str, first: str, last: str, windows: Rows, parts: Rows = (), now: datetime
) -> UUID:
    """Give the actor other hours on these dates (`YYYY-MM-DD`, both included); return the exception's id.

    `windows` replace the weekly ones, none of them closes; with `parts` instead, the weekly ones less these. Raises
    Forbidden, KindMalformed, DateMalformed, ExceptionBackwards, ExceptionTooLong, ExceptionMixed, TooManyExceptions,
    and what `read_day` raises. Publishes HoursChanged. Locks as `change_hours`.
    """
    require_keep_hours(actor)
    draft = DatedException(
        "", require_exception_kind(kind), *_read_days(first, last), read_day(windows), read_day(parts)
    )
    if draft.windows and draft.parts:
        raise ExceptionMixed()
    with change_hours([actor], now=now) as rows:
        return insert_exceptions(UUID(actor.id), rows[actor.id].zone, [draft], now)[0]


def remove_exception(*, actor: PersonCard, exception_id: UUID | str, now: datetime) -> None:
    """Take one's own exception back. Raises Forbidden, NotFound. Publishes HoursChanged. Locks as `change_hours`."""
    require_keep_hours(actor)
    with change_hours([actor], now=now):
        if not HoursException.objects.filter(id=exception_id, person_id=actor.id).delete()[0]:
            raise NotFound()


def insert_exceptions(person_id: UUID, zone: str, drafts: Sequence[DatedException], now: datetime) -> list[UUID]:
    """Insert exceptions of somebody whose hours the caller holds; return their ids. Raises TooManyExceptions."""
    today = find_local_date(now, zone)
    ahead = HoursException.objects.filter(person_id=person_id, last_on__gte=today).count()
    if ahead + len(drafts) > MOST_AHEAD:
        raise TooManyExceptions()
    made = [
        HoursException(
            person_id=person_id,
            kind=draft.kind,
            first_on=draft.first,
            last_on=draft.last,
            windows=show_day(draft.windows),
            parts=show_day(draft.parts),
            created_at=now,
        )
        for draft in drafts
    ]
    return [one.id for one in HoursException.objects.bulk_create(made)]


def _read_days(first: str, last: str) -> tuple[date, date]:
    begin, end = read_date(first), read_date(last)
    if end < begin:
        raise ExceptionBackwards()
    if end - begin >= timedelta(days=MOST_DAYS):
        raise ExceptionTooLong()
    return begin, end
