"""Complaints, advice on them, and reports, over REST."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import list_voices
from server.foundation.clock import read_clock
from server.foundation.rest import draw_schema, read_body
from server.safety.actions.advice import ask_advice, give_advice
from server.safety.actions.complaints import close_complaint, decide_complaint, receive_complaint, reopen_complaint
from server.safety.actions.reports import report
from server.safety.api.edge import read_caller, read_query_caller
from server.safety.complaint_access import is_handling
from server.safety.complaint_policies import require_advise
from server.safety.complaint_queries import list_advice, list_complaints, read_complaint
from server.safety.complaint_requests import ASK_ADVICE, CLOSE, COMPLAIN, DECIDE, GIVE_ADVICE, REOPEN, REPORT
from server.safety.complaint_schemas import (
    ADVICE_ASKED,
    ADVICE_REQUESTS,
    COMPLAINT,
    COMPLAINT_VIEW,
    COMPLAINTS,
    REPORTED,
)
from server.safety.complaint_shapes import show_advice, show_advice_requests, show_complaint, show_complaint_view
from server.safety.rules.complaints import write_thanks


class ComplaintsView(APIView):
    """`/complaints`."""

    @extend_schema(operation_id="list_complaints", responses={200: COMPLAINTS})
    def get(self, request: Request) -> Response:
        """Return the complaints that the caller made or handles, the newest first, without their texts."""
        actor = read_query_caller(request)
        found = list_complaints(actor)
        return Response({"complaints": [show_complaint(one, handling=handling) for one, handling in found]})

    @extend_schema(
        operation_id="complain", request={"application/json": draw_schema(COMPLAIN)}, responses={201: COMPLAINT}
    )
    def post(self, request: Request) -> Response:
        """Complain about a person or about the team: two look into it, never the one it is about."""
        actor = read_caller(request)
        given = read_body(request, COMPLAIN)
        complaint = receive_complaint(
            actor=actor,
            about=given["about"],
            about_team=bool(given["about_team"]),
            text=given["text"],
            now=read_clock(),
        )
        return Response(show_complaint(complaint, handling=False), status=201)


class ComplaintView(APIView):
    """`/complaints/{id}`."""

    @extend_schema(operation_id="get_complaint", responses={200: COMPLAINT_VIEW})
    def get(self, request: Request, complaint_id: UUID) -> Response:
        """Return one with its texts; that a handler reads it is written down first."""
        actor = read_query_caller(request)
        return Response(show_complaint_view(read_complaint(actor, complaint_id, now=read_clock())))


class AskAdviceView(APIView):
    """`/complaints/{id}/ask-advice`."""

    @extend_schema(
        operation_id="ask_advice", request={"application/json": draw_schema(ASK_ADVICE)}, responses={201: ADVICE_ASKED}
    )
    def post(self, request: Request, complaint_id: UUID) -> Response:
        """Ask an expert, by a text without names."""
        actor = read_caller(request)
        given = read_body(request, ASK_ADVICE)
        advice = ask_advice(
            actor=actor, complaint_id=complaint_id, expert_id=given["expert"], text=given["text"], now=read_clock()
        )
        return Response(show_advice(advice), status=201)


class DecideComplaintView(APIView):
    """`/complaints/{id}/decide`."""

    @extend_schema(
        operation_id="decide_complaint", request={"application/json": draw_schema(DECIDE)}, responses={200: COMPLAINT}
    )
    def post(self, request: Request, complaint_id: UUID) -> Response:
        """Say what one handler thinks; two who think the same decide."""
        actor = read_caller(request)
        given = read_body(request, DECIDE)
        complaint = decide_complaint(actor=actor, complaint_id=complaint_id, now=read_clock(), **given)
        return Response(show_complaint(complaint, handling=True))


class CloseComplaintView(APIView):
    """`/complaints/{id}/close`."""

    @extend_schema(
        operation_id="close_complaint", request={"application/json": draw_schema(CLOSE)}, responses={200: COMPLAINT}
    )
    def post(self, request: Request, complaint_id: UUID) -> Response:
        """Tell the one who complained what was decided, and close it."""
        actor = read_caller(request)
        given = read_body(request, CLOSE)
        complaint = close_complaint(actor=actor, complaint_id=complaint_id, now=read_clock(), **given)
        return Response(show_complaint(complaint, handling=True))


class ReopenComplaintView(APIView):
    """`/complaints/{id}/reopen`."""

    @extend_schema(
        operation_id="reopen_complaint", request={"application/json": draw_schema(REOPEN)}, responses={200: COMPLAINT}
    )
    def post(self, request: Request, complaint_id: UUID) -> Response:
        """Have it looked at again."""
        actor = read_caller(request)
        given = read_body(request, REOPEN)
        complaint = reopen_complaint(actor=actor, complaint_id=complaint_id, now=read_clock(), **given)
        return Response(show_complaint(complaint, handling=is_handling(actor, complaint)))


class AdviceRequestsView(APIView):
    """`/advice-requests`."""

    @extend_schema(operation_id="list_advice_requests", responses={200: ADVICE_REQUESTS})
    def get(self, request: Request) -> Response:
        """Return what the caller was asked for advice on, the newest first."""
        actor = read_query_caller(request)
        require_advise(actor)
        return Response(show_advice_requests(list_advice(actor)))


class GiveAdviceView(APIView):
    """`/advice-requests/{id}/answer`."""

    @extend_schema(
        operation_id="give_advice",
        request={"application/json": draw_schema(GIVE_ADVICE)},
        responses={200: ADVICE_ASKED},
    )
    def post(self, request: Request, advice_id: UUID) -> Response:
        """Answer it."""
        actor = read_caller(request)
        given = read_body(request, GIVE_ADVICE)
        return Response(show_advice(give_advice(actor=actor, advice_id=advice_id, now=read_clock(), **given)))


class ReportsView(APIView):
    """`/reports`."""

    @extend_schema(operation_id="report", request={"application/json": draw_schema(REPORT)}, responses={201: REPORTED})
    def post(self, request: Request) -> Response:
        """Point the coordinators at a message (`c`, `seq`) or a person in a conversation of the caller's."""
        actor = read_caller(request)
        given = read_body(request, REPORT)
        made = report(
            actor=actor,
            conversation_id=given["c"],
            seq=given["seq"],
            person_id=given["person"],
            note=given["note"],
            now=read_clock(),
        )
        language = list_voices([actor.id])[actor.id].language
        return Response({"id": str(made.id), "text": write_thanks(language)}, status=201)
