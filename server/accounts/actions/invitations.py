"""A youth's way in: a coordinator makes a code, the youth uses it once."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction

from server.accounts.actions.people import create_person
from server.accounts.actions.sessions import insert_locked_sessions
from server.accounts.errors import CodeInvalid, InvitationUsed
from server.accounts.models import Invitation, Person, Session
from server.accounts.policies import require_invite
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
    low, high = INVITATION_DAYS
    if not timedelta(days=low) <= expires_in <= timedelta(days=high):
        raise BadRequest(f"expires_in_days: a whole number from {low} to {high} was expected")
    code = make_secret()
    invitation = Invitation.objects.create(
        team_id=actor.team_id,
        code_hash=hash_secret(code),
        display_name=clean_name(display_name, field="display_name") if display_name else "",
        invited_by=actor,
        created_at=now,
        expires_at=now + expires_in,
    )
    return invitation, code


def revoke_invitation(*, actor: Person, invitation_id: UUID | str, now: datetime) -> None:
    """Let a code of the actor's team work no more. Idempotent. Raises Forbidden, NotFound, InvitationUsed.

    One conditional update: of this and somebody who comes in with the code, one wins.
    """
    require_invite(actor)
    invitation = Invitation.objects.filter(id=invitation_id, team_id=actor.team_id)
    if invitation.filter(used_at=None, revoked_at=None).update(revoked_at=now):
        return
    found = invitation.first()
    if found is None:
        raise NotFound()
    if found.used_at is not None:
        raise InvitationUsed()


def enrol_youth(*, code: str, display_name: str, device_name: str, now: datetime) -> tuple[Person, Session, str]:
    """Turn a code into an account; returns the youth, a session and its token.

    The code is locked, and claimed by one conditional update: of two who come at once the second finds it
    used. Unknown, used, revoked and expired codes get the same refusal after the same one query. Raises
    CodeInvalid, BadRequest. Publishes YouthEnrolled.
    """
    device_name = clean_name(device_name, field="device_name")
    display_name = clean_name(display_name, field="display_name")
    with transaction.atomic():
        invitation = _open_ones(code, now).select_for_update(no_key=True).first()
        if invitation is None:
            raise CodeInvalid()
        person = create_person(team_id=invitation.team_id, role=YOUTH, display_name=display_name, now=now)
        if _open_ones(code, now).update(used_at=now, used_by=person) != 1:
            raise CodeInvalid()
        session, token = insert_locked_sessions([person], device_name, now)[0]
        record_facts([YouthEnrolled(str(person.id), str(person.team_id))], now=now)
        return person, session, token


def _open_ones(code: str, now: datetime) -> models.QuerySet[Invitation]:
    code_hash = hash_secret(code.strip())
    return Invitation.objects.filter(code_hash=code_hash, used_at=None, revoked_at=None, expires_at__gt=now)
