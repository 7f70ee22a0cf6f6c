"""When somebody hears that a training or a certificate ends: 90, 30 and 7 days before (SAFETY §6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

WARNING_DAYS: Final = (90, 30, 7)


def find_warning(until: date, today: date, given: Collection[int]) -> int | None:
    """Return which warning is due, in days before the end: the nearest one, if it was not given; None else.

    One that comes too late, because a later one is due or was given, is left out. The last valid day is warned of;
    what is over is not: the end itself stops new pairings.
    """
    left = (until - today).days
    due = [days for days in WARNING_DAYS if 0 <= left <= days]
    return None if not due or any(days <= min(due) for days in given) else min(due)


def find_next_look(until: date, today: date) -> date | None:
    """Return the first day after today on which a warning falls due, None when none is ahead."""
    ahead = [day for day in (until - timedelta(days=days) for days in WARNING_DAYS) if day > today]
    return min(ahead, default=None)
