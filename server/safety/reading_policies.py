"""Who may look where they are no member, by their role: `can_` returns why not (None: may), `require_` raises."""

from __future__ import annotations

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import ADMIN, COORDINATOR, YOUTH
from server.foundation.errors import Forbidden


def can_break_glass(actor: PersonCard) -> str | None:
    """Coordinators read in an emergency; nobody else ever does."""
    return None if actor.role == COORDINATOR else "role"


def can_review_glass(actor: PersonCard) -> str | None:
    """Coordinators and admins look at what their colleagues did."""
    return None if actor.role in (COORDINATOR, ADMIN) else "role"


def can_ask_who_looked(actor: PersonCard) -> str | None:
    """Youths see who looked."""
    return None if actor.role == YOUTH else "role"


def require_break_glass(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor may read in an emergency."""
    _require(can_break_glass(actor))


def require_review_glass(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor reviews."""
    _require(can_review_glass(actor))


def require_ask_who_looked(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor is a youth."""
    _require(can_ask_who_looked(actor))


def _require(reason: str | None) -> None:
    if reason is not None:
        raise Forbidden(extra={"reason": reason})
