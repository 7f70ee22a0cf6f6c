"""Test pages: whether somebody who stands on call has shown lately that a page reaches them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

# "This month": a calendar month would find everybody unproven on its first night.
PROVEN_FOR: Final = timedelta(days=31)
# A test page that is confirmed days later shows nothing about a night.
CONFIRM_WITHIN: Final = timedelta(days=1)
# The server asks by itself six days before the month is over: two tries, with a weekend between them.
ASK_AFTER: Final = timedelta(days=25)
ASK_AGAIN_AFTER: Final = timedelta(days=3)
# Who was just rung is not rung again for a colleague: phones that ring for nothing are turned off.
LEFT_IN_PEACE_FOR: Final = timedelta(minutes=10)
# A test call must wake nobody and cut into nobody's weekend.
_FROM_HOUR: Final = 10
_TO_HOUR: Final = 16
_FRIDAY: Final = 5


def is_proven(confirmed_at: datetime | None, now: datetime) -> bool:
    """Tell whether a confirmation of that instant still counts."""
    return confirmed_at is not None and now - confirmed_at < PROVEN_FOR


def is_over(asked_at: datetime, now: datetime) -> bool:
    """Tell whether a test page asked then can no longer be confirmed."""
    return now - asked_at >= CONFIRM_WITHIN


def is_asking_time(now: datetime, zone: str) -> bool:
    """Tell whether the server may ask by itself now: on weekdays from 10 to 16 of the team's wall clock."""
    wall = now.astimezone(ZoneInfo(zone))
    return wall.isoweekday() <= _FRIDAY and _FROM_HOUR <= wall.hour < _TO_HOUR


def is_to_be_asked(confirmed_at: datetime | None, asked_at: datetime | None, now: datetime) -> bool:
    """Tell whether somebody who stands on call is due for a test page: confirmed none lately, asked none just now."""
    unproven = confirmed_at is None or now - confirmed_at >= ASK_AFTER
    return unproven and (asked_at is None or now - asked_at >= ASK_AGAIN_AFTER)
