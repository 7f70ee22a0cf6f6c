"""One's own hours: windows, exceptions, absences, pause, rest, holidays, caps, ledger."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.availability import actions, requests, schemas, shapes
from server.availability.api.edge import read_caller, read_query_caller, read_span
from server.availability.policies import require_keep_hours
from server.availability.queries import (
    get_hours,
    get_settings_of_person,
    get_settings_of_team,
    list_ledger,
    load_schedules,
)
from server.availability.rules.reachability import preview
from server.availability.rules.reading import find_local_date
from server.foundation.clock import format_instant, read_clock
from server.foundation.http import answer_empty
from server.foundation.rest import read_body, read_no_body, read_number

PREVIEW_DAYS, MOST_PREVIEW_DAYS = 28, 70
LEDGER_DAYS, MOST_LEDGER_DAYS = 28, 366


class HoursView(APIView):
    """`/me/availability`."""

    @extend_schema(operation_id="get_availability", responses={200: schemas.HOURS})
    def get(self, request: Request) -> Response:
        """Return the caller's whole schedule, normalised, and whether they may be reached now."""
        actor = read_query_caller(request)
        require_keep_hours(actor)
        return Response(shapes.show_hours(get_hours(actor.id, now=read_clock())))

    @extend_schema(
        operation_id="set_availability",
        request=requests.draw_body(requests.SET_HOURS),
        responses={200: schemas.HOURS},
    )
    def put(self, request: Request) -> Response:
        """Replace the weekly hours; the gates have moved when the answer comes."""
        actor, now = read_caller(request), read_clock()
        actions.set_hours(actor=actor, **read_body(request, requests.SET_HOURS), now=now)
        return Response(shapes.show_hours(get_hours(actor.id, now=now)))


class ExceptionsView(APIView):
    """`/me/availability/exceptions`."""

    @extend_schema(operation_id="list_exceptions", responses={200: schemas.EXCEPTIONS})
    def get(self, request: Request) -> Response:
        """Return the caller's exceptions that are not over."""
        actor = read_query_caller(request)
        require_keep_hours(actor)
        own = get_hours(actor.id, now=read_clock())
        return Response({"exceptions": [shapes.show_exception(one) for one in own.exceptions]})

    @extend_schema(
        operation_id="add_exception",
        request=requests.draw_body(requests.ADD_EXCEPTION),
        responses={201: schemas.MADE},
    )
    def post(self, request: Request) -> Response:
        """Have other hours on these days; without any, none."""
        actor = read_caller(request)
        given = read_body(request, requests.ADD_EXCEPTION)
        made = actions.add_exception(
            actor=actor,
            kind=given["kind"],
            first=given["from"],
            last=given["to"],
            windows=given["windows"] or (),
            parts=given["parts"] or (),
            now=read_clock(),
        )
        return Response({"id": str(made)}, status=201)


class ExceptionView(APIView):
    """`/me/availability/exceptions/{id}`."""

    @extend_schema(operation_id="remove_exception", responses={204: None})
    def delete(self, request: Request, exception_id: UUID) -> HttpResponse:
        """Take it back."""
        actor = read_caller(request)
        read_no_body(request)
        actions.remove_exception(actor=actor, exception_id=exception_id, now=read_clock())
        return answer_empty()


class AbsencesView(APIView):
    """`/me/availability/absences`."""

    @extend_schema(operation_id="list_absences", responses={200: schemas.ABSENCES})
    def get(self, request: Request) -> Response:
        """Return the caller's absences that are not over."""
        actor = read_query_caller(request)
        require_keep_hours(actor)
        own = get_hours(actor.id, now=read_clock())
        return Response({"absences": [shapes.show_absence(one) for one in own.absences]})

    @extend_schema(
        operation_id="add_absence", request=requests.draw_body(requests.ADD_ABSENCE), responses={201: schemas.MADE}
    )
    def post(self, request: Request) -> Response:
        """Be away on these days; it ends by itself."""
        actor = read_caller(request)
        given = read_body(request, requests.ADD_ABSENCE)
        made = actions.add_absence(actor=actor, first=given["from"], last=given["to"], now=read_clock())
        return Response({"id": str(made)}, status=201)


class AbsenceView(APIView):
    """`/me/availability/absences/{id}`."""

    @extend_schema(operation_id="end_absence", responses={204: None})
    def delete(self, request: Request, absence_id: UUID) -> HttpResponse:
        """Come back now, or do not go."""
        actor = read_caller(request)
        read_no_body(request)
        actions.end_absence(actor=actor, absence_id=absence_id, now=read_clock())
        return answer_empty()


class PauseView(APIView):
    """`/me/pause`."""

    @extend_schema(
        operation_id="start_pause", request=requests.draw_body(requests.START_PAUSE), responses={201: schemas.PAUSE}
    )
    def post(self, request: Request) -> Response:
        """Close at once, without a reason."""
        actor = read_caller(request)
        until = read_body(request, requests.START_PAUSE)["until"]
        return Response(shapes.show_pause(actions.start_pause(actor=actor, until=until, now=read_clock())), status=201)

    @extend_schema(operation_id="end_pause", responses={204: None})
    def delete(self, request: Request) -> HttpResponse:
        """Come back; the same answer when no pause was on."""
        actor = read_caller(request)
        read_no_body(request)
        actions.end_pause(actor=actor, now=read_clock())
        return answer_empty()


class RestView(APIView):
    """`/me/rest`."""

    @extend_schema(operation_id="declare_rest", request=None, responses={201: schemas.REST})
    def post(self, request: Request) -> Response:
        """Rest after a heavy evening, for as long as the team has agreed."""
        actor = read_caller(request)
        read_no_body(request)
        until = actions.declare_rest(actor=actor, now=read_clock())
        return Response({"until": format_instant(until)}, status=201)

    @extend_schema(operation_id="end_rest", responses={204: None})
    def delete(self, request: Request) -> HttpResponse:
        """Come back earlier; the same answer when there was no rest."""
        actor = read_caller(request)
        read_no_body(request)
        actions.end_rest(actor=actor, now=read_clock())
        return answer_empty()


class PreviewView(APIView):
    """`/me/availability/preview`."""

    @extend_schema(
        operation_id="preview_availability",
        parameters=[OpenApiParameter("days", int)],
        responses={200: schemas.PREVIEW},
    )
    def get(self, request: Request) -> Response:
        """Return when the caller can be reached on the days ahead, today first, as it stands now."""
        actor = read_query_caller(request, "days")
        require_keep_hours(actor)
        days = read_number(request, "days", default=PREVIEW_DAYS, low=1, high=MOST_PREVIEW_DAYS) or PREVIEW_DAYS
        now = read_clock()
        schedule = load_schedules([actor.id], now=now)[actor.id]
        stretches = preview(schedule, find_local_date(now, schedule.zone), days)
        return Response({"zone": schedule.zone, "stretches": [shapes.show_stretch(one) for one in stretches]})


class HolidaysView(APIView):
    """`/me/availability/holidays`."""

    @extend_schema(
        operation_id="set_holidays",
        request=requests.draw_body(requests.SET_HOLIDAYS),
        responses={200: schemas.HOLIDAYS},
    )
    def put(self, request: Request) -> Response:
        """Keep a country's public holidays; an empty country keeps none."""
        actor = read_caller(request)
        given = read_body(request, requests.SET_HOLIDAYS)
        kept = {"country": given["country"], "subdivision": given["subdivision"] or ""}
        actions.set_holidays(actor=actor, **kept, now=read_clock())
        return Response(kept)


class CapsView(APIView):
    """`/me/availability/caps`."""

    @extend_schema(operation_id="get_caps", responses={200: schemas.CAPS_ANSWER})
    def get(self, request: Request) -> Response:
        """Return the caller's own caps, the team's, and the stricter of both, which count."""
        actor = read_query_caller(request)
        require_keep_hours(actor)
        own = get_hours(actor.id, now=read_clock()).row
        team, in_force = get_settings_of_team(actor.team_id), get_settings_of_person(actor)
        return Response(shapes.show_caps(own.caps if own else {}, team, in_force))

    @extend_schema(
        operation_id="set_caps",
        request=requests.draw_body(requests.SET_CAPS),
        responses={200: schemas.CAPS_ANSWER},
    )
    def put(self, request: Request) -> Response:
        """Set own caps; null leaves one to the team."""
        actor = read_caller(request)
        given = read_body(request, requests.SET_CAPS)
        actions.set_caps(actor=actor, caps=given, now=read_clock())
        team, in_force = get_settings_of_team(actor.team_id), get_settings_of_person(actor)
        return Response(shapes.show_caps(given, team, in_force))


class OwnLedgerView(APIView):
    """`/me/boundary-ledger`."""

    @extend_schema(
        operation_id="list_ledger",
        parameters=[OpenApiParameter("from", str), OpenApiParameter("to", str)],
        responses={200: schemas.LEDGER},
    )
    def get(self, request: Request) -> Response:
        """Return what happened at the caller's boundaries, the newest first; four weeks without `from` and `to`."""
        actor = read_query_caller(request, "from", "to")
        require_keep_hours(actor)
        now = read_clock()
        zone = load_schedules([actor.id], now=now)[actor.id].zone
        begin, end = read_span(
            request,
            zone,
            begin=now - timedelta(days=LEDGER_DAYS),
            end=now + timedelta(days=1),
            most_days=MOST_LEDGER_DAYS,
        )
        return Response({"entries": [shapes.show_entry(one) for one in list_ledger(actor.id, begin, end)]})
