"""The chat room's REST edge (PROTOCOL §2): parse, one query or action, shape."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.authentication import get_caller_card, require_caller_rate
from server.chat.actions.accept import MessageDraft, accept_messages
from server.chat.actions.extending import extend_talk
from server.chat.actions.gates import freshen_all_of, freshen_conversations
from server.chat.actions.receipts import mark_read
from server.chat.actions.withdraw import withdraw_message
from server.chat.queries import MOST_MESSAGES, PAGE_MESSAGES, list_conversations, read_messages, read_snapshot
from server.chat.requests import EXTENSION_BODY, READ_BODY, SEND_BODY
from server.chat.schemas import CONVERSATIONS, EXTENDED, MESSAGES, OK, SENT, SNAPSHOT
from server.chat.shapes import show_sent
from server.foundation.clock import format_instant, read_clock
from server.foundation.errors import WarmlijnError
from server.foundation.json_codec import MAX_INTEGER
from server.foundation.rest import draw_schema, read_body, read_no_body, read_number, require_known_query


class SnapshotView(APIView):
    """`GET /snapshot`."""

    @extend_schema(operation_id="snapshot", responses={200: SNAPSHOT})
    def get(self, request: Request) -> Response:
        """Return everything a fresh device needs; the cursor was fixed first."""
        require_caller_rate(request, "query")
        require_known_query(request)
        now = read_clock()
        freshen_all_of(_person(request), now=now)
        return Response(read_snapshot(_person(request), now=now))


class ConversationsView(APIView):
    """`GET /conversations`."""

    @extend_schema(operation_id="list_conversations", responses={200: CONVERSATIONS})
    def get(self, request: Request) -> Response:
        """Return the caller's conversations, cut at their gate."""
        require_caller_rate(request, "query")
        require_known_query(request)
        now = read_clock()
        freshen_all_of(_person(request), now=now)
        return Response({"conversations": list_conversations(_person(request), now=now)})


class MessagesView(APIView):
    """`/conversations/{id}/messages`."""

    @extend_schema(
        operation_id="list_messages",
        parameters=[OpenApiParameter(name, int) for name in ("before", "after", "limit")],
        responses={200: MESSAGES},
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        """Return a page of history, rising by seq, only up to `visible_upto`."""
        require_caller_rate(request, "query")
        require_known_query(request, "before", "after", "limit")
        before = read_number(request, "before", default=None, low=0, high=MAX_INTEGER)
        after = read_number(request, "after", default=None, low=0, high=MAX_INTEGER)
        limit = read_number(request, "limit", default=PAGE_MESSAGES, low=1, high=MOST_MESSAGES)
        now = read_clock()
        freshen_conversations([str(conversation_id)], now=now)
        messages, more = read_messages(
            _person(request),
            conversation_id,
            before=before,
            after=after,
            limit=limit or PAGE_MESSAGES,
            session_id=_session(request),
            now=now,
        )
        return Response({"messages": messages, "more": more})

    @extend_schema(
        operation_id="send_message",
        request={"application/json": draw_schema(SEND_BODY)},
        responses={200: SENT, 201: SENT},
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        """Accept a message: 201, or 200 with the same answer when `m` was stored before."""
        fields = read_body(request, SEND_BODY)
        require_caller_rate(request, "send")
        c = str(conversation_id)
        draft = MessageDraft(_person(request), _session(request), c, fields["m"], fields["body"], fields["reply_to"])
        answer = accept_messages([draft], now=read_clock()).answers[0]
        if isinstance(answer, WarmlijnError):
            raise answer
        return Response(show_sent(answer), status=200 if answer.duplicate else 201)


class ReadView(APIView):
    """`POST /conversations/{id}/read`."""

    @extend_schema(operation_id="mark_read", request={"application/json": draw_schema(READ_BODY)}, responses={200: OK})
    def post(self, request: Request, conversation_id: UUID) -> Response:
        """Raise how far the caller has read, clamped to what is visible."""
        fields = read_body(request, READ_BODY)
        require_caller_rate(request, "read")
        reached = mark_read(
            person_id=_person(request),
            session_id=_session(request),
            conversation_id=conversation_id,
            upto=fields["upto"],
            now=read_clock(),
        )
        return Response({"read_upto": reached})


class WithdrawView(APIView):
    """`DELETE /conversations/{id}/messages/{mid}`."""

    @extend_schema(operation_id="withdraw_message", responses={204: None})
    def delete(self, request: Request, conversation_id: UUID, message_id: UUID) -> Response:
        """Withdraw one's own held message."""
        read_no_body(request)
        require_caller_rate(request, "withdraw")
        withdraw_message(
            person_id=_person(request),
            session_id=_session(request),
            conversation_id=conversation_id,
            message_id=message_id,
            now=read_clock(),
        )
        return Response(status=204)


class ExtensionView(APIView):
    """`POST /me/extension`."""

    @extend_schema(
        operation_id="extend_talk",
        request={"application/json": draw_schema(EXTENSION_BODY)},
        responses={201: EXTENDED},
    )
    def post(self, request: Request) -> Response:
        """Give a running talk 15 minutes more, at most twice an evening."""
        fields = read_body(request, EXTENSION_BODY)
        require_caller_rate(request, "write")
        until = extend_talk(actor=get_caller_card(request), conversation_id=fields["c"], now=read_clock())
        return Response({"until": format_instant(until)}, status=201)


def _person(request: Request) -> str:
    return str(request.user.pk)


def _session(request: Request) -> str:
    session: Any = request.auth
    return str(session.pk)
