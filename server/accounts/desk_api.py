"""People's ways in, as their team's coordinators keep them, over REST: invitations, sessions, roles, lost factors."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts import desk_forms as forms
from server.accounts.actions.factors import reset_factors
from server.accounts.actions.invitations import revoke_invitation
from server.accounts.actions.people import change_role
from server.accounts.actions.revocations import revoke_sessions
from server.accounts.authentication import get_caller, require_caller_rate, require_fresh_caller
from server.accounts.desk_queries import access_sessions
from server.accounts.rules.roles import PASSWORD_ROLES
from server.accounts.serializers import draw_body
from server.foundation.clock import read_clock
from server.foundation.errors import BadRequest
from server.foundation.http import answer_empty
from server.foundation.rest import read_body, read_no_body, require_known_query


class InvitationView(APIView):
    """`/invitations/{id}`."""

    @extend_schema(operation_id="revoke_invitation", responses={204: None})
    def delete(self, request: Request, invitation_id: UUID) -> HttpResponse:
        """Let its code work no more; the same answer when it did not before."""
        require_caller_rate(request, "write")
        read_no_body(request)
        revoke_invitation(actor=get_caller(request)[1], invitation_id=invitation_id, now=read_clock())
        return answer_empty()


class PersonSessionsView(APIView):
    """`/people/{id}/sessions`."""

    @extend_schema(operation_id="list_person_sessions", responses={200: forms.PERSON_SESSIONS})
    def get(self, request: Request, person_id: UUID) -> Response:
        """Return where somebody of the team is signed in; of a youth only how often, and when they were last here."""
        require_caller_rate(request, "query")
        require_known_query(request)
        found = access_sessions(get_caller(request)[0], person_id, now=read_clock())
        return Response(forms.shape_sessions(found))


class RevokeSessionsView(APIView):
    """`/people/{id}/sessions/revoke`."""

    @extend_schema(
        operation_id="revoke_person_sessions",
        request=draw_body(forms.REVOKE_SESSIONS),
        responses={200: forms.SESSIONS_REVOKED},
    )
    def post(self, request: Request, person_id: UUID) -> Response:
        """End somebody's sessions, or one of a colleague's: a lost phone. The reason is kept for the team."""
        require_caller_rate(request, "write")
        now = read_clock()
        require_fresh_caller(request, now=now)
        given = read_body(request, forms.REVOKE_SESSIONS)
        _, session = get_caller(request)
        ended = revoke_sessions(
            actor=session, person_id=person_id, only=given["session"], reason=given["reason"], now=now
        )
        return Response({"ended": ended})


class RoleView(APIView):
    """`/people/{id}/role`."""

    @extend_schema(operation_id="change_role", request=forms.draw_role(), responses={200: forms.PERSON_ROLE})
    def put(self, request: Request, person_id: UUID) -> Response:
        """Give somebody of the staff another role; their sessions end, and what hung on the role before."""
        require_caller_rate(request, "write")
        now = read_clock()
        require_fresh_caller(request, now=now)
        role = read_body(request, forms.CHANGE_ROLE)["role"]
        if role not in PASSWORD_ROLES:
            raise BadRequest(f"role: one of {', '.join(PASSWORD_ROLES)} was expected")
        change_role(person_id=person_id, role=role, actor=get_caller(request)[1], now=now)
        return Response({"id": str(person_id), "role": role})


class ResetFactorsView(APIView):
    """`/people/{id}/factors/reset`."""

    @extend_schema(operation_id="reset_factors", request=None, responses={204: None})
    def post(self, request: Request, person_id: UUID) -> HttpResponse:
        """Take the factors of a colleague who lost them: sessions end, and they set up new ones with the password."""
        require_caller_rate(request, "write")
        now = read_clock()
        require_fresh_caller(request, now=now)
        read_no_body(request)
        actor, session = get_caller(request)
        reset_factors(person_id=person_id, actor=actor, session_id=session.id, now=now)
        return answer_empty()
