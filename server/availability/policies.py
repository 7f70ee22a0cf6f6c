"""Who may do what in this room: `can_` returns why not (None: may), `require_` raises."""

from __future__ import annotations

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR, EXPERT
from server.availability.errors import ShiftRole
from server.availability.rules.kinds import DUTY
from server.foundation.errors import Forbidden

ROSTER_ROLES = (EXPERT, COORDINATOR)


def can_keep_hours(actor: PersonCard) -> str | None:
    """Experts have hours, and decide about them alone."""
    return None if actor.role == EXPERT else "role"


def can_keep_roster(actor: PersonCard) -> str | None:
    """Coordinators keep the team's roster and its numbers."""
    return None if actor.role == COORDINATOR else "role"


def can_take_shifts(actor: PersonCard) -> str | None:
    """Experts and coordinators take shifts, swap them and have a calendar."""
    return None if actor.role in ROSTER_ROLES else "role"


def require_keep_hours(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor has hours."""
    _require(can_keep_hours(actor))


def require_keep_roster(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor keeps the roster."""
    _require(can_keep_roster(actor))


def require_take_shifts(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor takes shifts."""
    _require(can_take_shifts(actor))


def fits_shift(person: PersonCard, kind: str) -> bool:
    """Tell whether shifts of this kind are for people of this role."""
    return person.role == (EXPERT if kind == DUTY else COORDINATOR)


def require_shift_role(person: PersonCard, kind: str) -> None:
    """Raise ShiftRole unless shifts of this kind are for people of this role."""
    if not fits_shift(person, kind):
        raise ShiftRole()


def _require(reason: str | None) -> None:
    if reason is not None:
        raise Forbidden(extra={"reason": reason})
