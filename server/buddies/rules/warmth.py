"""Keeping the line warm: when a youth's silence is long enough to remind whoever answers them; pure.

The first reminder comes after `d` days without a word (14 unless the team or the pairing says otherwise), the second
`d` days later, the third `2 d` after that: rising, so that a reminder never nags. With the third the coordinator hears
of it. Stretches in which the expert was away or the pairing paused do not count (issue 4, point 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

LEAST_DAYS, MOST_DAYS = 3, 90
TELL_COORDINATOR_AT: Final = 3  # reminders
_LONGEST_FACTOR: Final = 4

Stretch = tuple[datetime, datetime]


def find_wait(nudges: int, days: int) -> timedelta:
    """Return how long to wait for the next reminder after so many of them: d, d, 2 d, 4 d, and 4 d from then on."""
    factor = 1 if nudges == 0 else min(2 ** (nudges - 1), _LONGEST_FACTOR)
    return timedelta(days=days * factor)


def find_due(since: datetime, nudges: int, days: int, away: Iterable[Stretch]) -> datetime:
    """Return when the next reminder is due: what of the waiting fell into an absence or a pause is waited again.

    `since` is the last word or the last reminder; `away` holds the stretches so far, none overlapping another.
    """
    spent = sum((max(end - max(start, since), timedelta(0)) for start, end in away), timedelta(0))
    return since + find_wait(nudges, days) + spent
