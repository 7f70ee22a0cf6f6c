"""What the desk shows of hours: tonight's shifts, the week of the team, figures, what was agreed before."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Final

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.figures import MONTH, answer_figures, export_figures
from server.accounts.queries import get_team_zone
from server.availability import schemas, shapes
from server.availability.api.edge import read_caller, read_query_caller
from server.availability.desk import find_tonight, list_openings, list_team_swaps
from server.availability.figures import measure_hours
from server.availability.policies import require_keep_roster
from server.availability.queries import list_team_versions
from server.availability.rules.reading import find_local_date, read_date
from server.foundation.clock import read_clock
from server.foundation.errors import BadRequest
from server.foundation.rest import require_known_query

_USUAL_DAYS, _MOST_DAYS = 7, 14
_DAY: Final = timedelta(days=1)


class OnShiftView(APIView):
    """`/team/on-shift`."""

    @extend_schema(operation_id="get_on_shift", responses={200: schemas.ON_SHIFT})
    def get(self, request: Request) -> Response:
        """Return who stands on the team's shifts now and next, whether a page would reach them, and the gaps of the
        next 24 hours."""
        actor = read_query_caller(request)
        require_keep_roster(actor)
        return Response(shapes.show_tonight(find_tonight(actor.team_id, now=read_clock())))


class OpeningsView(APIView):
    """`/team/openings`."""

    @extend_schema(
        operation_id="list_openings",
        parameters=[OpenApiParameter("from", str), OpenApiParameter("to", str)],
        responses={200: schemas.OPENINGS},
    )
    def get(self, request: Request) -> Response:
        """Return when each expert may be reached on the dates `from` to `to`, both included: a week from today without
        them, 14 days at most. Days that are over are shown as the hours stand now."""
        actor, now = read_query_caller(request, "from", "to"), read_clock()
        require_keep_roster(actor)
        given = request.query_params
        today = find_local_date(now, get_team_zone(actor.team_id))
        first = read_date(given["from"]) if "from" in given else today
        last = read_date(given["to"]) if "to" in given else first + _DAY * (_USUAL_DAYS - 1)
        if not 0 <= (last - first).days < _MOST_DAYS:
            raise BadRequest(f"from, to: at most {_MOST_DAYS} days, forwards, were expected")
        found = list_openings(actor.team_id, first, (last - first).days + 1, now=now)
        return Response(shapes.show_openings(found))


class TeamHoursHistoryView(APIView):
    """`/team/hours/history`."""

    @extend_schema(operation_id="list_team_hours_history", responses={200: schemas.TEAM_HOURS_HISTORY})
    def get(self, request: Request) -> Response:
        """Return what the team has agreed over time and who changed it, the newest first."""
        actor = read_query_caller(request)
        require_keep_roster(actor)
        return Response(shapes.show_team_versions(list_team_versions(actor.team_id)))


class TeamSwapsView(APIView):
    """`/team/swaps`."""

    @extend_schema(operation_id="list_team_swaps", responses={200: schemas.SWAPS})
    def get(self, request: Request) -> Response:
        """Return the team's swaps, those that wait for an answer first."""
        actor = read_query_caller(request)
        require_keep_roster(actor)
        return Response({"swaps": [shapes.show_swap(one) for one in list_team_swaps(actor.team_id)]})


class HoursFiguresView(APIView):
    """`/insight/hours`."""

    @extend_schema(operation_id="get_hours_figures", parameters=MONTH, responses={200: schemas.FIGURES})
    def get(self, request: Request) -> Response:
        """Return the team's minutes of shifts and of contact by day, weekday and hour; where fewer than `least_people`
        experts are behind a number it is hidden."""
        actor = read_query_caller(request, "month")
        require_keep_roster(actor)
        return answer_figures(request, actor, partial(measure_hours, actor.team_id), now=read_clock())


class HoursFiguresFileView(APIView):
    """`/insight/hours.csv`."""

    @extend_schema(operation_id="export_hours_figures", parameters=MONTH, responses={(200, "text/csv"): str})
    def get(self, request: Request) -> HttpResponse:
        """Return the same as a file; that it was made is written into the audit log."""
        actor = read_caller(request)
        require_known_query(request, "month")
        require_keep_roster(actor)
        measure = partial(measure_hours, actor.team_id)
        return export_figures(request, actor, "hours", schemas.FIGURES, measure, now=read_clock())
