"""Setting the weekly hours, and the country whose holidays are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from server.accounts.queries import PersonCard
from server.availability.actions.changing import change_hours
from server.availability.models import Hours
from server.availability.policies import require_keep_hours
from server.availability.public_holidays import require_country
from server.availability.rules.reading import read_weekly, require_zone, show_weekly
from server.availability.rules.schedule import WeeklyWindow
from server.availability.rules.windows import normalise_windows


def set_hours(*, actor: PersonCard, zone: str, windows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Give the actor these weekly hours, {weekday, start, end} in the zone's wall time, instead of the ones before.

    Raises Forbidden, ZoneUnknown, WindowMalformed, WindowEmpty, TooManyWindows. Publishes HoursChanged. Locks as
    `change_hours`; the gates have turned when it returns.
    """
    require_keep_hours(actor)
    zone, normalised = require_zone(zone), read_weekly(windows)
    with change_hours([actor], now=now) as rows:
        row = rows[actor.id]
        row.zone, row.windows = zone, show_weekly(normalised)


def set_holidays(*, actor: PersonCard, country: str, subdivision: str = "", now: datetime) -> None:
    """Keep the public holidays of a country (ISO 3166, "" for none) and of a part of it, closed unless excepted.

    Raises Forbidden, CountryUnknown. Publishes HoursChanged. Locks as `change_hours`.
    """
    require_keep_hours(actor)
    if country or subdivision:
        require_country(country, subdivision)
    with change_hours([actor], now=now) as rows:
        row = rows[actor.id]
        row.holiday_country, row.holiday_subdivision = country, subdivision


def create_hours(
    *, person_ids: Sequence[UUID | str], zone: str, windows: Sequence[WeeklyWindow], now: datetime
) -> None:
    """Give new people their first hours with one statement; who has hours keeps them.

    For whoever makes people: they have no conversations yet, so no gate turns and no fact is told. Raises ZoneUnknown.
    """
    zone, shown = require_zone(zone), show_weekly(normalise_windows(windows))
    drafts = [
        Hours(person_id=UUID(str(one)), zone=zone, windows=shown, version=1, changed_at=now) for one in person_ids
    ]
    Hours.objects.bulk_create(drafts, batch_size=1000, ignore_conflicts=True)
