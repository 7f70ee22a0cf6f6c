"""Who may do what to whom: `can_` returns why not (None: may), `require_` raises."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from server.accounts.errors import FactorRequired, StepUpRequired
from server.accounts.models import Person, Session
from server.accounts.rules.proofs import is_fresh
from server.accounts.rules.roles import (
    ADMIN,
    COORDINATOR,
    EXPERT,
    INVITED,
    INVITED_STAFF,
    PASSWORD_ROLES,
    YOUTH,
    needs_factor,
)
from server.foundation.errors import Forbidden, NotFound


def can_invite(actor: Person, role: str = YOUTH) -> str | None:
    """Coordinators invite youths and experts to their own team, admins experts and coordinators."""
    return None if role in INVITED.get(actor.role, ()) else "role"


def can_block(actor: Person) -> str | None:
    """Youths and experts may block; who works for the team may not withdraw from it this way."""
    return None if actor.role in (YOUTH, EXPERT) else "role"


def can_suspend(actor: Person) -> str | None:
    """Coordinators and admins may suspend people of their own team."""
    return None if actor.role in (COORDINATOR, ADMIN) else "role"


def can_suspend_person(actor: Person, person: Person) -> str | None:
    """Never oneself (nobody could undo it), and never an admin by a coordinator."""
    if actor.id == person.id:
        return "oneself"
    return "rank" if person.role == ADMIN and actor.role != ADMIN else None


def can_change_password(actor: Person) -> str | None:
    """Whoever signs in with one."""
    return None if actor.role in PASSWORD_ROLES else "role"


def can_keep_factors(actor: Person) -> str | None:
    """Whoever signs in with a password may set up a second factor."""
    return None if actor.role in PASSWORD_ROLES else "role"


def can_keep_recovery_code(actor: Person) -> str | None:
    """Youths have one recovery code; staff get theirs with their second factor."""
    return None if actor.role == YOUTH else "role"


def can_change_role(actor: Person, person: Person, role: str) -> str | None:
    """Among staff only: a youth's way in is another. What makes or unmakes an admin is for admins."""
    if YOUTH in (person.role, role):
        return "youth"
    return "rank" if role == ADMIN and actor.role != ADMIN else can_suspend_person(actor, person)


def require_fresh_proof(session: Session, *, now: datetime) -> None:
    """Raise StepUpRequired unless the person showed over this session, within STEP_UP_MINUTES, who they are."""
    if not is_fresh(session.proved_at, now, timedelta(minutes=settings.STEP_UP_MINUTES)):
        raise StepUpRequired()


def require_factor(person: Person) -> None:
    """Raise FactorRequired when a second factor is required of this role and the person has none."""
    if person.factor_since is None and needs_factor(person.role, settings.REQUIRE_SECOND_FACTOR):
        raise FactorRequired()


def require_keep_factors(actor: Person) -> None:
    """Raise Forbidden unless the actor signs in with a password."""
    _require(can_keep_factors(actor))


def require_keep_recovery_code(actor: Person) -> None:
    """Raise Forbidden unless the actor is a youth."""
    _require(can_keep_recovery_code(actor))


def require_see_sessions(actor: Person, person: Person | None) -> Person:
    """Return the person. Raises Forbidden by role; NotFound for nobody and for people of other teams."""
    _require(can_suspend(actor))
    if person is None or person.team_id != actor.team_id:
        raise NotFound()
    return person


def require_change_role(actor: Person, person: Person | None, role: str) -> None:
    """Raise Forbidden by role, rank, or for oneself; NotFound for nobody and for people of other teams."""
    _require(can_suspend(actor))
    if person is None or person.team_id != actor.team_id:
        raise NotFound()
    _require(can_change_role(actor, person, role))


def can_see_people(actor: Person) -> str | None:
    """Coordinators and admins see who is in their team."""
    return None if actor.role in (COORDINATOR, ADMIN) else "role"


def require_invite(actor: Person, role: str = YOUTH) -> None:
    """Raise Forbidden unless the actor may invite somebody with this role."""
    _require(can_invite(actor, role))


def list_seen_invitations(actor: Person) -> tuple[str, ...]:
    """Return the roles of the invitations that the actor sees and may revoke: coordinators all, admins the staff's.

    Raises Forbidden for everybody else.
    """
    _require(can_see_people(actor))
    return INVITED_STAFF if actor.role == ADMIN else (YOUTH, *INVITED_STAFF)


def require_block(actor: Person | None, person: Person | None) -> None:
    """Raise Forbidden by role; NotFound for nobody, for oneself and for people of other teams."""
    if actor is None:
        raise NotFound()
    _require(can_block(actor))
    if person is None or person.team_id != actor.team_id or person.id == actor.id:
        raise NotFound()


def require_suspend(actor: Person, person: Person | None) -> None:
    """Raise Forbidden by role or rank; NotFound for nobody and for people of other teams."""
    _require(can_suspend(actor))
    if person is None or person.team_id != actor.team_id:
        raise NotFound()
    _require(can_suspend_person(actor, person))


def require_change_password(actor: Person) -> None:
    """Raise Forbidden unless the actor signs in with a password."""
    _require(can_change_password(actor))


def require_see_people(actor: Person) -> None:
    """Raise Forbidden unless the actor may see who is in the team."""
    _require(can_see_people(actor))


def _require(reason: str | None) -> None:
    if reason is not None:
        raise Forbidden(extra={"reason": reason})
