"""The REST edge of accounts: count, parse, ONE action, shape. Who may do it is asked inside the action."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts import actions
from server.accounts import serializers as forms
from server.accounts.authentication import (
    BearerAuthentication,
    get_caller,
    require_caller_rate,
    require_fresh_caller,
)
from server.accounts.desk_forms import INVITATIONS, shape_invitation
from server.accounts.desk_queries import list_invitations
from server.accounts.device_queries import find_registered_at, is_to_be_asked
from server.accounts.doors import read_address, require_door_rate
from server.accounts.factor_queries import find_code_made_at
from server.accounts.models import Invitation
from server.accounts.policies import list_seen_invitations, require_change_password, require_invite
from server.accounts.queries import access_own_session, get_person, list_sessions
from server.accounts.rules.invitations import STATES
from server.accounts.rules.lifetimes import INVITATION_LIFETIME, STAFF_INVITATION_LIFETIME
from server.accounts.rules.names import clean_email
from server.accounts.rules.roles import INVITED_STAFF, YOUTH
from server.foundation.clock import format_instant, read_clock
from server.foundation.errors import BadRequest
from server.foundation.http import answer_empty
from server.foundation.rest import read_body, read_no_body, read_place, require_known_query


class EnrolView(APIView):
    """A youth's invitation code becomes an account."""

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes = ()

    @extend_schema(
        auth=[],
        request=forms.draw_body(forms.ENROL),
        responses={201: forms.SIGNED_IN_SCHEMA},
        operation_id="enrol",
    )
    def post(self, request: Request) -> Response:
        """Use an invitation code, once; the token in the answer is shown this one time."""
        require_door_rate("enrol_address", read_address(request))
        given = read_body(request, forms.ENROL)
        person, _, token = actions.enrol_youth(**given, now=read_clock())
        return Response({"token": token, "user": forms.shape_person(person)}, status=201)


class EnrolStaffView(APIView):
    """A colleague's invitation code becomes an account."""

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes = ()

    @extend_schema(
        auth=[],
        request=forms.draw_body(forms.ENROL_STAFF),
        responses={201: forms.SIGNED_IN_SCHEMA},
        operation_id="enrol_staff",
    )
    def post(self, request: Request) -> Response:
        """Use an invitation into the staff, once, with a password of one's own; the token is shown this one time.

        Whoever must have a second factor sets it up next (`/me/factors`): until then nothing else is allowed.
        """
        require_door_rate("enrol_address", read_address(request))
        given = read_body(request, forms.ENROL_STAFF)
        require_door_rate("enrol_code", given["code"].strip())
        person, _, token = actions.enrol_staff(**given, now=read_clock())
        return Response({"token": token, "user": forms.shape_person(person)}, status=201)


class SessionsView(APIView):
    """Signing in, and the list of one's own sessions."""

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Signing in is the one call here that nobody has to be signed in for."""
        return [] if self.request is not None and self.request.method == "POST" else [BearerAuthentication()]

    def get_permissions(self) -> Sequence[Any]:
        """Ask for a signed-in caller, save for signing in."""
        return [] if self.request.method == "POST" else super().get_permissions()

    @extend_schema(
        auth=[],
        request=forms.draw_body(forms.SIGN_IN),
        responses={201: forms.SIGNED_IN_SCHEMA},
        operation_id="sign_in",
    )
    def post(self, request: Request) -> Response:
        """Sign in with e-mail address and password, and a code where there is a second factor.

        The token in the answer is shown this one time.
        """
        require_door_rate("sign_in_address", read_address(request))
        given = read_body(request, forms.SIGN_IN)
        require_door_rate("sign_in_account", clean_email(given["email"]))
        person, _, token = actions.sign_in(**given, now=read_clock())
        return Response({"token": token, "user": forms.shape_person(person)}, status=201)

    @extend_schema(responses={200: forms.SESSIONS_SCHEMA}, operation_id="list_sessions")
    def get(self, request: Request) -> Response:
        """Return the caller's live sessions, and since when they have the recovery codes that work now."""
        require_caller_rate(request, "query")
        require_known_query(request)
        person, session = get_caller(request)
        sessions = [forms.shape_session(one, session) for one in list_sessions(person.id, now=read_clock())]
        made_at = find_code_made_at(person.id)
        return Response({"sessions": sessions, "recovery_code_made_at": format_instant(made_at) if made_at else None})


class CurrentSessionView(APIView):
    """The session of this very call."""

    lets_in_without_factor = True

    @extend_schema(responses={204: None}, operation_id="sign_out")
    def delete(self, request: Request) -> HttpResponse:
        """Sign out: the session ends, its sockets are closed, its device gets no more pushes.

        A browser drops what it kept of answers. What is stored in it stays for its pages to clear: another tab may
        belong to somebody else, with messages not yet sent.
        """
        read_no_body(request)
        _, session = get_caller(request)
        actions.end_session(session_id=session.id, reason="signed_out", now=read_clock())
        answer = answer_empty()
        answer["Clear-Site-Data"] = '"cache"'
        return answer


class SessionView(APIView):
    """One of one's own sessions."""

    @extend_schema(responses={204: None}, operation_id="revoke_session")
    def delete(self, request: Request, session_id: UUID) -> HttpResponse:
        """End it, on whatever device it is."""
        require_caller_rate(request, "write")
        read_no_body(request)
        now, (person, _) = read_clock(), get_caller(request)
        session = access_own_session(person.id, session_id, now=now)
        actions.end_session(session_id=session.id, reason="revoked", now=now)
        return answer_empty()


class MeView(APIView):
    """Oneself."""

    lets_in_without_factor = True

    @extend_schema(responses={200: forms.ME_SCHEMA}, operation_id="get_me")
    def get(self, request: Request) -> Response:
        """Return who calls, and whether pushes reach this session's device."""
        require_caller_rate(request, "query")
        require_known_query(request)
        person, session = get_caller(request)
        registered_at = find_registered_at(session.id)
        push = {
            "registered": registered_at is not None,
            "ask_again": is_to_be_asked(registered_at, now=read_clock()),
        }
        return Response(forms.shape_person(get_person(person.id)) | {"push": push})


class PasswordView(APIView):
    """One's own password."""

    @extend_schema(
        request=forms.draw_body(forms.CHANGE_PASSWORD), responses={204: None}, operation_id="change_password"
    )
    def post(self, request: Request) -> HttpResponse:
        """Change it; all other sessions end. Guessing the old one here counts as guessing at the door."""
        require_caller_rate(request, "write")
        person, session = get_caller(request)
        require_change_password(person)
        require_door_rate("sign_in_account", person.email or str(person.id))
        given = read_body(request, forms.CHANGE_PASSWORD)
        actions.change_password(actor=person, session_id=session.id, **given, now=read_clock())
        return answer_empty()


class TicketsView(APIView):
    """Tickets for sockets."""

    @extend_schema(request=None, responses={201: forms.TICKET_SCHEMA}, operation_id="issue_ticket")
    def post(self, request: Request) -> Response:
        """Return a ticket that opens one socket within 30 seconds."""
        require_caller_rate(request, "tickets")
        read_no_body(request)
        _, session = get_caller(request)
        ticket, expires_at = actions.issue_ticket(session=session, now=read_clock())
        return Response({"ticket": ticket, "expires_at": format_instant(expires_at)}, status=201)


class DevicesView(APIView):
    """Push registration."""

    @extend_schema(
        request=forms.draw_body(forms.REGISTER_DEVICE),
        responses={201: forms.DEVICE_SCHEMA},
        operation_id="register_device",
    )
    def post(self, request: Request) -> Response:
        """Send this session's pushes to this token from now on."""
        require_caller_rate(request, "write")
        given = read_body(request, forms.REGISTER_DEVICE)
        _, session = get_caller(request)
        device = actions.register_device(session=session, **given, now=read_clock())
        shown = {"platform": device.platform, "registered_at": format_instant(device.registered_at)}
        return Response(shown, status=201)


class CurrentDeviceView(APIView):
    """The push registration of this session."""

    @extend_schema(responses={204: None}, operation_id="remove_device")
    def delete(self, request: Request) -> HttpResponse:
        """Send no more pushes here; the same answer when there were none."""
        require_caller_rate(request, "write")
        read_no_body(request)
        actions.remove_device(session=get_caller(request)[1])
        return answer_empty()


class InvitationsView(APIView):
    """Ways in for youths."""

    @extend_schema(
        operation_id="list_invitations",
        parameters=[OpenApiParameter("state", str, enum=list(STATES)), OpenApiParameter("before", UUID)],
        responses={200: INVITATIONS},
    )
    def get(self, request: Request) -> Response:
        """Return a page of the team's invitations, the newest first, without codes; `before` is the last one seen.

        Coordinators see all, admins those into the staff.
        """
        require_caller_rate(request, "query")
        require_known_query(request, "state", "before")
        actor, now = get_caller(request)[0], read_clock()
        roles = list_seen_invitations(actor)
        state, before = _read_state(request), read_place(request, "before", UUID)
        found, more = list_invitations(actor.team_id, roles=roles, state=state, before=before, now=now)
        return Response({"invitations": [shape_invitation(one, now) for one in found], "more": more})

    @extend_schema(
        request=forms.draw_body(forms.INVITE),
        responses={201: forms.INVITATION_SCHEMA},
        operation_id="invite_youth",
    )
    def post(self, request: Request) -> Response:
        """Return a code and a link that make one account in the caller's team; shown this one time.

        Without a `role` a youth's. One into the staff asks for a fresh proof, and lives 14 days at most.
        """
        require_caller_rate(request, "write")
        invitation, code = _invite(request, read_body(request, forms.INVITE), read_clock())
        link = forms.shape_invitation_link(request.build_absolute_uri("/"), invitation.role, code)
        shown = {"code": code, "link": link, "expires_at": format_instant(invitation.expires_at)}
        return Response(shown, status=201)


class BlockView(APIView):
    """The caller's block of one person."""

    @extend_schema(request=None, responses={204: None}, operation_id="place_block")
    def post(self, request: Request, person_id: UUID) -> HttpResponse:
        """Let nothing more pass between the two; the same answer when it is so already."""
        require_caller_rate(request, "write")
        read_no_body(request)
        caller = get_caller(request)[0]
        actions.place_block(blocker_id=caller.id, blocked_id=person_id, now=read_clock())
        return answer_empty()

    @extend_schema(responses={204: None}, operation_id="lift_block")
    def delete(self, request: Request, person_id: UUID) -> HttpResponse:
        """Take it back."""
        require_caller_rate(request, "write")
        read_no_body(request)
        caller = get_caller(request)[0]
        actions.lift_block(blocker_id=caller.id, blocked_id=person_id, now=read_clock())
        return answer_empty()


class SuspensionView(APIView):
    """The suspension of one person."""

    @extend_schema(request=forms.draw_body(forms.SUSPEND), responses={204: None}, operation_id="suspend_person")
    def post(self, request: Request, person_id: UUID) -> HttpResponse:
        """Shut somebody of one's team out at once; the same answer when they are already."""
        require_caller_rate(request, "write")
        given = read_body(request, forms.SUSPEND)
        actions.suspend_person(
            person_id=person_id, actor=get_caller(request)[0], reason=given["reason"] or "", now=read_clock()
        )
        return answer_empty()

    @extend_schema(responses={204: None}, operation_id="lift_suspension")
    def delete(self, request: Request, person_id: UUID) -> HttpResponse:
        """Let somebody sign in again; the same answer when nothing held them."""
        require_caller_rate(request, "write")
        read_no_body(request)
        actions.lift_suspension(person_id=person_id, actor=get_caller(request)[0], now=read_clock())
        return answer_empty()


def _invite(request: Request, given: dict[str, Any], now: datetime) -> tuple[Invitation, str]:
    actor, session = get_caller(request)
    role, name, days = given["role"] or YOUTH, given["display_name"], given["expires_in_days"]
    lifetime = timedelta(days=days) if days is not None else None
    if role == YOUTH:
        return actions.invite_youth(actor=actor, display_name=name, expires_in=lifetime or INVITATION_LIFETIME, now=now)
    if role not in INVITED_STAFF:
        raise BadRequest(f"role: one of {', '.join((YOUTH, *INVITED_STAFF))} was expected")
    require_invite(actor, role)
    require_fresh_caller(request, now=now)
    return actions.invite_staff(
        actor=session, role=role, display_name=name, expires_in=lifetime or STAFF_INVITATION_LIFETIME, now=now
    )


def _read_state(request: Request) -> str | None:
    state = request.query_params.get("state")
    if state is not None and state not in STATES:
        raise BadRequest(f"state: one of {', '.join(STATES)} was expected")
    return state
