"""A youth's way back in without the device: one recovery code, shown once, good once, then another.

Lock order: the person's stream, last the team's audit stream.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from server.accounts.actions.changes import record_own_change
from server.accounts.actions.otp import find_code_owner, replace_recovery_codes, use_recovery_code
from server.accounts.actions.sessions import insert_locked_sessions, require_locked_session
from server.accounts.errors import RecoveryInvalid
from server.accounts.models import Person, Session
from server.accounts.policies import require_keep_recovery_code
from server.accounts.rules.names import clean_name
from server.accounts.rules.roles import YOUTH
from server.realtime.streams import lock_streams


def make_recovery_code(*, session: Session, now: datetime) -> str:
    """Return a new recovery code of the youth's; the one before is dead. Raises Forbidden, NotSignedIn.

    Locks in the order of this module.
    """
    require_keep_recovery_code(session.person)
    with transaction.atomic():
        heads = lock_streams([session.person_id])
        require_locked_session(session, now=now)
        code = replace_recovery_codes(session.person_id, 1, now=now)[0]
        record_own_change(heads, "recovery_codes.made", session, now=now)
    return code


def recover_youth(*, code: str, device_name: str, now: datetime) -> tuple[Person, Session, str, str]:
    """Turn a recovery code into a session; returns the youth, the session, its token and the next recovery code.

    Other sessions stay: the youth sees them in their list, and ends what is not theirs. Unknown, used and replaced
    codes, staff's codes and those of suspended people are refused alike. Raises RecoveryInvalid, BadRequest (the
    device's name). Locks in the order of this module.
    """
    name = clean_name(device_name, field="device_name")
    owner = find_code_owner(code)
    if owner is None:
        raise RecoveryInvalid()
    with transaction.atomic():
        heads = lock_streams([owner])
        youth = Person.objects.filter(id=owner, role=YOUTH, suspended_at=None).first()
        if youth is None or not use_recovery_code(owner, code):
            raise RecoveryInvalid()
        session, token = insert_locked_sessions([youth], name, now, recovered=True)[0]
        following = replace_recovery_codes(owner, 1, now=now)[0]
        record_own_change(heads, "person.recovered", session, now=now)
    return youth, session, token, following
