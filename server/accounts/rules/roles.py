"""The four roles, and what hangs on a role alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

YOUTH: Final = "youth"
EXPERT: Final = "expert"
COORDINATOR: Final = "coordinator"
ADMIN: Final = "admin"

ROLES: Final = (YOUTH, EXPERT, COORDINATOR, ADMIN)
# Youths come in by invitation and have no password.
PASSWORD_ROLES: Final = (EXPERT, COORDINATOR, ADMIN)
# Whom one may invite. Nobody is invited as an admin: that is a colleague who was made one.
INVITED: Final[Mapping[str, tuple[str, ...]]] = {COORDINATOR: (YOUTH, EXPERT), ADMIN: (EXPERT, COORDINATOR)}
INVITED_STAFF: Final = (EXPERT, COORDINATOR)
# Who must have a second factor where it is required: those who can come near a youth's words (SAFETY §5).
FACTOR_ROLES: Final = (COORDINATOR, ADMIN)


def require_role(role: str) -> str:
    """Return the role. Raises ValueError when there is none of that name."""
    if role not in ROLES:
        raise ValueError(f"a role is one of {', '.join(ROLES)}")
    return role


def needs_factor(role: str, required: bool) -> bool:
    """Tell whether somebody of this role may do nothing without a second factor, where it is `required`."""
    return required and role in FACTOR_ROLES
