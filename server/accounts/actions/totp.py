"""Setting up an authenticator app: a secret is shown, and counts once a code of it was typed.

Lock order: the person's stream, last the team's audit stream.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from server.accounts.actions.factors import delete_totp, enter_factor
from server.accounts.actions.otp import use_step
from server.accounts.actions.sessions import require_locked_session
from server.accounts.errors import FactorExists, OtpInvalid
from server.accounts.factor_queries import find_totp
from server.accounts.keys import FACTOR_KEYS, place_secret
from server.accounts.models import Session, Totp
from server.accounts.policies import require_keep_factors
from server.accounts.totp import make_totp_secret, write_totp_uri
from server.foundation.ids import make_id
from server.realtime.streams import lock_streams


def begin_totp(*, session: Session, now: datetime) -> tuple[str, str]:
    """Return a new secret and what its QR code says; one that was begun before and not confirmed is dead.

    Raises Forbidden, NotSignedIn, FactorExists. Locks the person's stream.
    """
    person = session.person
    require_keep_factors(person)
    secret = make_totp_secret()
    with transaction.atomic():
        lock_streams([person.id])
        require_locked_session(session, now=now)
        _make_room(session)
        id_, key = make_id(), FACTOR_KEYS.make(now=now)[0]
        sealed = FACTOR_KEYS.seal_json(key.id, secret, place_secret(person.id, id_))
        Totp.objects.create(id=id_, person_id=person.id, key=key, secret=sealed, begun_at=now)
    return secret, write_totp_uri(secret, person.email or str(person.id))


def confirm_totp(*, session: Session, otp: str, now: datetime) -> tuple[Totp, list[str] | None]:
    """Let the app that was begun count, and use this code up; with it ten recovery codes where none were left.

    Raises Forbidden, NotSignedIn, OtpInvalid (also when none was begun). Publishes SessionEnded for sessions that
    began without a factor. Locks in the order of this module.
    """
    require_keep_factors(session.person)
    with transaction.atomic():
        heads = lock_streams([session.person_id])
        require_locked_session(session, now=now)
        totp = find_totp(session.person_id)
        if totp is None or totp.confirmed_at is not None or not use_step(totp, otp, now=now):
            raise OtpInvalid()
        Totp.objects.filter(id=totp.id).update(confirmed_at=now)
        codes = enter_factor(heads, session, now=now)
        totp.refresh_from_db()
    return totp, codes


def _make_room(session: Session) -> None:
    begun = find_totp(session.person_id)
    if begun is None:
        return
    if begun.confirmed_at is not None:
        raise FactorExists()
    delete_totp(begun)
