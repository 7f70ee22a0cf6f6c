"""A team's people, roster and numbers, as coordinators and colleagues see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import get_team_zone
from server.accounts.rules.roles import EXPERT
from server.availability import actions, requests, schemas, shapes
from server.availability.access import access_person
from server.availability.api.edge import read_at, read_caller, read_query_caller, read_span
from server.availability.api.own import LEDGER_DAYS, MOST_LEDGER_DAYS
from server.availability.coverage import find_coverage, list_weaknesses
from server.availability.models import ShiftSwap
from server.availability.policies import require_keep_roster, require_take_shifts
from server.availability.queries import (
    find_reachability,
    find_team_hours,
    list_shifts,
    list_signals,
    list_swaps,
)
from server.availability.rules.kinds import DUTY, require_shift_kind
from server.availability.rules.wind_down import BOUNDS
from server.foundation.clock import read_clock
from server.foundation.http import answer_empty
from server.foundation.rest import read_body, read_no_body

ROSTER_DAYS, MOST_ROSTER_DAYS = 28, 92
_SPAN = [OpenApiParameter("from", str), OpenApiParameter("to", str)]
_SETTINGS = (*BOUNDS, "evening_starts")


class ReachabilityView(APIView):
    """`/people/{id}/reachability`."""

    @extend_schema(
        operation_id="get_reachability",
        parameters=[OpenApiParameter("at", str)],
        responses={200: schemas.REACHABILITY},
    )
    def get(self, request: Request, person_id: UUID) -> Response:
        """Return whether they may be reached at an instant (now), until when, and when again."""
        actor = read_query_caller(request, "at")
        person = access_person(actor, person_id)
        at = read_at(request, "at", read_clock())
        return Response(shapes.show_reachability(find_reachability(person.id, at)))


class SignalsView(APIView):
    """`/people/{id}/boundary-ledger`."""

    @extend_schema(operation_id="list_signals", parameters=_SPAN, responses={200: schemas.SIGNALS})
    def get(self, request: Request, person_id: UUID) -> Response:
        """Return counts by week and kind: a signal to a coordinator, never a ranking."""
        actor = read_query_caller(request, "from", "to")
        require_keep_roster(actor)
        person = access_person(actor, person_id)
        now = read_clock()
        begin, end = read_span(
            request,
            get_team_zone(actor.team_id),
            begin=now - timedelta(days=LEDGER_DAYS),
            end=now + timedelta(days=1),
            most_days=MOST_LEDGER_DAYS,
        )
        return Response(shapes.show_signals(list_signals(person.id, begin, end)))


class TeamHoursView(APIView):
    """`/team/hours`."""

    @extend_schema(operation_id="get_team_hours", responses={200: schemas.TEAM_HOURS})
    def get(self, request: Request) -> Response:
        """Return the team's numbers."""
        actor = read_query_caller(request)
        require_keep_roster(actor)
        return Response(shapes.show_team_hours(find_team_hours(actor.team_id)))

    @extend_schema(
        operation_id="set_team_hours",
        request=requests.draw_body(requests.SET_TEAM_HOURS),
        responses={200: schemas.TEAM_HOURS},
    )
    def put(self, request: Request) -> Response:
        """Replace them; null switches a cap off."""
        actor = read_caller(request)
        given = read_body(request, requests.SET_TEAM_HOURS)
        row = actions.set_team_hours(
            actor=actor,
            settings={name: given[name] for name in _SETTINGS},
            duty_windows=given["duty_windows"],
            on_call_windows=given["on_call_windows"],
            now=read_clock(),
        )
        return Response(shapes.show_team_hours(row))


class ShiftsView(APIView):
    """`/shifts`."""

    @extend_schema(
        operation_id="list_shifts",
        parameters=[*_SPAN, OpenApiParameter("kind", str)],
        responses={200: schemas.SHIFTS},
    )
    def get(self, request: Request) -> Response:
        """Return the team's roster, four weeks from now without `from` and `to`; experts see the duty shifts."""
        actor = read_query_caller(request, "from", "to", "kind")
        require_take_shifts(actor)
        kind = request.query_params.get("kind")
        kind = require_shift_kind(kind) if kind is not None else None
        begin, end = _read_roster_span(request, actor.team_id)
        shifts = list_shifts(actor.team_id, begin, end, kind=kind)
        return Response(shapes.show_shifts([one for one in shifts if actor.role != EXPERT or one.kind == DUTY]))

    @extend_schema(
        operation_id="add_shifts",
        request=requests.draw_body(requests.ADD_SHIFTS),
        responses={201: schemas.SHIFTS_SAVED},
    )
    def post(self, request: Request) -> Response:
        """Put a shift on the roster, on so many weeks in a row; `weaknesses` say where a page might reach nobody."""
        actor, now = read_caller(request), read_clock()
        given = read_body(request, requests.ADD_SHIFTS)
        made = actions.add_shifts(
            actor=actor,
            kind=given["kind"],
            on=given["on"],
            start=given["start"],
            end=given["end"],
            person_id=given["person"],
            weeks=1 if given["weeks"] is None else given["weeks"],
            now=now,
        )
        weak = shapes.show_weaknesses(list_weaknesses(made, now=now))
        return Response(shapes.show_shifts(made) | weak, status=201)


class ShiftView(APIView):
    """`/shifts/{id}`."""

    @extend_schema(operation_id="remove_shift", responses={204: None})
    def delete(self, request: Request, shift_id: UUID) -> HttpResponse:
        """Take it off the roster."""
        actor = read_caller(request)
        read_no_body(request)
        actions.remove_shift(actor=actor, shift_id=shift_id, now=read_clock())
        return answer_empty()


class AssignView(APIView):
    """`/shifts/{id}/assign`."""

    @extend_schema(
        operation_id="assign_shift",
        request=requests.draw_body(requests.ASSIGN_SHIFT),
        responses={200: schemas.SHIFT_SAVED},
    )
    def post(self, request: Request, shift_id: UUID) -> Response:
        """Give it to somebody else, or with null to nobody; `weaknesses` as for new shifts."""
        actor, now = read_caller(request), read_clock()
        person_id = read_body(request, requests.ASSIGN_SHIFT)["person"]
        shift = actions.assign_shift(actor=actor, shift_id=shift_id, person_id=person_id, now=now)
        weak = shapes.show_weaknesses(list_weaknesses([shift], now=now))
        return Response(shapes.show_shift(shift) | weak)


class ShiftSwapsView(APIView):
    """`/shifts/{id}/swaps`."""

    @extend_schema(
        operation_id="propose_swap",
        request=requests.draw_body(requests.PROPOSE_SWAP),
        responses={201: schemas.SWAP},
    )
    def post(self, request: Request, shift_id: UUID) -> Response:
        """Ask a colleague to take a shift of one's own."""
        actor = read_caller(request)
        with_id = read_body(request, requests.PROPOSE_SWAP)["with"]
        swap = actions.propose_swap(actor=actor, shift_id=shift_id, with_id=with_id, now=read_clock())
        return Response(shapes.show_swap(swap), status=201)


class SwapsView(APIView):
    """`/swaps`."""

    @extend_schema(operation_id="list_swaps", responses={200: schemas.SWAPS})
    def get(self, request: Request) -> Response:
        """Return the swaps that the caller proposed or was asked for, the newest first."""
        actor = read_query_caller(request)
        require_take_shifts(actor)
        return Response({"swaps": [shapes.show_swap(one) for one in list_swaps(actor.id)]})


class AcceptSwapView(APIView):
    """`/swaps/{id}/accept`."""

    @extend_schema(operation_id="accept_swap", request=None, responses={200: schemas.SWAP})
    def post(self, request: Request, swap_id: UUID) -> Response:
        """Take the shift."""
        return _decide(request, swap_id, actions.accept_swap)


class DeclineSwapView(APIView):
    """`/swaps/{id}/decline`."""

    @extend_schema(operation_id="decline_swap", request=None, responses={200: schemas.SWAP})
    def post(self, request: Request, swap_id: UUID) -> Response:
        """Say no."""
        return _decide(request, swap_id, actions.decline_swap)


class WithdrawSwapView(APIView):
    """`/swaps/{id}/withdraw`."""

    @extend_schema(operation_id="withdraw_swap", request=None, responses={200: schemas.SWAP})
    def post(self, request: Request, swap_id: UUID) -> Response:
        """Ask no longer."""
        return _decide(request, swap_id, actions.withdraw_swap)


class CoverageView(APIView):
    """`/coverage`."""

    @extend_schema(operation_id="get_coverage", parameters=_SPAN, responses={200: schemas.COVERAGE})
    def get(self, request: Request) -> Response:
        """Return the hours ahead without anybody, and members on call whom no page would reach."""
        actor = read_query_caller(request, "from", "to")
        require_keep_roster(actor)
        begin, end = _read_roster_span(request, actor.team_id)
        return Response(shapes.show_coverage(find_coverage(actor.team_id, begin, end, now=read_clock())))


def _read_roster_span(request: Request, team_id: str) -> tuple[datetime, datetime]:
    now, zone = read_clock(), get_team_zone(team_id)
    return read_span(request, zone, begin=now, end=now + timedelta(days=ROSTER_DAYS), most_days=MOST_ROSTER_DAYS)


def _decide(request: Request, swap_id: UUID, action: Callable[..., ShiftSwap]) -> Response:
    actor = read_caller(request)
    read_no_body(request)
    return Response(shapes.show_swap(action(actor=actor, swap_id=swap_id, now=read_clock())))
