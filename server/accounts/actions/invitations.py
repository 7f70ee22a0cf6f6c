"""Ways in: a coordinator makes a code, somebody uses it once. Youths here; staff in `staff_invitations`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from server.accounts.actions.changes import record_invitation
from server.accounts.actions.people import create_person
from server.accounts.actions.sessions import insert_locked_sessions
from server.accounts.errors import CodeInvalid, InvitationUsed
from server.accounts.models import Invitation, Person, Session
from server.accounts.policies import list_seen_invitations, require_invite
from server.accounts.rules.lifetimes import INVITATION_DAYS, INVITATION_LIFETIME
from server.accounts.rules.names import clean_name
from server.accounts.rules.roles import YOUTH
from server.events.facts import YouthEnrolled
from server.events.outbox import record_facts
from server.foundation.errors import BadRequest, NotFound
from server.foundation.ids import hash_secret, make_secret


def invite_youth(
    *,
    actor: Person,
    display_name: str | None = None,
    expires_in: timedelta = INVITATION_LIFETIME,
    now: datetime,
) -> tuple[Invitation, str]:
    """Return an invitation to the actor's team and its code: 256 bits, shown once, stored hashed.

    `display_name` reminds the coordinator who it is for; the youth chooses their own. Raises Forbidden,
    BadRequest.
    """
    require_invite(actor)
    return write_invitation(actor, YOUTH, display_name, expires_in, INVITATION_DAYS, now)


def write_invitation(
    actor: Person,
    role: str,
    display_name: str | None,
    expires_in: timedelta,
    days: tuple[int, int],
    now: datetime,
) -> tuple[Invitation, str]:
    """Store an invitation of somebody who may invite; returns it and its code. Raises BadRequest."""
    low, high = days
    if not timedelta(days=low) <= expires_in <= timedelta(days=high):
        raise BadRequest(f"expires_in_days: a whole number from {low} to {high} was expected")
    code = make_secret()
    invitation = Invitation.objects.create(
        team_id=actor.team_id,
        role=role,
        code_hash=hash_secret(code),
        display_name=clean_name(display_name, field="display_name") if display_name else "",
        invited_by=actor,
        created_at=now,
        expires_at=now + expires_in,
    )
    return invitation, code


def revoke_invitation(*, actor: Session, invitation_id: UUID | str, now: datetime) -> None:
    """Let a code of the actor's team work no more. Idempotent. Raises Forbidden, NotFound, InvitationUsed.

    One conditional update: of this and somebody who comes in with the code, one wins. One into the staff is an entry
    in the audit log; locks the team's audit stream then.
    """
    roles = list_seen_invitations(actor.person)
    invitation = Invitation.objects.filter(id=invitation_id, team_id=actor.person.team_id, role__in=roles)
    with transaction.atomic():
        revoked = invitation.filter(used_at=None, revoked_at=None).update(revoked_at=now)
        found = invitation.first()
        if found is None:
            raise NotFound()
        if found.used_at is not None:
            raise InvitationUsed()
        if revoked and found.role != YOUTH:
            record_invitation("invitation.revoked", found, actor.person, actor.id, now=now)


def enrol_youth(*, code: str, display_name: str, device_name: str, now: datetime) -> tuple[Person, Session, str]:
    """Turn a code into an account; returns the youth, a session and its token.

    The code is locked, and claimed by one conditional update: of two who come at once the second finds it
    used. Unknown, used, revoked and expired codes get the same refusal after the same one query. Raises
    CodeInvalid, BadRequest. Publishes YouthEnrolled.
    """
    device_name = clean_name(device_name, field="device_name")
    display_name = clean_name(display_name, field="display_name")
    with transaction.atomic():
        invitation = lock_open(code, (YOUTH,), now)
        person = create_person(team_id=invitation.team_id, role=YOUTH, display_name=display_name, now=now)
        claim(invitation, person, now)
        session, token = insert_locked_sessions([person], device_name, now)[0]
        record_facts([YouthEnrolled(str(person.id), str(person.team_id))], now=now)
        return person, session, token


def lock_open(code: str, roles: Sequence[str], now: datetime) -> Invitation:
    """Return the open invitation of a code, into one of these roles, locked. Raises CodeInvalid."""
    rows = Invitation.objects.filter(used_at=None, revoked_at=None, expires_at__gt=now, role__in=roles)
    found = rows.filter(code_hash=hash_secret(code.strip())).select_for_update(no_key=True).first()
    if found is None:
        raise CodeInvalid()
    return found


def claim(invitation: Invitation, person: Person, now: datetime) -> None:
    """Use a locked invitation up. One conditional update has the last word. Raises CodeInvalid."""
    unused = Invitation.objects.filter(id=invitation.id, used_at=None, revoked_at=None)
    if unused.update(used_at=now, used_by=person) != 1:
        raise CodeInvalid()
