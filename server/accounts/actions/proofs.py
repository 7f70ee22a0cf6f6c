"""Showing once more who one is, over a session that goes on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from server.accounts.actions.otp import count_otp, use_otp
from server.accounts.actions.sessions import renew_locked_session, require_locked_session
from server.accounts.actions.sign_in import is_password_of
from server.accounts.errors import CredentialsInvalid
from server.accounts.models import Session
from server.accounts.policies import require_keep_factors
from server.realtime.streams import lock_streams


def prove_by_password(*, session: Session, password: str, otp: str | None, now: datetime) -> str:
    """Show by password, and by a second factor where there is one, who one is; returns the session's new token.

    The old token is dead (ASVS V7.2.4); sockets, which know the session, stay. Raises Forbidden, CredentialsInvalid,
    NotSignedIn, OtpRequired, OtpInvalid, RateLimited (of codes). Locks the person's stream.
    """
    person = session.person
    require_keep_factors(person)
    if not is_password_of(person, password):
        raise CredentialsInvalid()
    count_otp(person, otp)
    with transaction.atomic():
        lock_streams([person.id])
        fresh = require_locked_session(session, now=now)
        if fresh.password != person.password:
            raise CredentialsInvalid()
        use_otp(fresh, otp, now=now)
        return renew_locked_session(session, now=now)
