"""Escalations over REST, for the team's coordinators: parse, one query or action, shape."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import PersonCard
from server.foundation.clock import read_clock
from server.foundation.errors import BadRequest
from server.foundation.rest import draw_schema, read_body, read_no_body
from server.safety.access import access_escalation
from server.safety.actions import escalations as actions
from server.safety.actions.notes import read_note
from server.safety.api.edge import read_caller, read_query_caller
from server.safety.desk import list_called
from server.safety.models import Escalation
from server.safety.policies import require_answer
from server.safety.queries import get_view, list_escalations
from server.safety.requests import HAND_OVER, RESOLVE
from server.safety.schemas import ESCALATION_VIEW, ESCALATIONS, SIGNAL_WITH_NOTE
from server.safety.shapes import show_called, show_escalation, show_signal_note, show_view
from server.safety.states import ACTIVE, ESCALATION

_ALL: Final = "all"
_GROUPS: Final = {
    "active": ACTIVE,
    "ended": tuple(one for one in ESCALATION.states if one not in ACTIVE),
    _ALL: ESCALATION.states,
} | {one: (one,) for one in ESCALATION.states}


class EscalationsView(APIView):
    """`/escalations`."""

    @extend_schema(
        operation_id="list_escalations",
        parameters=[OpenApiParameter("state", str, enum=list(_GROUPS)), OpenApiParameter("before", UUID)],
        responses={200: ESCALATIONS},
    )
    def get(self, request: Request) -> Response:
        """Return a page of the team's in a state, the newest first; without `state` those that somebody must still
        answer, all of them. `before` is the last one seen.

        `called` is whom an active one has called since its chain last began.
        """
        actor = read_query_caller(request, "state", "before")
        require_answer(actor)
        states = _GROUPS.get(request.query_params.get("state") or "active")
        if states is None:
            raise BadRequest(f"state: one of {', '.join(_GROUPS)} was expected")
        found, more = list_escalations(actor, states, before=_find_before(actor, request))
        called = list_called(found)
        shown = [show_escalation(one) | {"called": show_called(called.get(one.id, ()))} for one in found]
        return Response({"escalations": shown, "more": more})


class EscalationView(APIView):
    """`/escalations/{id}`."""

    @extend_schema(operation_id="get_escalation", responses={200: ESCALATION_VIEW})
    def get(self, request: Request, escalation_id: UUID) -> Response:
        """Return one with its history, its pages, its signals without their notes, and when what comes next."""
        actor = read_query_caller(request)
        return _show(access_escalation(actor, escalation_id))


class SignalView(APIView):
    """`/escalations/{id}/signals/{id}`."""

    @extend_schema(operation_id="get_signal", responses={200: SIGNAL_WITH_NOTE})
    def get(self, request: Request, escalation_id: UUID, signal_id: UUID) -> Response:
        """Return a signal with what was written with it; each reading is an audit entry."""
        actor = read_query_caller(request)
        found = read_note(actor=actor, escalation_id=escalation_id, signal_id=signal_id, now=read_clock())
        return Response(show_signal_note(*found))


class AcknowledgeView(APIView):
    """`/escalations/{id}/acknowledge`."""

    @extend_schema(operation_id="acknowledge_escalation", request=None, responses={200: ESCALATION_VIEW})
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """Promise to be at work on it; every page that is not out yet stops."""
        actor = read_caller(request)
        read_no_body(request)
        return _show(actions.acknowledge(actor=actor, escalation_id=escalation_id, now=read_clock()))


class HandOverView(APIView):
    """`/escalations/{id}/hand-over`."""

    @extend_schema(
        operation_id="hand_over_escalation",
        request={"application/json": draw_schema(HAND_OVER)},
        responses={200: ESCALATION_VIEW},
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """Give it into other hands, saying to whom and what they were told."""
        actor = read_caller(request)
        given = read_body(request, HAND_OVER)
        told = given["told"] or []
        found = actions.hand_over(actor=actor, escalation_id=escalation_id, to=given["to"], told=told, now=read_clock())
        return _show(found)


class ResolveView(APIView):
    """`/escalations/{id}/resolve`."""

    @extend_schema(
        operation_id="resolve_escalation",
        request={"application/json": draw_schema(RESOLVE)},
        responses={200: ESCALATION_VIEW},
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """End it, saying how."""
        actor = read_caller(request)
        given = read_body(request, RESOLVE)
        return _show(actions.resolve(actor=actor, escalation_id=escalation_id, now=read_clock(), **given))


class ReopenView(APIView):
    """`/escalations/{id}/reopen`."""

    @extend_schema(operation_id="reopen_escalation", request=None, responses={200: ESCALATION_VIEW})
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """Take it up again; its chain begins anew."""
        actor = read_caller(request)
        read_no_body(request)
        return _show(actions.reopen(actor=actor, escalation_id=escalation_id, now=read_clock()))


def _find_before(actor: PersonCard, request: Request) -> Escalation | None:
    text = request.query_params.get("before")
    if text is None:
        return None
    try:
        return access_escalation(actor, UUID(text))
    except ValueError:
        raise BadRequest("before: the id of an escalation was expected") from None


def _show(escalation: Escalation) -> Response:
    return Response(show_view(get_view(escalation)))
