"""Showing who one is over REST, by other means than a password at the door: passkeys, step-up, recovery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts import factor_forms as forms
from server.accounts.actions.passkeys import ask_sign_in, ask_step_up, prove_by_passkey, sign_in_with_passkey
from server.accounts.actions.proofs import prove_by_password
from server.accounts.actions.recovery import recover_youth
from server.accounts.authentication import get_caller, require_caller_rate
from server.accounts.doors import read_address, require_door_rate
from server.accounts.serializers import SIGNED_IN_SCHEMA, draw_body, shape_person
from server.foundation.clock import format_instant, read_clock
from server.foundation.rest import read_body, read_no_body


class PasskeySignInOptionsView(APIView):
    """`/sessions/passkey/options`."""

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes = ()

    @extend_schema(auth=[], operation_id="ask_passkey", request=None, responses={200: forms.REQUEST})
    def post(self, request: Request) -> Response:
        """Return what the browser needs to offer a passkey it has; the same for everybody."""
        require_door_rate("passkey_address", read_address(request))
        read_no_body(request)
        return Response({"public_key": ask_sign_in(now=read_clock())})


class PasskeySignInView(APIView):
    """`/sessions/passkey`."""

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes = ()

    @extend_schema(
        auth=[],
        operation_id="sign_in_with_passkey",
        request=draw_body(forms.PASSKEY_SIGN_IN),
        responses={201: SIGNED_IN_SCHEMA},
    )
    def post(self, request: Request) -> Response:
        """Sign in with a passkey; the token in the answer is shown this one time."""
        require_door_rate("passkey_address", read_address(request))
        given = read_body(request, forms.PASSKEY_SIGN_IN)
        person, _, token = sign_in_with_passkey(
            given=forms.read_assertion(given), device_name=given["device_name"], now=read_clock()
        )
        return Response({"token": token, "user": shape_person(person)}, status=201)


class StepUpView(APIView):
    """`/sessions/current/step-up`."""

    lets_in_without_factor = True

    @extend_schema(operation_id="step_up", request=draw_body(forms.STEP_UP), responses={200: forms.PROVED})
    def post(self, request: Request) -> Response:
        """Show once more who you are; the session goes on under a new token.

        Guessing here is slowed as guessing at the door is, and counted by itself: whoever stands outside and guesses
        must not keep a coordinator from breaking the glass.
        """
        require_caller_rate(request, "write")
        person, session = get_caller(request)
        require_door_rate("sign_in_account", str(person.id))
        given, now = read_body(request, forms.STEP_UP), read_clock()
        return _answer_proved(prove_by_password(session=session, **given, now=now), now)


class PasskeyStepUpOptionsView(APIView):
    """`/sessions/current/step-up/passkey/options`."""

    lets_in_without_factor = True

    @extend_schema(operation_id="ask_passkey_step_up", request=None, responses={200: forms.REQUEST})
    def post(self, request: Request) -> Response:
        """Return what the browser needs to ask for one of the caller's own passkeys."""
        require_caller_rate(request, "write")
        read_no_body(request)
        _, session = get_caller(request)
        return Response({"public_key": ask_step_up(session=session, now=read_clock())})


class PasskeyStepUpView(APIView):
    """`/sessions/current/step-up/passkey`."""

    lets_in_without_factor = True

    @extend_schema(
        operation_id="step_up_with_passkey", request=draw_body(forms.ASSERTION), responses={200: forms.PROVED}
    )
    def post(self, request: Request) -> Response:
        """Show once more who you are, with a passkey; the session goes on under a new token."""
        require_caller_rate(request, "write")
        given, now = read_body(request, forms.ASSERTION), read_clock()
        _, session = get_caller(request)
        return _answer_proved(prove_by_passkey(session=session, given=forms.read_assertion(given), now=now), now)


class RecoveriesView(APIView):
    """`/recoveries`."""

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes = ()

    @extend_schema(auth=[], operation_id="recover", request=draw_body(forms.RECOVER), responses={201: forms.RECOVERED})
    def post(self, request: Request) -> Response:
        """Come back with a recovery code, once; the answer holds the next one, shown this one time."""
        require_door_rate("recovery_address", read_address(request))
        given = read_body(request, forms.RECOVER)
        youth, _, token, following = recover_youth(**given, now=read_clock())
        return Response({"token": token, "user": shape_person(youth), "recovery_code": following}, status=201)


def _answer_proved(token: str, now: datetime) -> Response:
    return Response({"token": token, "proved_at": format_instant(now)})
