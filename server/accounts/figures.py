"""A team's figures over REST: of which month, as JSON, or as a CSV file that leaves the house and is written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from server.accounts.authentication import get_caller, require_fresh_caller
from server.accounts.errors import MonthNotSettled
from server.accounts.queries import PersonCard, get_team_zone
from server.audit.actions import record_entries
from server.audit.rules.entries import Entry
from server.foundation.errors import BadRequest
from server.foundation.figures import LEAST_PEOPLE, Row, write_csv
from server.foundation.ids import make_id
from server.foundation.schemas import nullable, shape

# An answer that comes later is none, as is a later acknowledgement: from then on a month's figures stay as they are.
SETTLED_AFTER: Final = timedelta(days=7)
MONTH: Final = [OpenApiParameter("month", str, description="YYYY-MM; the newest that is settled without it")]
_DAY: Final = timedelta(days=1)
_MONTH: Final = re.compile(r"20\d{2}-(0[1-9]|1[0-2])", re.ASCII)
_ON: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
NUMBER: Final[dict[str, Any]] = {"type": ["integer", "null"], "minimum": 0}


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a calendar month in a team's zone, both included; [begin, end) are the instants."""

    first: date
    last: date
    zone: str

    @property
    def begin(self) -> datetime:
        """When the first day begins."""
        return _find_midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """When the last day is over."""
        return _find_midnight(self.last + _DAY, self.zone)

    @property
    def weeks(self) -> Days:
        """The whole weeks of this month: a week belongs to the month of its Monday."""
        first, last = _find_monday(self.first), _find_monday(self.last + _DAY) - _DAY
        return Days(first, last, self.zone)

    @property
    def mondays(self) -> list[date]:
        """The Mondays among these days."""
        return [day for at in range((self.last - self.first).days + 1) if not (day := self.first + _DAY * at).weekday()]

    def read_wall(self, at: datetime) -> datetime:
        """Return what the team's wall shows at an instant."""
        return at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)


Measure = Callable[[Days], Sequence[Row]]


def read_month(request: Request, team_id: str, now: datetime) -> Days:
    """Return the days of the `month` of the query string, the newest that is settled without it.

    Only whole months: of two spans that overlap, the difference would tell of the days between them. Only those that
    are over for SETTLED_AFTER: before, the difference of two days would tell of one late answer. Raises BadRequest,
    MonthNotSettled.
    """
    zone = get_team_zone(team_id)
    newest = find_newest(now.astimezone(ZoneInfo(zone)).date())
    text = request.query_params.get("month", newest)
    if not _MONTH.fullmatch(text):
        raise BadRequest("month: YYYY-MM was expected")
    if text > newest:
        raise MonthNotSettled(newest)
    first = date.fromisoformat(f"{text}-01")
    return Days(first, _find_next_month(first) - _DAY, zone)


def find_newest(today: date) -> str:
    """Return the newest month, YYYY-MM, that is settled on a day."""
    settled = today - SETTLED_AFTER
    return f"{settled.replace(day=1) - _DAY:%Y-%m}"


def answer_figures(request: Request, actor: PersonCard, measure: Measure, *, now: datetime) -> Response:
    """Return the figures of the month that was asked for. Ask after the check of who may.

    Raises BadRequest, MonthNotSettled.
    """
    days = read_month(request, actor.team_id, now)
    span = {"from": days.first.isoformat(), "to": days.last.isoformat(), "zone": days.zone}
    return Response(span | {"least_people": LEAST_PEOPLE, "rows": list(measure(days))})


def export_figures(
    request: Request, actor: PersonCard, name: str, schema: Mapping[str, Any], measure: Measure, *, now: datetime
) -> HttpResponse:
    """Return the same as a file with the columns of the schema, after its making was written into the audit log.

    Ask after the check of who may. Raises BadRequest, MonthNotSettled, StepUpRequired. Locks the team's audit stream.
    """
    days = read_month(request, actor.team_id, now)
    require_fresh_caller(request, now=now)
    columns = list(schema["properties"]["rows"]["items"]["properties"])
    written = write_csv(columns, measure(days))
    export_id = _record_export(actor, get_caller(request)[1].id, now)
    answer = HttpResponse(written, content_type="text/csv; charset=utf-8")
    file_name = f"{name}_{days.first:%Y-%m}_{export_id}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer


def draw_figures(places: Mapping[str, Any], numbers: Sequence[str]) -> dict[str, Any]:
    """Return the schema of figures whose rows are placed by `places` and hold these numbers, null where hidden."""
    row = shape(dict(places) | {"hidden": {"type": "boolean"}} | dict.fromkeys(numbers, NUMBER))
    return shape(
        {
            "from": _ON,
            "to": _ON,
            "zone": {"type": "string"},
            "least_people": {"type": "integer", "minimum": 1},
            "rows": {"type": "array", "items": row},
        }
    )


def draw_cuts(cuts: Sequence[str], numbers: Sequence[str], *, more: Mapping[str, Any] = {}) -> dict[str, Any]:
    """Return the schema of figures by day, weekday and hour; `more` are further fields that place a row."""
    places = {"cut": {"type": "string", "enum": list(cuts)}} | dict(more)
    places |= {
        "on": nullable(_ON),
        "weekday": {"type": ["integer", "null"], "minimum": 1, "maximum": 7},
        "hour": {"type": ["integer", "null"], "minimum": 0, "maximum": 23},
    }
    return draw_figures(places, numbers)


def _record_export(actor: PersonCard, session_id: UUID, now: datetime) -> UUID:
    export_id = make_id()
    entry = Entry(
        stream_id=actor.team_id,
        action="export.made",
        actor_id=actor.id,
        actor_role=actor.role,
        object_id=export_id,
        session_id=session_id,
        purpose="administration",
    )
    with transaction.atomic():
        record_entries([entry], now=now)
    return export_id


def _find_next_month(day: date) -> date:
    return (day.replace(day=28) + _DAY * 4).replace(day=1)


def _find_monday(day: date) -> date:
    """Return this day, or the next Monday."""
    return day + _DAY * (-day.weekday() % 7)


def _find_midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)
