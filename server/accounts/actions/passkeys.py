"""Passkeys: asking a device to sign, adding one, signing in and showing who one is with one.

Lock order: the person's stream, last the team's audit stream. A question is answered once: of two answers at once
one finds it.
"""

from __future__ import annotations

from datetime import datetime
from secrets import token_bytes
from typing import Any
from uuid import UUID

from django.db import transaction

from server.accounts.actions.factors import enter_factor
from server.accounts.actions.sessions import insert_locked_sessions, renew_locked_session, require_locked_session
from server.accounts.errors import FactorExists, PasskeyInvalid, TooManyFactors
from server.accounts.factor_queries import list_credential_ids
from server.accounts.models import Challenge, Passkey, Person, Session
from server.accounts.passkeys import (
    Assertion,
    Attestation,
    check_assertion,
    check_attestation,
    draw_creation,
    draw_request,
    read_binary,
    read_challenge,
)
from server.accounts.policies import require_keep_factors
from server.accounts.rules.factors import CHALLENGE_LIFETIME, ENROL, MOST_PASSKEYS, SIGN_IN, STEP_UP
from server.accounts.rules.names import clean_name
from server.accounts.rules.roles import PASSWORD_ROLES
from server.foundation.ids import hash_secret
from server.realtime.streams import lock_streams

_FORGET_AT_ONCE = 1000


def ask_sign_in(*, now: datetime) -> dict[str, Any]:
    """Return the options by which any device may offer a passkey it has: nobody is named, so nobody is found out."""
    return draw_request(_ask(SIGN_IN, None, now))


def ask_step_up(*, session: Session, now: datetime) -> dict[str, Any]:
    """Return the options by which the caller's own passkeys may answer. Raises Forbidden."""
    require_keep_factors(session.person)
    return draw_request(_ask(STEP_UP, session, now), list_credential_ids(session.person_id))


def begin_passkey(*, session: Session, now: datetime) -> dict[str, Any]:
    """Return the options for making a passkey. Raises Forbidden, TooManyFactors."""
    person = session.person
    require_keep_factors(person)
    known = list_credential_ids(person.id)
    if len(known) >= MOST_PASSKEYS:
        raise TooManyFactors()
    return draw_creation(_ask(ENROL, session, now), person.id, person.email or person.display_name, known)


def add_passkey(*, session: Session, name: str, given: Attestation, now: datetime) -> tuple[Passkey, list[str] | None]:
    """Add a passkey; with it ten recovery codes where none were left.

    Raises Forbidden, BadRequest (its name), NotSignedIn, PasskeyInvalid, FactorExists, TooManyFactors. Publishes
    SessionEnded for sessions that began without a factor. Locks in the order of this module.
    """
    require_keep_factors(session.person)
    name = clean_name(name, field="name")
    with transaction.atomic():
        heads = lock_streams([session.person_id])
        require_locked_session(session, now=now)
        found = check_attestation(given, _claim(given.client_data, ENROL, session.id, now))
        if Passkey.objects.filter(credential_id=found.credential_id).exists():
            raise FactorExists()
        if len(list_credential_ids(session.person_id)) >= MOST_PASSKEYS:
            raise TooManyFactors()
        passkey = Passkey.objects.create(
            person_id=session.person_id,
            credential_id=found.credential_id,
            public_key=found.public_key,
            sign_count=found.sign_count,
            name=name,
            added_at=now,
        )
        codes = enter_factor(heads, session, now=now)
    return passkey, codes


def sign_in_with_passkey(*, given: Assertion, device_name: str, now: datetime) -> tuple[Person, Session, str]:
    """Return the person, a new session and its token. A passkey is both factors: the device has verified its owner.

    An unknown passkey and one of somebody who is suspended are refused alike. Raises PasskeyInvalid, BadRequest (the
    device's name). Locks the person's stream.
    """
    device_name = clean_name(device_name, field="device_name")
    owner = Passkey.objects.filter(credential_id=read_binary(given.credential_id)).values_list("person_id", flat=True)
    person_id = owner.first()
    if person_id is None:
        raise PasskeyInvalid()
    with transaction.atomic():
        lock_streams([person_id])
        _use(person_id, given, SIGN_IN, None, now)
        person = Person.objects.filter(id=person_id, role__in=PASSWORD_ROLES, suspended_at=None).first()
        if person is None:
            raise PasskeyInvalid()
        session, token = insert_locked_sessions([person], device_name, now)[0]
    return person, session, token


def prove_by_passkey(*, session: Session, given: Assertion, now: datetime) -> str:
    """Show over a session who one is; returns its new token, the old one is dead. Raises NotSignedIn, PasskeyInvalid.

    Locks the person's stream.
    """
    with transaction.atomic():
        lock_streams([session.person_id])
        require_locked_session(session, now=now)
        _use(session.person_id, given, STEP_UP, session.id, now)
        return renew_locked_session(session, now=now)


def forget_lapsed_challenges(*, now: datetime) -> int:
    """Delete up to a thousand questions that nobody answered in time; returns how many."""
    lapsed = Challenge.objects.filter(expires_at__lte=now).order_by("expires_at").values_list("hash", flat=True)
    hashes = [bytes(one) for one in lapsed[:_FORGET_AT_ONCE]]
    return Challenge.objects.filter(hash__in=hashes).delete()[0] if hashes else 0


def _ask(purpose: str, session: Session | None, now: datetime) -> bytes:
    challenge = token_bytes(32)
    Challenge.objects.create(
        hash=_hash(challenge), purpose=purpose, session=session, expires_at=now + CHALLENGE_LIFETIME
    )
    return challenge


def _claim(client_data: str, purpose: str, session_id: UUID | None, now: datetime) -> bytes:
    """Use up the question that is answered. Raises PasskeyInvalid when it was not asked so, here and of late."""
    challenge = read_challenge(client_data)
    asked = Challenge.objects.filter(hash=_hash(challenge), purpose=purpose, expires_at__gt=now)
    asked = asked.filter(session_id=session_id) if session_id else asked.filter(session=None)
    if not asked.delete()[0]:
        raise PasskeyInvalid()
    return challenge


def _use(person_id: UUID, given: Assertion, purpose: str, session_id: UUID | None, now: datetime) -> None:
    challenge = _claim(given.client_data, purpose, session_id, now)
    known = Passkey.objects.filter(person_id=person_id, credential_id=read_binary(given.credential_id)).first()
    if known is None or (given.user_handle is not None and read_binary(given.user_handle) != person_id.bytes):
        raise PasskeyInvalid()
    count = check_assertion(given, challenge, public_key=bytes(known.public_key), sign_count=known.sign_count)
    Passkey.objects.filter(id=known.id).update(sign_count=count, last_used_at=now)


def _hash(challenge: bytes) -> bytes:
    return hash_secret(challenge.hex())
