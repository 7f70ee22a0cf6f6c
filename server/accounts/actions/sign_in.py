"""Signing in with a password, and a code where there is a second factor.

Whoever fails learns nothing, not even from the time it took.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from server.accounts.actions.otp import count_otp, use_otp
from server.accounts.actions.sessions import insert_locked_sessions
from server.accounts.errors import CredentialsInvalid
from server.accounts.models import Person, Session
from server.accounts.rules.names import clean_email, clean_name
from server.accounts.rules.roles import PASSWORD_ROLES
from server.realtime.streams import lock_streams


def sign_in(
    *, email: str, password: str, otp: str | None, device_name: str, now: datetime
) -> tuple[Person, Session, str]:
    """Return the person, a new session and its token. One password hash is computed whoever asks.

    The password is checked before anything is locked (it is slow by design); under the lock on the person's
    stream the row must still hold the hash that was checked, so a password that has just been changed or a
    person who has just been suspended lets nobody in. A hash with outdated parameters is renewed. `otp` is asked
    of whoever has a second factor, after the right password only, and of nobody else. Raises CredentialsInvalid,
    OtpRequired, OtpInvalid, RateLimited (of codes), BadRequest (the device's name).
    """
    name = clean_name(device_name, field="device_name")
    person = _find_account(email)
    renewed = _verify_password(person, password)
    if person is None or renewed is None:
        raise CredentialsInvalid()
    count_otp(person, otp)
    with transaction.atomic():
        lock_streams([person.id])
        fresh = _read_again(person)
        if fresh is None:
            raise CredentialsInvalid()
        use_otp(fresh, otp, now=now)
        if renewed != fresh.password:
            Person.objects.filter(id=fresh.id).update(password=renewed)
        session, token = insert_locked_sessions([fresh], name, now)[0]
        return fresh, session, token


def is_password_of(person: Person, password: str) -> bool:
    """Say whether this is the person's password; for somebody without one the same work is done."""
    return _verify_password(person if person.has_usable_password() else None, password) is not None


def _find_account(email: str) -> Person | None:
    person = Person.objects.filter(email=clean_email(email), role__in=PASSWORD_ROLES).first()
    return person if person is not None and person.has_usable_password() else None


def _verify_password(person: Person | None, password: str) -> str | None:
    """Return the hash to keep (the old one, or a fresh one where that is outdated), None if it fails."""
    if person is None:
        make_password(password)
        return None
    kept = [person.password]
    fits = check_password(password, person.password, setter=lambda raw: kept.append(make_password(raw)))
    return kept[-1] if fits else None


def _read_again(person: Person) -> Person | None:
    return Person.objects.filter(
        id=person.id, password=person.password, role__in=PASSWORD_ROLES, suspended_at=None
    ).first()
