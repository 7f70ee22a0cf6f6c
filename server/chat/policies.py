"""Who may do what in this room by their role: `can_` returns why not (None: may), `require_` raises."""

from __future__ import annotations

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR, EXPERT, YOUTH
from server.foundation.errors import Forbidden


def can_ask_duty(actor: PersonCard) -> str | None:
    """Youths ask for whoever has duty."""
    return None if actor.role == YOUTH else "role"


def can_claim_duty(actor: PersonCard) -> str | None:
    """Experts take the lines of the duty pool."""
    return None if actor.role == EXPERT else "role"


def can_watch(actor: PersonCard) -> str | None:
    """Coordinators see who is talking, never what is said."""
    return None if actor.role == COORDINATOR else "role"


def require_ask_duty(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor may ask for whoever has duty."""
    _require(can_ask_duty(actor))


def require_claim_duty(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor may take a line."""
    _require(can_claim_duty(actor))


def require_watch(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor may see who is talking."""
    _require(can_watch(actor))


def _require(reason: str | None) -> None:
    if reason is not None:
        raise Forbidden(extra={"reason": reason})
