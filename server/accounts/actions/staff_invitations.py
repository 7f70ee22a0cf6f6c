"""A colleague's way in: a coordinator or an admin makes a code, the colleague uses it once and chooses a password."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from server.accounts.actions.changes import record_invitation
from server.accounts.actions.invitations import claim, lock_open, write_invitation
from server.accounts.actions.people import create_person
from server.accounts.actions.sessions import insert_locked_sessions, require_locked_session
from server.accounts.errors import EmailRefused, EmailTaken
from server.accounts.models import Invitation, Person, Session
from server.accounts.policies import require_invite
from server.accounts.rules.lifetimes import STAFF_INVITATION_DAYS, STAFF_INVITATION_LIFETIME
from server.accounts.rules.names import clean_email, clean_name, is_address
from server.accounts.rules.roles import INVITED_STAFF
from server.realtime.streams import lock_streams


def invite_staff(
    *,
    actor: Session,
    role: str,
    display_name: str | None = None,
    expires_in: timedelta = STAFF_INVITATION_LIFETIME,
    now: datetime,
) -> tuple[Invitation, str]:
    """Return an invitation into the staff of the actor's team, and its code: 256 bits, shown once, stored hashed.

    It gives a role, so it wants the fresh proof that a change of role wants: the edge asks for it. The stream of the
    actor is held, so that nobody invites after the commit that shut them out (`standing.withdraw_invitations`). Locks
    that stream, then the team's audit stream. Raises Forbidden, NotSignedIn, BadRequest.
    """
    with transaction.atomic():
        lock_streams([actor.person_id])
        standing = require_locked_session(actor, now=now)
        require_invite(standing, role)
        made = write_invitation(standing, role, display_name, expires_in, STAFF_INVITATION_DAYS, now)
        record_invitation("invitation.made", made[0], standing, actor.id, now=now)
    return made


def enrol_staff(
    *, code: str, display_name: str, email: str, password: str, device_name: str, now: datetime
) -> tuple[Person, Session, str]:
    """Turn a code into a colleague; returns them, a session and its token.

    Unknown, used, revoked and expired codes, and a youth's, get the same refusal after the same one query, before
    anything else is looked at: only who holds a good one learns anything about an address. A refusal leaves the code
    good. Locks the invitation, then the team's audit stream. Raises CodeInvalid, EmailRefused, PasswordRefused,
    BadRequest.
    """
    device_name = clean_name(device_name, field="device_name")
    display_name = clean_name(display_name, field="display_name")
    with transaction.atomic():
        invitation = lock_open(code, INVITED_STAFF, now)
        person = _make_colleague(invitation, display_name, email, password, now)
        claim(invitation, person, now)
        session, token = insert_locked_sessions([person], device_name, now)[0]
        record_invitation("invitation.used", invitation, person, session.id, subject_id=person.id, now=now)
        return person, session, token


def _make_colleague(invitation: Invitation, display_name: str, email: str, password: str, now: datetime) -> Person:
    if not is_address(clean_email(email)):
        raise EmailRefused()
    try:
        with transaction.atomic():
            return create_person(
                team_id=invitation.team_id,
                role=invitation.role,
                display_name=display_name,
                email=email,
                password=password,
                now=now,
            )
    except (EmailTaken, IntegrityError):  # the unique column has the last word: two with one address at once
        raise EmailRefused() from None
