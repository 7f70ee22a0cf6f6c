"""The expert's side over REST: worries, and that a message needs no reply; the team's silence settings."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.authentication import get_caller_card
from server.accounts.queries import PersonCard, list_voices
from server.foundation.clock import read_clock
from server.foundation.http import answer_empty
from server.foundation.rest import draw_schema, read_body, read_no_body
from server.safety.actions.silence import get_silence, say_no_reply_needed, set_silence
from server.safety.actions.worries import hand_over_worry, raise_worry
from server.safety.api.edge import read_caller, read_query_caller
from server.safety.file_policies import require_keep_files, require_worry
from server.safety.file_queries import find_own_worry, list_worries
from server.safety.help_requests import RAISE_WORRY, SET_SILENCE
from server.safety.help_schemas import SILENCE, WORRIES, WORRY, WORRY_RAISED
from server.safety.help_shapes import show_silence, show_worry


class RaiseWorryView(APIView):
    """`/conversations/{id}/worries`."""

    @extend_schema(
        operation_id="raise_worry",
        request={"application/json": draw_schema(RAISE_WORRY)},
        responses={201: WORRY_RAISED},
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        """Say that one worries about the youth here, at any hour; what is open already it joins.

        No limiter counts it. `note` says what became of the words: kept, cut or none.
        """
        actor, given = get_caller_card(request), read_body(request, RAISE_WORRY)
        found = raise_worry(
            actor=actor,
            conversation_id=conversation_id,
            level=given["level"],
            note=given["note"],
            seqs=given["seqs"] or (),
            now=read_clock(),
        )
        shown = show_worry(find_own_worry(actor, found.worry.id), _language(actor)) | {"note": found.note}
        return Response(shown, status=201)


class WorriesView(APIView):
    """`/me/worries`."""

    @extend_schema(operation_id="list_worries", responses={200: WORRIES})
    def get(self, request: Request) -> Response:
        """Return the caller's own worries and how each stands, the newest first."""
        actor = read_query_caller(request)
        require_worry(actor)
        language = _language(actor)
        return Response({"worries": [show_worry(one, language) for one in list_worries(actor)]})


class HandOverWorryView(APIView):
    """`/me/worries/{id}/hand-over`."""

    @extend_schema(operation_id="hand_over_worry", request=None, responses={200: WORRY})
    def post(self, request: Request, worry_id: UUID) -> Response:
        """Leave a worry to the coordinators: whoever comes next is called now, the expert is released from it."""
        actor = read_caller(request)
        read_no_body(request)
        hand_over_worry(actor=actor, worry_id=worry_id, now=read_clock())
        return Response(show_worry(find_own_worry(actor, worry_id), _language(actor)))


class NoReplyNeededView(APIView):
    """`/conversations/{id}/no-reply-needed`."""

    @extend_schema(operation_id="say_no_reply_needed", request=None, responses={204: None})
    def post(self, request: Request, conversation_id: UUID) -> HttpResponse:
        """Say that the youth's last words need no answer; their clock stops."""
        actor = read_caller(request)
        read_no_body(request)
        say_no_reply_needed(actor=actor, conversation_id=conversation_id, now=read_clock())
        return answer_empty()


class SilenceView(APIView):
    """`/team/silence`."""

    @extend_schema(operation_id="get_silence", responses={200: SILENCE})
    def get(self, request: Request) -> Response:
        """Return after how many open minutes the team hears of an unanswered message, and at which level."""
        actor = read_query_caller(request)
        require_keep_files(actor)
        return Response(show_silence(get_silence(actor.team_id)))

    @extend_schema(
        operation_id="set_silence", request={"application/json": draw_schema(SET_SILENCE)}, responses={200: SILENCE}
    )
    def put(self, request: Request) -> Response:
        """Change it: 10 to 240 minutes, without a number the level's own."""
        actor = read_caller(request)
        given = read_body(request, SET_SILENCE)
        return Response(show_silence(set_silence(actor=actor, now=read_clock(), **given)))


def _language(actor: PersonCard) -> str:
    return list_voices([actor.id])[actor.id].language
