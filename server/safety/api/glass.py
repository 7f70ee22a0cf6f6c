"""Broken glass over REST: opening, ending, reviewing and listing it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.authentication import require_fresh_caller
from server.accounts.queries import list_voices
from server.foundation.clock import read_clock
from server.foundation.errors import BadRequest
from server.foundation.http import answer_empty
from server.foundation.rest import draw_schema, read_body, read_no_body
from server.safety.actions.glass import break_glass, end_glass, review_glass
from server.safety.api.edge import read_caller, read_query_caller
from server.safety.reading_access import access_opening
from server.safety.reading_policies import require_review_glass
from server.safety.reading_queries import list_openings, read_glass_texts
from server.safety.reading_requests import BREAK_GLASS, REVIEW_GLASS, draw_break_glass
from server.safety.reading_schemas import GLASS, GLASS_OPENED, GLASS_WITH_TEXTS, GLASSES
from server.safety.reading_shapes import show_opening, show_texts
from server.safety.rules.glass import write_alone

_RUNNING = {None: None, "true": True, "false": False}


class BreakGlassView(APIView):
    """`/conversations/{id}/break-glass`."""

    @extend_schema(
        operation_id="break_glass",
        request={"application/json": draw_break_glass()},
        responses={201: GLASS_OPENED},
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        """Read this conversation for so many minutes; `fallback` says what to do when no colleague could be told."""
        actor, now = read_caller(request), read_clock()
        require_fresh_caller(request, now=now)
        given = read_body(request, BREAK_GLASS)
        opening = break_glass(actor=actor, conversation_id=conversation_id, now=now, **given)
        shown = show_opening(opening, now=now)
        if shown["alone"]:
            shown["fallback"] = write_alone(list_voices([actor.id])[actor.id].language)
        return Response(shown, status=201)


class GlassesView(APIView):
    """`/break-glass`."""

    @extend_schema(
        operation_id="list_break_glass", parameters=[OpenApiParameter("open", bool)], responses={200: GLASSES}
    )
    def get(self, request: Request) -> Response:
        """Return the team's readings, the newest first: those that run with `open=true`, the others with false."""
        actor, now = read_query_caller(request, "open"), read_clock()
        require_review_glass(actor)
        found = list_openings(actor.team_id, running=_read_running(request), now=now)
        return Response({"break_glass": [show_opening(one, now=now) for one in found]})


class GlassView(APIView):
    """`/break-glass/{id}`."""

    @extend_schema(operation_id="get_break_glass", responses={200: GLASS_WITH_TEXTS})
    def get(self, request: Request, opening_id: UUID) -> Response:
        """Return one reading with the words about it."""
        actor = read_query_caller(request)
        require_review_glass(actor)
        opening = access_opening(actor, opening_id)
        return Response(show_opening(opening, now=read_clock()) | show_texts(read_glass_texts(opening)))

    @extend_schema(operation_id="end_break_glass", responses={204: None})
    def delete(self, request: Request, opening_id: UUID) -> HttpResponse:
        """End it early."""
        actor = read_caller(request)
        read_no_body(request)
        end_glass(actor=actor, opening_id=opening_id, now=read_clock())
        return answer_empty()


class ReviewGlassView(APIView):
    """`/break-glass/{id}/review`."""

    @extend_schema(
        operation_id="review_break_glass",
        request={"application/json": draw_schema(REVIEW_GLASS)},
        responses={200: GLASS},
    )
    def post(self, request: Request, opening_id: UUID) -> Response:
        """Say whether a colleague's reading was justified; `tell_youth: now` tells a youth who was to be told later."""
        actor, now = read_caller(request), read_clock()
        given = read_body(request, REVIEW_GLASS)
        return Response(show_opening(review_glass(actor=actor, opening_id=opening_id, now=now, **given), now=now))


def _read_running(request: Request) -> bool | None:
    text = request.query_params.get("open")
    if text not in _RUNNING:
        raise BadRequest("open: true or false was expected")
    return _RUNNING[text]
