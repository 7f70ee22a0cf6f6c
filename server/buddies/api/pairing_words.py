"""What is written and kept about a pairing, over REST: introduction, notes, handover note, silence, looking back."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import PersonCard
from server.buddies import pairing_requests as requests
from server.buddies import pairing_schemas as schemas
from server.buddies import pairing_shapes as shapes
from server.buddies.actions.closing import access_closing, answer_closing
from server.buddies.actions.handovers import access_handover_note, approve_handover_note, write_handover_note
from server.buddies.actions.notes import add_note, list_notes, tick_introduction
from server.buddies.actions.warmth import access_warmth, keep_quiet, set_silence_days
from server.buddies.api.edge import find_language, read_caller, read_query_caller
from server.buddies.api.pairings import draw_body
from server.buddies.pairing_access import access_pairing
from server.foundation.clock import read_clock
from server.foundation.rest import read_body


class IntroductionView(APIView):
    """`/pairings/{id}/introduction`."""

    @extend_schema(operation_id="get_introduction", responses={200: schemas.INTRODUCTION})
    def get(self, request: Request, pairing_id: UUID) -> Response:
        """Return what the introduction talk is about, and what was talked about."""
        actor = read_query_caller(request)
        return Response(shapes.show_introduction(access_pairing(actor, pairing_id), find_language(actor)))

    @extend_schema(
        operation_id="tick_introduction",
        request=draw_body(requests.TICK_INTRODUCTION),
        responses={200: schemas.INTRODUCTION},
    )
    def put(self, request: Request, pairing_id: UUID) -> Response:
        """Say, as the expert, what was talked about."""
        actor = read_caller(request)
        items = read_body(request, requests.TICK_INTRODUCTION)["items"]
        pairing = tick_introduction(actor=actor, pairing_id=pairing_id, items=items, now=read_clock())
        return Response(shapes.show_introduction(pairing, find_language(actor)))


class NotesView(APIView):
    """`/pairings/{id}/notes`."""

    @extend_schema(operation_id="list_notes", responses={200: schemas.NOTES})
    def get(self, request: Request, pairing_id: UUID) -> Response:
        """Return the follow-up notes to who answers the youth, the newest first."""
        actor = read_query_caller(request)
        return Response({"notes": [shapes.show_note(one) for one in list_notes(actor, pairing_id)]})

    @extend_schema(operation_id="add_note", request=draw_body(requests.WRITE_WORDS), responses={201: schemas.NOTE})
    def post(self, request: Request, pairing_id: UUID) -> Response:
        """Note what to come back to."""
        actor = read_caller(request)
        words = read_body(request, requests.WRITE_WORDS)["words"]
        note = add_note(actor=actor, pairing_id=pairing_id, words=words, now=read_clock())
        return Response(shapes.show_note(note), status=201)


class HandoverNoteView(APIView):
    """`/pairings/{id}/handover-note`."""

    @extend_schema(operation_id="get_handover_note", responses={200: schemas.HANDOVER_NOTE})
    def get(self, request: Request, pairing_id: UUID) -> Response:
        """Return the note for the next buddy, to whom it is for."""
        actor = read_query_caller(request)
        return Response(shapes.show_handover_note(access_handover_note(actor, pairing_id)))

    @extend_schema(
        operation_id="write_handover_note",
        request=draw_body(requests.WRITE_WORDS),
        responses={200: schemas.HANDOVER_NOTE},
    )
    def put(self, request: Request, pairing_id: UUID) -> Response:
        """Write it; the youth approves it before anybody else reads it."""
        actor = read_caller(request)
        words = read_body(request, requests.WRITE_WORDS)["words"]
        note = write_handover_note(actor=actor, pairing_id=pairing_id, words=words, now=read_clock())
        return Response(shapes.show_handover_note(note))


class ApproveNoteView(APIView):
    """`/pairings/{id}/handover-note/approve`."""

    @extend_schema(
        operation_id="approve_handover_note",
        request=draw_body(requests.APPROVE_NOTE),
        responses={200: schemas.HANDOVER_NOTE},
    )
    def post(self, request: Request, pairing_id: UUID) -> Response:
        """Approve the note as it was read."""
        actor = read_caller(request)
        revision = read_body(request, requests.APPROVE_NOTE)["revision"]
        note = approve_handover_note(actor=actor, pairing_id=pairing_id, revision=revision, now=read_clock())
        return Response(shapes.show_handover_note(note))


class WarmthView(APIView):
    """`/pairings/{id}/warmth`."""

    @extend_schema(operation_id="get_warmth", responses={200: schemas.WARMTH})
    def get(self, request: Request, pairing_id: UUID) -> Response:
        """Return how the youth's silence is counted, to the expert and the coordinators."""
        return _answer_warmth(read_query_caller(request), pairing_id)

    @extend_schema(
        operation_id="set_silence_days", request=draw_body(requests.SET_SILENCE), responses={200: schemas.WARMTH}
    )
    def put(self, request: Request, pairing_id: UUID) -> Response:
        """Set, as a coordinator, after how many days the expert is reminded."""
        actor = read_caller(request)
        days = read_body(request, requests.SET_SILENCE)["silence_days"]
        set_silence_days(actor=actor, pairing_id=pairing_id, days=days, now=read_clock())
        return _answer_warmth(actor, pairing_id)


class QuietView(APIView):
    """`/pairings/{id}/warmth/quiet`."""

    @extend_schema(operation_id="keep_quiet", request=draw_body(requests.KEEP_QUIET), responses={200: schemas.WARMTH})
    def put(self, request: Request, pairing_id: UUID) -> Response:
        """Want no reminder until an instant, as who answers the youth."""
        actor = read_caller(request)
        until = read_body(request, requests.KEEP_QUIET)["until"]
        keep_quiet(actor=actor, pairing_id=pairing_id, until=until, now=read_clock())
        return _answer_warmth(actor, pairing_id)


class ClosingView(APIView):
    """`/pairings/{id}/closing`."""

    @extend_schema(operation_id="get_closing", responses={200: schemas.CLOSING})
    def get(self, request: Request, pairing_id: UUID) -> Response:
        """Return the questions of the closing talk and the caller's own answers, to the two."""
        return _answer_closing(read_query_caller(request), pairing_id)

    @extend_schema(
        operation_id="answer_closing", request=draw_body(requests.ANSWER_CLOSING), responses={200: schemas.CLOSING}
    )
    def put(self, request: Request, pairing_id: UUID) -> Response:
        """Look back, as one of the two."""
        actor = read_caller(request)
        given = read_body(request, requests.ANSWER_CLOSING)
        answer_closing(actor=actor, pairing_id=pairing_id, now=read_clock(), **given)
        return _answer_closing(actor, pairing_id)


def _answer_warmth(actor: PersonCard, pairing_id: UUID) -> Response:
    return Response(shapes.show_warmth(*access_warmth(actor, pairing_id)))


def _answer_closing(actor: PersonCard, pairing_id: UUID) -> Response:
    return Response(shapes.show_closing(*access_closing(actor, pairing_id), find_language(actor)))
