"""The youth's side over REST: the help button, what happens next, who can read what."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.authentication import get_caller_card
from server.accounts.queries import list_voices
from server.foundation.clock import read_clock
from server.foundation.errors import TooLarge
from server.foundation.rest import draw_schema, read_body
from server.safety.actions.help import press_help
from server.safety.api.edge import read_query_caller
from server.safety.file_policies import require_press_help
from server.safety.help_queries import find_help, list_reader_words, list_talks, word_help
from server.safety.help_requests import PRESS_HELP
from server.safety.help_schemas import HELP_NOW, HELP_PRESSED, WHO_CAN_READ
from server.safety.help_shapes import show_help, show_pressed, show_readers
from server.safety.rules.help_notes import DROPPED


class HelpView(APIView):
    """`/help`."""

    @extend_schema(
        operation_id="press_help",
        request={"application/json": draw_schema(PRESS_HELP)},
        responses={200: HELP_PRESSED, 201: HELP_PRESSED},
    )
    def post(self, request: Request) -> Response:
        """Call for help now: 201, or 200 with the same escalation. No limiter counts it, no note is too long for it.

        `note` says what became of the words: kept, cut, dropped (the body was too large) or none.
        """
        actor = get_caller_card(request)
        note, dropped = _read_note(request)
        pressed = press_help(actor=actor, note=note, now=read_clock())
        state = word_help([(actor.id, pressed.raised.escalation)])[0]
        shown = show_pressed(state, DROPPED if dropped else pressed.note)
        return Response(shown, status=201 if pressed.raised.is_new else 200)


class CurrentHelpView(APIView):
    """`/help/current`."""

    @extend_schema(operation_id="get_help", responses={200: HELP_NOW})
    def get(self, request: Request) -> Response:
        """Return where the youth's own call for help stands and what happens next, in plain words; with the card."""
        actor = read_query_caller(request)
        require_press_help(actor)
        return Response(show_help(find_help(actor.id, now=read_clock())))


class WhoCanReadView(APIView):
    """`/who-can-read`."""

    @extend_schema(operation_id="get_who_can_read", responses={200: WHO_CAN_READ})
    def get(self, request: Request) -> Response:
        """Return who can read what and when, in plain words, and who is in the caller's own conversations."""
        actor = read_query_caller(request)
        language = list_voices([actor.id])[actor.id].language
        return Response(show_readers(list_reader_words(language), list_talks(actor.id)))


def _read_note(request: Request) -> tuple[str | None, bool]:
    """Return the note, and whether the body was too large to be read: help is called for without it then."""
    try:
        return read_body(request, PRESS_HELP)["note"], False
    except TooLarge:
        return None, True
