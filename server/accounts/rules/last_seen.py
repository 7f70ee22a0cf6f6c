"""When somebody of the staff was last here, as coarsely as a team needs it to see who has fallen away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

TODAY, WEEK, MONTH, LONGER, NEVER = "today", "week", "month", "longer", "never"
LAST_SEEN: Final = (TODAY, WEEK, MONTH, LONGER, NEVER)
_STEPS: Final = ((timedelta(days=1), TODAY), (timedelta(days=7), WEEK), (timedelta(days=31), MONTH))


def tell_last_seen(last_used_at: datetime | None, now: datetime) -> str:
    """Return within which time somebody was last here: the hours in which a volunteer is up are nobody's business."""
    if last_used_at is None:
        return NEVER
    return next((word for within, word in _STEPS if now - last_used_at < within), LONGER)
