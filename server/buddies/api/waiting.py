"""The waiting list, and the joint proposal for it: people decide."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts.queries import list_cards
from server.buddies import profile_schemas as schemas
from server.buddies import profile_shapes as shapes
from server.buddies.actions.requests import open_missing_requests, withdraw_request
from server.buddies.api.edge import find_language, read_caller, read_query_caller
from server.buddies.matching import assign_waiting
from server.buddies.profile_policies import require_match
from server.buddies.waiting import get_waiting_list
from server.foundation.clock import read_clock
from server.foundation.rest import read_no_body


class WaitingListView(APIView):
    """`/waiting-list`."""

    @extend_schema(operation_id="get_waiting_list", responses={200: schemas.WAITING_LIST})
    def get(self, request: Request) -> Response:
        """Return who waits for a buddy, the longest first. A youth who has just come in is on it at once."""
        actor, now = read_query_caller(request), read_clock()
        require_match(actor)
        open_missing_requests(team_id=actor.team_id, now=now)
        return Response(shapes.show_waiting_list(get_waiting_list(actor.team_id, now=now)))


class WithdrawRequestView(APIView):
    """`/waiting-list/{id}/withdraw`."""

    @extend_schema(operation_id="withdraw_buddy_request", request=None, responses={200: schemas.REQUEST})
    def post(self, request: Request, request_id: UUID) -> Response:
        """Take a youth off the list who needs nobody."""
        actor = read_caller(request)
        read_no_body(request)
        entry = withdraw_request(actor=actor, request_id=request_id, now=read_clock())
        youth = list_cards([entry.youth_id])[str(entry.youth_id)]
        return Response(shapes.show_request(entry, youth))


class AssignmentView(APIView):
    """`/waiting-list/assignment`."""

    @extend_schema(operation_id="propose_assignment", responses={200: schemas.ASSIGNMENT})
    def get(self, request: Request) -> Response:
        """Return who would be whose buddy if all who wait were placed together, and why; nothing is proposed by it."""
        actor, now = read_query_caller(request), read_clock()
        require_match(actor)
        open_missing_requests(team_id=actor.team_id, now=now)
        team, youths, assignment = assign_waiting(actor.team_id, now=now)
        return Response(shapes.show_assignment(youths, team, assignment, find_language(actor)))
