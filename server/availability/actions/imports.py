"""Taking over busy hours from another calendar as exceptions: looked at first, then confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from server.accounts.queries import PersonCard
from server.availability.actions.changing import change_hours
from server.availability.actions.exceptions import insert_exceptions
from server.availability.calendar_reader import read_busy
from server.availability.models import HoursException
from server.availability.policies import require_keep_hours
from server.availability.queries import load_schedules
from server.availability.rules.busy import list_unknown, make_exceptions
from server.availability.rules.reading import find_local_date, restore_day
from server.availability.rules.schedule import DatedException

_AHEAD = timedelta(days=365)


def preview_calendar(*, actor: PersonCard, text: bytes, now: datetime) -> list[DatedException]:
    """Return the exceptions that an .ics file would make in the coming year, without those that are there already.

    Nothing is written. Raises Forbidden, CalendarTooLarge, CalendarMalformed, CalendarTooMany.
    """
    require_keep_hours(actor)
    zone = load_schedules([actor.id], now=now)[actor.id].zone
    today = find_local_date(now, zone)
    drafts = make_exceptions(read_busy(text, zone, today, today + _AHEAD))
    return list_unknown(drafts, _list_own(actor.id))


def import_calendar(*, actor: PersonCard, text: bytes, now: datetime) -> list[DatedException]:
    """Write what `preview_calendar` shows and return it; importing the same file again writes nothing.

    Raises as that, and TooManyExceptions. Publishes HoursChanged. Locks as `change_hours`, after the file was read.
    """
    drafts = preview_calendar(actor=actor, text=text, now=now)
    if not drafts:
        return []
    with change_hours([actor], now=now) as rows:
        drafts = list_unknown(drafts, _list_own(actor.id))
        insert_exceptions(UUID(actor.id), rows[actor.id].zone, drafts, now)
    return drafts


def _list_own(person_id: str) -> list[DatedException]:
    rows = HoursException.objects.filter(person_id=person_id)
    return [
        DatedException(str(one.id), one.kind, one.first_on, one.last_on, *map(restore_day, (one.windows, one.parts)))
        for one in rows
    ]
