"""Care afterwards over REST: how it was, and calling back who asked for it."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import list_voices
from server.foundation.clock import read_clock
from server.foundation.rest import draw_schema, read_body, read_no_body
from server.safety.actions.care import answer_after_care, note_call_back
from server.safety.api.edge import read_caller, read_query_caller
from server.safety.file_policies import require_be_cared_for, require_keep_files
from server.safety.file_queries import list_call_backs, list_own_care
from server.safety.help_requests import ANSWER_CARE
from server.safety.help_schemas import CALL_BACK, CALL_BACKS, CARE, CARE_ANSWERED
from server.safety.help_shapes import show_call_back, show_care, show_care_answer


class OwnCareView(APIView):
    """`/me/after-care`."""

    @extend_schema(operation_id="list_own_care", responses={200: CARE})
    def get(self, request: Request) -> Response:
        """Return what the caller was asked and has not answered; nobody has to."""
        actor = read_query_caller(request)
        require_be_cared_for(actor)
        language = list_voices([actor.id])[actor.id].language
        return Response({"after_care": [show_care(one, language) for one in list_own_care(actor)]})


class AnswerCareView(APIView):
    """`/me/after-care/{id}`."""

    @extend_schema(
        operation_id="answer_after_care",
        request={"application/json": draw_schema(ANSWER_CARE)},
        responses={200: CARE_ANSWERED},
    )
    def post(self, request: Request, care_id: UUID) -> Response:
        """Say how it was, from 1 to 5. From 4 on an expert gets rest at once, unless `rest` is false."""
        actor = read_caller(request)
        given = read_body(request, ANSWER_CARE)
        care, rest_until = answer_after_care(actor=actor, care_id=care_id, now=read_clock(), **given)
        return Response(show_care_answer(care, rest_until))


class CallBacksView(APIView):
    """`/after-care`."""

    @extend_schema(operation_id="list_call_backs", responses={200: CALL_BACKS})
    def get(self, request: Request) -> Response:
        """Return who of the team asked to be called back, who waits longest first."""
        actor = read_query_caller(request)
        require_keep_files(actor)
        return Response({"call_backs": [show_call_back(one) for one in list_call_backs(actor.team_id)]})


class CalledBackView(APIView):
    """`/after-care/{id}/called`."""

    @extend_schema(operation_id="note_call_back", request=None, responses={200: CALL_BACK})
    def post(self, request: Request, care_id: UUID) -> Response:
        """Write down that the caller has called them back."""
        actor = read_caller(request)
        read_no_body(request)
        return Response(show_call_back(note_call_back(actor=actor, care_id=care_id, now=read_clock())))
