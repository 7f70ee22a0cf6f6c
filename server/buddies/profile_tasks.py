"""What is due about the waiting list and about papers: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import datetime

from server.buddies.actions.reminding import remind_of_waiting, warn_of_ends


def step_remind_waiting(now: datetime) -> bool:
    """Remind the coordinators of some who wait too long; say whether there were any."""
    return remind_of_waiting(now=now)


def step_warn_validity(now: datetime) -> bool:
    """Warn of some papers that end soon; say whether there were any to look at."""
    return warn_of_ends(now=now)
