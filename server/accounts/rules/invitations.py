"""What has become of an invitation."""

from __future__ import annotations

from datetime import datetime
from typing import Final

OPEN: Final = "open"
USED: Final = "used"
REVOKED: Final = "revoked"
EXPIRED: Final = "expired"
STATES: Final = (OPEN, USED, REVOKED, EXPIRED)


def find_state(*, used_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime) -> str:
    """Return whether an invitation still lets somebody in, or why not."""
    if used_at is not None:
        return USED
    if revoked_at is not None:
        return REVOKED
    return OPEN if now < expires_at else EXPIRED
