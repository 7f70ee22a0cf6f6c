"""The coordinator in the conversation, over REST; and who came into one's own conversation, and why."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import list_voices
from server.foundation.clock import read_clock
from server.foundation.rest import draw_schema, read_body, read_no_body
from server.safety.actions.joining import hand_back, join_escalation, take_over
from server.safety.api.edge import read_caller, read_query_caller
from server.safety.joining_queries import list_company
from server.safety.queries import get_view
from server.safety.reading_requests import JOIN
from server.safety.reading_schemas import COMPANY, JOINED_ESCALATION, JOINING
from server.safety.reading_shapes import show_company, show_joining
from server.safety.shapes import show_view


class JoinView(APIView):
    """`/escalations/{id}/join`."""

    @extend_schema(
        operation_id="join_escalation",
        request={"application/json": draw_schema(JOIN)},
        responses={200: JOINED_ESCALATION},
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """Come into its conversation, seen by all, or with `private` open a line of one's own with the youth."""
        actor = read_caller(request)
        private = bool(read_body(request, JOIN)["private"])
        escalation, joining = join_escalation(
            actor=actor, escalation_id=escalation_id, private=private, now=read_clock()
        )
        place = str(joining.conversation_id) if joining else None
        return Response(show_view(get_view(escalation)) | {"conversation": place})


class TakeOverView(APIView):
    """`/escalations/{id}/take-over`."""

    @extend_schema(operation_id="take_over", request=None, responses={200: JOINING})
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """Answer instead of the expert, who need not do anything now."""
        actor = read_caller(request)
        read_no_body(request)
        return Response(show_joining(take_over(actor=actor, escalation_id=escalation_id, now=read_clock())))


class HandBackView(APIView):
    """`/escalations/{id}/hand-back`."""

    @extend_schema(operation_id="hand_back", request=None, responses={200: JOINING})
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """Let the expert answer again."""
        actor = read_caller(request)
        read_no_body(request)
        return Response(show_joining(hand_back(actor=actor, escalation_id=escalation_id, now=read_clock())))


class CompanyView(APIView):
    """`/conversations/{id}/company`."""

    @extend_schema(operation_id="list_company", responses={200: COMPANY})
    def get(self, request: Request, conversation_id: UUID) -> Response:
        """Return the coordinators who came into the caller's conversation, and why."""
        actor = read_query_caller(request)
        company = list_company(actor, conversation_id)
        return Response(show_company(company, role=actor.role, language=list_voices([actor.id])[actor.id].language))
