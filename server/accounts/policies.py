"""Who may do what to whom: `can_` returns why not (None: may), `require_` raises."""

from __future__ import annotations

from server.accounts.models import Person
from server.accounts.rules.roles import ADMIN, COORDINATOR, EXPERT, PASSWORD_ROLES, YOUTH
from server.foundation.errors import Forbidden, NotFound


def can_invite(actor: Person) -> str | None:
    """Coordinators invite youths to their own team."""
    return None if actor.role == COORDINATOR else "role"


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


def require_invite(actor: Person) -> None:
    """Raise Forbidden unless the actor may invite."""
    _require(can_invite(actor))


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


def _require(reason: str | None) -> None:
    if reason is not None:
        raise Forbidden(extra={"reason": reason})
