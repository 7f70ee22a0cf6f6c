"""Counting minutes of contact: by the minute in which an expert wrote, once however often it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.availability.models import ContactMinute
from server.availability.rules.usage import find_minute, measure_contact
from server.availability.rules.wind_down import HoursSettings, find_evening


@dataclass(frozen=True, slots=True)
class Contact:
    """An expert wrote at an instant."""

    person_id: str
    at: datetime


def count_contacts(
    *, contacts: Iterable[Contact], zones: Mapping[str, str], settings: Mapping[str, HoursSettings]
) -> set[str]:
    """Store the minutes of these contacts; return whose were new. Zones and settings by person.

    Idempotent: a minute counts once. Three statements at most.
    """
    given = {(one.person_id, find_minute(one.at)) for one in contacts}
    new = sorted(given - _list_stored({one for one, _ in given}, {minute for _, minute in given}))
    if new:
        last = _find_last(new, settings)
        rows = [_draft(*one, last, zones[one[0]], settings[one[0]]) for one in new]
        ContactMinute.objects.bulk_create(rows, ignore_conflicts=True)
    return {one for one, _ in new}


def _list_stored(person_ids: Iterable[str], minutes: Iterable[datetime]) -> set[tuple[str, datetime]]:
    stored = ContactMinute.objects.filter(person_id__in=list(person_ids), minute_at__in=list(minutes))
    return {(str(one), minute) for one, minute in stored.values_list("person_id", "minute_at")}


def _find_last(new: Sequence[tuple[str, datetime]], settings: Mapping[str, HoursSettings]) -> dict[str, datetime]:
    """Return each person's newest minute before the new ones, as far back as a talk may be silent."""
    first = min(minute for _, minute in new)
    reach = timedelta(minutes=max(settings[one].talk_minutes for one, _ in new))
    before = ContactMinute.objects.filter(
        person_id__in={one for one, _ in new}, minute_at__gte=first - reach, minute_at__lt=first
    )
    return {str(one): minute for one, minute in before.order_by("minute_at").values_list("person_id", "minute_at")}


def _draft(
    person_id: str, minute: datetime, last: dict[str, datetime], zone: str, settings: HoursSettings
) -> ContactMinute:
    """Return a row, and move on the person's last minute: rows are drafted in order."""
    minutes = measure_contact(minute, last.get(person_id), settings.talk_minutes)
    last[person_id] = minute
    evening = find_evening(minute, zone, settings.evening_starts)
    return ContactMinute(person_id=UUID(person_id), minute_at=minute, evening=evening, minutes=minutes)
