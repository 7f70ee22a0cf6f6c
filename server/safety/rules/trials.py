"""Test pages: whether somebody who stands on call has shown lately that a page reaches them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

# "This month": a calendar month would find everybody unproven on its first night.
PROVEN_FOR: Final = timedelta(days=31)
# A test page that is confirmed days later shows nothing about a night.
CONFIRM_WITHIN: Final = timedelta(days=1)


def is_proven(confirmed_at: datetime | None, now: datetime) -> bool:
    """Tell whether a confirmation of that instant still counts."""
    return confirmed_at is not None and now - confirmed_at < PROVEN_FOR


def is_over(asked_at: datetime, now: datetime) -> bool:
    """Tell whether a test page asked then can no longer be confirmed."""
    return now - asked_at >= CONFIRM_WITHIN
