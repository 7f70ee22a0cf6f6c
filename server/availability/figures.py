"""What a team planned and what was used of it: hours by day, weekday and hour. Never by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.db.models.functions import ExtractHour, TruncDate

from server.accounts.figures import Days
from server.accounts.people import list_team_ids
from server.accounts.rules.roles import EXPERT
from server.availability.models import ContactMinute
from server.availability.queries import find_shift_span, list_shifts
from server.availability.rules.kinds import DUTY, ON_CALL
from server.foundation.figures import Row, Sample, list_rows

NUMBERS: Final = ("duty_minutes", "on_call_minutes", "contact_minutes")
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Minutes:
    """So many minutes of a kind: those of NUMBERS."""

    kind: str
    minutes: int


def measure_hours(team_id: str, days: Days) -> list[Row]:
    """Return the minutes on the roster and the minutes of contact; three statements.

    The roster is the team's own and known to all of it: it counts nobody. Minutes of contact are an expert's doing.
    """
    samples = [*_list_contacts(team_id, days), *_list_planned(team_id, days)]
    return list_rows(samples, days.first, days.last, _sum_minutes, open_names=("duty_minutes", "on_call_minutes"))


def _list_contacts(team_id: str, days: Days) -> Iterator[Sample[Minutes]]:
    zone = ZoneInfo(days.zone)
    found = ContactMinute.objects.filter(
        person_id__in=list_team_ids(team_id, EXPERT), minute_at__gte=days.begin, minute_at__lt=days.end
    )
    hours = found.annotate(on=TruncDate("minute_at", tzinfo=zone), hour=ExtractHour("minute_at", tzinfo=zone))
    counted = hours.values_list("person_id", "on", "hour").annotate(sum=Sum("minutes")).order_by()
    for person, on, hour, minutes in counted:
        wall = datetime(on.year, on.month, on.day, hour)  # noqa: DTZ001  a wall time
        yield Sample(wall, (str(person),), Minutes("contact_minutes", minutes))


def _list_planned(team_id: str, days: Days) -> Iterator[Sample[Minutes]]:
    kinds = {DUTY: "duty_minutes", ON_CALL: "on_call_minutes"}
    for shift in list_shifts(team_id, days.begin, days.end):
        if shift.person_id is not None:
            begin, end = find_shift_span(shift)
            yield from _cut_hours(kinds[shift.kind], max(begin, days.begin), min(end, days.end), days)


def _cut_hours(kind: str, begin: datetime, end: datetime, days: Days) -> Iterator[Sample[Minutes]]:
    """Yield the minutes of a stretch by the hours of the clock; every zone's hours begin on a quarter of UTC's."""
    at = begin
    while at < end:
        wall = days.read_wall(at)
        until = min(at + _HOUR - timedelta(minutes=wall.minute, seconds=wall.second), end)
        yield Sample(wall, (), Minutes(kind, (until - at) // _MINUTE))
        at = until


def _sum_minutes(samples: Sequence[Sample[Minutes]]) -> Mapping[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for one in samples:
        sums[one.what.kind] += one.what.minutes
    return {name: sums[name] for name in NUMBERS}
