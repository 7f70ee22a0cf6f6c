"""The four roles, and what hangs on a role alone."""

from __future__ import annotations

from typing import Final

YOUTH: Final = "youth"
EXPERT: Final = "expert"
COORDINATOR: Final = "coordinator"
ADMIN: Final = "admin"

ROLES: Final = (YOUTH, EXPERT, COORDINATOR, ADMIN)
# Youths come in by invitation and have no password.
PASSWORD_ROLES: Final = (EXPERT, COORDINATOR, ADMIN)


def require_role(role: str) -> str:
    """Return the role. Raises ValueError when there is none of that name."""
    if role not in ROLES:
        raise ValueError(f"a role is one of {', '.join(ROLES)}")
    return role
