"""Who may raise what, answer whom and keep which file: `can_` returns why not (None: may), `require_` raises."""

from __future__ import annotations

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR, EXPERT, YOUTH
from server.foundation.errors import Forbidden


def can_press_help(actor: PersonCard) -> str | None:
    """The button is the youth's; whoever works here has other ways."""
    return None if actor.role == YOUTH else "role"


def can_worry(actor: PersonCard) -> str | None:
    """Experts worry; a coordinator acts."""
    return None if actor.role == EXPERT else "role"


def can_answer_youths(actor: PersonCard) -> str | None:
    """Experts, and coordinators who joined."""
    return None if actor.role in (EXPERT, COORDINATOR) else "role"


def can_keep_files(actor: PersonCard) -> str | None:
    """Coordinators keep the files; an expert only signals."""
    return None if actor.role == COORDINATOR else "role"


def can_be_cared_for(actor: PersonCard) -> str | None:
    """Youths and experts are asked how it was."""
    return None if actor.role in (YOUTH, EXPERT) else "role"


def require_press_help(actor: PersonCard) -> None:
    """Raise Forbidden unless the button is the actor's."""
    _require(can_press_help(actor))


def require_worry(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor may raise a worry."""
    _require(can_worry(actor))


def require_answer_youths(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor answers youths."""
    _require(can_answer_youths(actor))


def require_keep_files(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor keeps files."""
    _require(can_keep_files(actor))


def require_be_cared_for(actor: PersonCard) -> None:
    """Raise Forbidden unless the actor is asked how it was."""
    _require(can_be_cared_for(actor))


def _require(reason: str | None) -> None:
    if reason is not None:
        raise Forbidden(extra={"reason": reason})
