"""Second factors coming and going: what the first one brings with it, removing one, losing all.

Lock order: the person's stream, last the team's audit stream.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.actions.changes import record_change, record_own_change
from server.accounts.actions.otp import replace_recovery_codes
from server.accounts.actions.sessions import end_locked_sessions, require_locked_session
from server.accounts.actions.standing import lock_under
from server.accounts.errors import FactorRequired
from server.accounts.factor_queries import count_recovery_codes, list_factors
from server.accounts.models import FactorKey, Passkey, Person, RecoveryCode, Session, Totp
from server.accounts.policies import require_keep_factors
from server.accounts.rules.codes import STAFF_CODES
from server.foundation.errors import NotFound
from server.realtime.streams import StreamHead, lock_streams


def enter_factor(heads: Mapping[str, StreamHead], session: Session, *, now: datetime) -> list[str] | None:
    """Do what a factor that was just added brings: from the first one on it is asked at sign-in.

    Sessions that began without it end, save this one. Returns ten recovery codes where there were none left, else
    None. The caller holds the stream.
    """
    person_id = session.person_id
    if Person.objects.filter(id=person_id, factor_since=None).update(factor_since=now):
        end_locked_sessions(heads, person_id, keep=session.id, reason="revoked", now=now)
    made = None if count_recovery_codes(person_id) else replace_recovery_codes(person_id, STAFF_CODES, now=now)
    record_own_change(heads, "factor.added", session, now=now)
    return made


def remove_factor(*, session: Session, factor_id: UUID | str, now: datetime) -> None:
    """Remove one of one's own factors; the other sessions end. With the last one the recovery codes go too.

    Raises Forbidden, NotSignedIn, NotFound. Publishes SessionEnded. Locks in the order of this module.
    """
    require_keep_factors(session.person)
    with transaction.atomic():
        heads = lock_streams([session.person_id])
        require_locked_session(session, now=now)
        if not _delete(session.person_id, factor_id):
            raise NotFound()
        if not list_factors(session.person_id):
            _forget_all(session.person_id)
        end_locked_sessions(heads, session.person_id, keep=session.id, reason="revoked", now=now)
        record_own_change(heads, "factor.removed", session, now=now)


def renew_recovery_codes(*, session: Session, now: datetime) -> list[str]:
    """Return ten new recovery codes; the old ones are dead. Raises Forbidden, NotSignedIn, FactorRequired without a
    factor that they could stand in for. Locks in the order of this module."""
    require_keep_factors(session.person)
    with transaction.atomic():
        heads = lock_streams([session.person_id])
        if require_locked_session(session, now=now).factor_since is None:
            raise FactorRequired()
        codes = replace_recovery_codes(session.person_id, STAFF_CODES, now=now)
        record_own_change(heads, "recovery_codes.made", session, now=now)
    return codes


def reset_factors(*, person_id: UUID | str, actor: Person | None, session_id: UUID | None = None, now: datetime) -> int:
    """Take all factors and recovery codes of somebody who lost them; returns how many sessions ended with them.

    The password stays: who reset learns nothing that lets them in. `actor` is a colleague of at least their rank, None
    the operator's command. Raises Forbidden, NotFound, NotSignedIn. Publishes SessionEnded. Locks the streams of both,
    then the team's audit stream.
    """
    with transaction.atomic():
        heads, person, standing = lock_under(person_id, None if actor is None else actor.id)
        require_keep_factors(person)
        _forget_all(person_id)
        ended = end_locked_sessions(heads, person_id, reason="revoked", now=now)
        server = "operator" if actor is None else "system"
        record_change("factor.reset", person_id, standing, server=server, session_id=session_id, now=now)
    return len(ended)


def delete_totp(totp: Totp) -> None:
    """Delete an authenticator app and the key of its secret."""
    totp.delete()
    FactorKey.objects.filter(id=totp.key_id).delete()


def _delete(person_id: UUID, factor_id: UUID | str) -> bool:
    totp = Totp.objects.filter(id=factor_id, person_id=person_id, confirmed_at__isnull=False).first()
    if totp is not None:
        delete_totp(totp)
        return True
    return bool(Passkey.objects.filter(id=factor_id, person_id=person_id).delete()[0])


def _forget_all(person_id: UUID | str) -> None:
    for totp in Totp.objects.filter(person_id=person_id):
        delete_totp(totp)
    Passkey.objects.filter(person_id=person_id).delete()
    RecoveryCode.objects.filter(person_id=person_id).delete()
    Person.objects.filter(id=person_id).update(factor_since=None)
