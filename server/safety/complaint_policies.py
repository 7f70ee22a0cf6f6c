"""Who may complain and who may handle complaints, by role: `can_` returns why not (None: may), `require_` raises."""

from __future__ import annotations

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import ADMIN, COORDINATOR, EXPERT, YOUTH
from server.foundation.errors import Forbidden


def can_complain(actor: PersonCard) -> str | None:
    """Youths and experts complain, and report."""
    return None if actor.role in (YOUTH, EXPERT) else "role"


def can_handle(actor: PersonCard) -> str | None:
    """Coordinators and admins handle the complaints that were assigned to them."""
    return None if actor.role in (COORDINATOR, ADMIN) else "role"


def can_advise(actor: PersonCard) -> str | None:
    """Experts give advice."""
    return None if actor.role == EXPERT else "role"


def require_complain(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor may complain."""
    _require(can_complain(actor))


def require_handle(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor may handle complaints."""
    _require(can_handle(actor))


def require_advise(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor may give advice."""
    _require(can_advise(actor))


def _require(reason: str | None) -> None:
    if reason is not None:
        raise Forbidden(extra={"reason": reason})
