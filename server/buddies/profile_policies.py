"""Who may do what with files, the waiting list and the matching, by role: `can_` says why not, `require_` raises."""

from __future__ import annotations

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR, EXPERT, YOUTH
from server.foundation.errors import Forbidden


def can_have_profile(actor: PersonCard) -> str | None:
    """Experts tell of themselves in a profile."""
    return None if actor.role == EXPERT else "role"


def can_have_intake(actor: PersonCard) -> str | None:
    """Youths fill in an intake."""
    return None if actor.role == YOUTH else "role"


def can_match(actor: PersonCard) -> str | None:
    """Coordinators keep the waiting list, the files of their people and the team's settings."""
    return None if actor.role == COORDINATOR else "role"


def can_be_paired(actor: PersonCard) -> str | None:
    """Youths and experts are paired with each other."""
    return None if actor.role in (YOUTH, EXPERT) else "role"


def can_see_themes(actor: PersonCard) -> str | None:
    """Whoever chooses from the themes or matches by them."""
    return None if actor.role in (YOUTH, EXPERT, COORDINATOR) else "role"


def require_have_profile(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor is an expert."""
    _require(can_have_profile(actor))


def require_have_intake(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor is a youth."""
    _require(can_have_intake(actor))


def require_match(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor keeps the waiting list."""
    _require(can_match(actor))


def require_be_paired(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor is a youth or an expert."""
    _require(can_be_paired(actor))


def require_see_themes(actor: PersonCard) -> None:
    """Raise Forbidden unless themes mean something to the actor."""
    _require(can_see_themes(actor))


def _require(reason: str | None) -> None:
    if reason is not None:
        raise Forbidden(extra={"reason": reason})
