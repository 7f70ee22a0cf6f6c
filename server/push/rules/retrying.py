"""When something is tried again, and how long a phone is left in peace. Pure: instants in, instants out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

# A phone that has just buzzed for a conversation must not buzz for each further line of it: people write an evening's
# thought in ten short messages, seconds apart.
QUIET_FOR: Final = timedelta(seconds=20)
# A worker that dies with deliveries in its hands delays them by this. Longer than two backends take for one batch (8 s
# and a little each at most).
LEASE: Final = timedelta(seconds=60)
URGENT_LEASE: Final = timedelta(seconds=30)
# A stopped backend is tried with one delivery this often.
PROBE_EVERY: Final = timedelta(seconds=60)
# What joins a delivery that waits after failures is no failure itself: it waits no longer than this.
JOINED_WITHIN: Final = timedelta(seconds=60)
# A service that names a later moment than this is not believed.
MOST_RETRY_AFTER: Final = timedelta(hours=1)
_BACK_OFF: Final = (5, 15, 60, 300, 900, 1800)  # seconds before the next try
_URGENT_BACK_OFF: Final = (1, 2, 5, 10, 20, 30)
# Of a pause, added to it: so that what failed together does not come back together.
_SPREAD: Final = 0.25


def find_due(kind_delay: timedelta, at: datetime, last_sent_at: datetime | None) -> datetime:
    """Return when a push for something that happened at `at` is due, with the last one of its kind sent then."""
    due = at + kind_delay
    return due if last_sent_at is None else max(due, last_sent_at + QUIET_FOR)


def find_retry(
    *, tries: int, urgent: bool, retry_after: float | None, spread: float, now: datetime, expires_at: datetime
) -> datetime:
    """Return when a delivery that failed so often (1: for the first time) is tried again, at its end at the latest.

    `retry_after` is the number of seconds that the service asked for, `spread` any number from 0 to 1 that differs
    between deliveries.
    """
    pauses: Sequence[int] = _URGENT_BACK_OFF if urgent else _BACK_OFF
    pause = timedelta(seconds=pauses[min(tries, len(pauses)) - 1] * (1 + _SPREAD * spread))
    if retry_after is not None:
        pause = max(pause, min(timedelta(seconds=retry_after), MOST_RETRY_AFTER))
    return min(now + pause, expires_at)
