"""Being away for some days, and coming back earlier."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from server.accounts.queries import PersonCard
from server.availability.actions.changing import change_hours
from server.availability.errors import AbsenceBackwards, AbsenceTooLong, TooManyAbsences
from server.availability.models import HoursAbsence
from server.availability.policies import require_keep_hours
from server.availability.rules.reading import find_local_date, read_date
from server.foundation.errors import NotFound

MOST_DAYS = 366
MOST_AHEAD = 100


def add_absence(*, actor: PersonCard, first: str, last: str, now: datetime) -> UUID:
    """Let the actor be away on these dates (`YYYY-MM-DD`, both included); return the absence's id.

    It ends by itself. Raises Forbidden, DateMalformed, AbsenceBackwards, AbsenceTooLong (longer than a year, or
    beginning more than a year ahead), TooManyAbsences. Publishes HoursChanged. Locks as `change_hours`.
    """
    require_keep_hours(actor)
    begin, end = _read_days(first, last)
    with change_hours([actor], now=now) as rows:
        today = find_local_date(now, rows[actor.id].zone)
        if begin > today + timedelta(days=MOST_DAYS):
            raise AbsenceTooLong()
        if HoursAbsence.objects.filter(person_id=actor.id, last_on__gte=today, ended_at=None).count() >= MOST_AHEAD:
            raise TooManyAbsences()
        made = HoursAbsence.objects.create(person_id=UUID(actor.id), first_on=begin, last_on=end, created_at=now)
        return made.id


def end_absence(*, actor: PersonCard, absence_id: UUID | str, now: datetime) -> None:
    """End one's own absence now, or take it back before it begins.

    Raises Forbidden, NotFound (also when it has ended before). Publishes HoursChanged. Locks as `change_hours`.
    """
    require_keep_hours(actor)
    with change_hours([actor], now=now):
        live = HoursAbsence.objects.filter(id=absence_id, person_id=actor.id, ended_at=None)
        if not live.update(ended_at=now):
            raise NotFound()


def _read_days(first: str, last: str) -> tuple[date, date]:
    begin, end = read_date(first), read_date(last)
    if end < begin:
        raise AbsenceBackwards()
    if end - begin >= timedelta(days=MOST_DAYS):
        raise AbsenceTooLong()
    return begin, end
