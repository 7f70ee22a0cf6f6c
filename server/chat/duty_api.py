"""The duty pool's REST edge: parse, one query or action, shape."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.authentication import get_caller_card, require_caller_rate
from server.chat.actions.duty import ask_duty, claim_duty, withdraw_duty
from server.chat.duty import find_running_duty, list_duty, show_duty
from server.chat.schemas import DUTY_CLAIMED, DUTY_REQUEST, DUTY_REQUESTS
from server.foundation.clock import read_clock
from server.foundation.http import answer_empty
from server.foundation.rest import read_no_body, require_known_query


class DutyRequestsView(APIView):
    """`/duty-requests`."""

    @extend_schema(operation_id="list_duty_requests", responses={200: DUTY_REQUESTS})
    def get(self, request: Request) -> Response:
        """Return a youth's last request; to an expert the open ones that they may claim now."""
        require_caller_rate(request, "query")
        require_known_query(request)
        found = list_duty(get_caller_card(request), now=read_clock())
        return Response({"requests": [show_duty(one) for one in found]})

    @extend_schema(operation_id="ask_duty", request=None, responses={200: DUTY_REQUEST, 201: DUTY_REQUEST})
    def post(self, request: Request) -> Response:
        """Ask for whoever has duty: 201, or 200 with the same request when one is open or its talk runs."""
        read_no_body(request)
        actor, now = get_caller_card(request), read_clock()
        # Who asks again is never told to wait by a limiter: only a new request is counted.
        if find_running_duty(actor.id, now=now) is None:
            require_caller_rate(request, "write")
        found, new = ask_duty(actor=actor, now=now)
        return Response(show_duty(found), status=201 if new else 200)


class OwnDutyRequestView(APIView):
    """`/duty-requests/current`."""

    @extend_schema(operation_id="withdraw_duty", responses={204: None})
    def delete(self, request: Request) -> HttpResponse:
        """Ask no longer."""
        read_no_body(request)
        require_caller_rate(request, "write")
        withdraw_duty(actor=get_caller_card(request), now=read_clock())
        return answer_empty()


class ClaimDutyView(APIView):
    """`/duty-requests/{id}/claim`."""

    @extend_schema(operation_id="claim_duty", request=None, responses={200: DUTY_CLAIMED, 201: DUTY_CLAIMED})
    def post(self, request: Request, request_id: UUID) -> Response:
        """Take the line: 201, or 200 with the same conversation for who has it already."""
        read_no_body(request)
        require_caller_rate(request, "write")
        found, new = claim_duty(actor=get_caller_card(request), request_id=request_id, now=read_clock())
        return Response({"conversation": str(found.line_id)}, status=201 if new else 200)
