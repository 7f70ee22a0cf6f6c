"""Who may do what with escalations: `can_` returns why not (None: may), `require_` raises."""

from __future__ import annotations

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR
from server.foundation.errors import Forbidden


def can_answer(actor: PersonCard) -> str | None:
    """Coordinators answer escalations, keep the chains of their team and get its pages."""
    return None if actor.role == COORDINATOR else "role"


def require_answer(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor is a coordinator."""
    reason = can_answer(actor)
    if reason is not None:
        raise Forbidden(extra={"reason": reason})
