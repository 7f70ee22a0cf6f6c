"""A team's figures over REST: of which days, as JSON, or as a CSV file that leaves the house and is written down."""

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
from server.accounts.queries import PersonCard, get_team_zone
from server.audit.actions import record_entries
from server.audit.rules.entries import Entry
from server.foundation.errors import BadRequest
from server.foundation.figures import LEAST_PEOPLE, Row, write_csv
from server.foundation.ids import make_id
from server.foundation.schemas import nullable, shape

# Shorter, and two questions that overlap would tell of the day between them; longer, and the answer has no bound.
LEAST_DAYS, MOST_DAYS = 7, 92
USUAL_DAYS: Final = 28
SPAN: Final = [OpenApiParameter("from", str), OpenApiParameter("to", str)]
_DAY: Final = timedelta(days=1)
_DATE: Final = re.compile(r"20\d{2}-\d{2}-\d{2}", re.ASCII)
_ON: Final[dict[str, Any]] = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
NUMBER: Final[dict[str, Any]] = {"type": ["integer", "null"], "minimum": 0}


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days in a team's zone, both included; [begin, end) are the instants."""

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

    def read_wall(self, at: datetime) -> datetime:
        """Return what the team's wall shows at an instant."""
        return at.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)


Measure = Callable[[Days], Sequence[Row]]


def read_days(request: Request, team_id: str, now: datetime) -> Days:
    """Return the days `from` to `to` of the query string: LEAST_DAYS to MOST_DAYS of them, all over by now.

    The last USUAL_DAYS without them. Raises BadRequest.
    """
    zone = get_team_zone(team_id)
    yesterday = now.astimezone(ZoneInfo(zone)).date() - _DAY
    last = _read_date(request, "to", yesterday)
    first = _read_date(request, "from", last - _DAY * (USUAL_DAYS - 1))
    if last > yesterday or not LEAST_DAYS <= (last - first).days + 1 <= MOST_DAYS:
        raise BadRequest(f"from, to: {LEAST_DAYS} to {MOST_DAYS} days up to yesterday were expected")
    return Days(first, last, zone)


def answer_figures(request: Request, actor: PersonCard, measure: Measure, *, now: datetime) -> Response:
    """Return the figures of the days that were asked for. Ask after the check of who may. Raises BadRequest."""
    days = read_days(request, actor.team_id, now)
    span = {"from": days.first.isoformat(), "to": days.last.isoformat(), "zone": days.zone}
    return Response(span | {"least_people": LEAST_PEOPLE, "rows": list(measure(days))})


def export_figures(
    request: Request, actor: PersonCard, name: str, schema: Mapping[str, Any], measure: Measure, *, now: datetime
) -> HttpResponse:
    """Return the same as a file with the columns of the schema, after its making was written into the audit log.

    Ask after the check of who may. Raises BadRequest, StepUpRequired. Locks the team's audit stream.
    """
    days = read_days(request, actor.team_id, now)
    require_fresh_caller(request, now=now)
    columns = list(schema["properties"]["rows"]["items"]["properties"])
    written = write_csv(columns, measure(days))
    export_id = _record_export(actor, get_caller(request)[1].id, now)
    answer = HttpResponse(written, content_type="text/csv; charset=utf-8")
    file_name = f"{name}_{days.first}_{days.last}_{export_id}.csv"
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


def _read_date(request: Request, name: str, default: date) -> date:
    text = request.query_params.get(name)
    try:
        return default if text is None else date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError:
        raise BadRequest(f"{name}: a date YYYY-MM-DD was expected") from None


def _find_midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC)
