"""One's own second factors and recovery codes over REST: count, ask for a fresh proof, parse, ONE action, shape."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from server.accounts import factor_forms as forms
from server.accounts.actions.factors import remove_factor, renew_recovery_codes
from server.accounts.actions.passkeys import add_passkey, begin_passkey
from server.accounts.actions.recovery import make_recovery_code
from server.accounts.actions.totp import begin_totp, confirm_totp
from server.accounts.authentication import (
    get_caller,
    require_caller_rate,
    require_fresh_caller,
)
from server.accounts.doors import require_door_rate
from server.accounts.factor_queries import count_recovery_codes, list_factors, show_passkey, show_totp
from server.accounts.models import Session
from server.accounts.policies import require_keep_factors
from server.accounts.rules.factors import CHANGES, MOST_CHANGES
from server.accounts.rules.roles import needs_factor
from server.accounts.serializers import draw_body
from server.audit.queries import list_changes
from server.foundation.clock import read_clock
from server.foundation.http import answer_empty
from server.foundation.rest import read_body, read_no_body, require_known_query


class FactorsView(APIView):
    """`/me/factors`."""

    lets_in_without_factor = True

    @extend_schema(operation_id="list_factors", responses={200: forms.FACTORS})
    def get(self, request: Request) -> Response:
        """Return what the caller signs in with beside the password, and the latest changes of that."""
        require_caller_rate(request, "query")
        require_known_query(request)
        person, _ = get_caller(request)
        require_keep_factors(person)
        required = needs_factor(person.role, settings.REQUIRE_SECOND_FACTOR)
        changes = list_changes(person.id, CHANGES, most=MOST_CHANGES)
        codes = count_recovery_codes(person.id)
        return Response(forms.shape_factors(list_factors(person.id), changes, codes=codes, required=required))


class TotpView(APIView):
    """`/me/factors/totp`."""

    lets_in_without_factor = True

    @extend_schema(operation_id="begin_totp", request=None, responses={201: forms.TOTP_BEGUN})
    def post(self, request: Request) -> Response:
        """Return a secret for an authenticator app, this one time; it counts once a code of it is confirmed."""
        session, now = _read_proved(request)
        read_no_body(request)
        secret, uri = begin_totp(session=session, now=now)
        return Response({"secret": secret, "uri": uri}, status=201)


class ConfirmTotpView(APIView):
    """`/me/factors/totp/confirm`."""

    lets_in_without_factor = True

    @extend_schema(
        operation_id="confirm_totp", request=draw_body(forms.CONFIRM_TOTP), responses={201: forms.FACTOR_ADDED}
    )
    def post(self, request: Request) -> Response:
        """Let the app count from now on; with the first factor come ten recovery codes, shown this one time."""
        session, now = _read_proved(request)
        require_door_rate("otp_account", str(session.person_id))
        given = read_body(request, forms.CONFIRM_TOTP)
        totp, codes = confirm_totp(session=session, otp=given["otp"], now=now)
        return Response({"factor": forms.shape_factor(show_totp(totp)), "recovery_codes": codes}, status=201)


class PasskeyOptionsView(APIView):
    """`/me/factors/passkeys/options`."""

    lets_in_without_factor = True

    @extend_schema(operation_id="begin_passkey", request=None, responses={200: forms.CREATION})
    def post(self, request: Request) -> Response:
        """Return what the browser needs to make a passkey; it waits five minutes."""
        session, now = _read_proved(request)
        read_no_body(request)
        return Response({"public_key": begin_passkey(session=session, now=now)})


class PasskeysView(APIView):
    """`/me/factors/passkeys`."""

    lets_in_without_factor = True

    @extend_schema(
        operation_id="add_passkey", request=draw_body(forms.ADD_PASSKEY), responses={201: forms.FACTOR_ADDED}
    )
    def post(self, request: Request) -> Response:
        """Add the passkey that the browser made; with the first factor come ten recovery codes."""
        session, now = _read_proved(request)
        given = read_body(request, forms.ADD_PASSKEY)
        passkey, codes = add_passkey(session=session, name=given["name"], given=forms.read_attestation(given), now=now)
        return Response({"factor": forms.shape_factor(show_passkey(passkey)), "recovery_codes": codes}, status=201)


class FactorView(APIView):
    """`/me/factors/{id}`."""

    lets_in_without_factor = True

    @extend_schema(operation_id="remove_factor", responses={204: None})
    def delete(self, request: Request, factor_id: UUID) -> HttpResponse:
        """Remove it; all other sessions end."""
        session, now = _read_proved(request)
        read_no_body(request)
        remove_factor(session=session, factor_id=factor_id, now=now)
        return answer_empty()


class RecoveryCodesView(APIView):
    """`/me/factors/recovery-codes`."""

    @extend_schema(operation_id="renew_recovery_codes", request=None, responses={201: forms.RECOVERY_CODES})
    def post(self, request: Request) -> Response:
        """Return ten new codes, this one time; those before are dead."""
        session, now = _read_proved(request)
        read_no_body(request)
        return Response({"recovery_codes": renew_recovery_codes(session=session, now=now)}, status=201)


class RecoveryCodeView(APIView):
    """`/me/recovery-code`."""

    @extend_schema(operation_id="make_recovery_code", request=None, responses={201: forms.RECOVERY_CODE})
    def post(self, request: Request) -> Response:
        """Return a youth's new recovery code, this one time; the one before is dead."""
        require_caller_rate(request, "write")
        read_no_body(request)
        _, session = get_caller(request)
        return Response({"recovery_code": make_recovery_code(session=session, now=read_clock())}, status=201)


def _read_proved(request: Request) -> tuple[Session, datetime]:
    """Return the caller's session and the instant, after counting the call and asking for a fresh proof."""
    require_caller_rate(request, "write")
    now = read_clock()
    require_fresh_caller(request, now=now)
    return get_caller(request)[1], now
