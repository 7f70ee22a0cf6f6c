"""How long things of this room live. A session has two, without use and in all; both hang on the role."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

Lifetimes = Mapping[str, tuple[timedelta, timedelta]]

TICKET_LIFETIME: Final = timedelta(seconds=30)  # PROTOCOL §2
# A spent ticket is kept a little, so that a look at the table can tell a repeat from a guess.
TICKET_KEPT: Final = timedelta(hours=1)
INVITATION_LIFETIME: Final = timedelta(days=14)
INVITATION_DAYS: Final = (1, 60)
# An open way into the staff: whoever finds the link is a colleague.
STAFF_INVITATION_LIFETIME: Final = timedelta(days=7)
STAFF_INVITATION_DAYS: Final = (1, 14)
# The idle clock is written at most this often per session.
ACTIVITY_STEP: Final = timedelta(minutes=10)


def plan_session(lifetimes: Lifetimes, role: str, now: datetime) -> tuple[datetime, datetime]:
    """Return when a session begun now ends without use, and when it ends in any case."""
    idle, whole = lifetimes[role]
    return now + min(idle, whole), now + whole


def move_idle_end(lifetimes: Lifetimes, role: str, expires_at: datetime, now: datetime) -> datetime:
    """Return the new idle end of a session used now: never beyond its absolute end."""
    idle, _ = lifetimes[role]
    return min(now + idle, expires_at)
