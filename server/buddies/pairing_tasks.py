"""What is due about pairings: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import datetime

from server.buddies.actions.bridges import remind_of_bridge
from server.buddies.actions.covers import review_due_cover
from server.buddies.actions.errands import do_errand
from server.buddies.actions.pausing import end_due_pause
from server.buddies.actions.warmth import remind_of_silence


def step_pairings(now: datetime) -> bool:
    """Do one of each that is due: what a fact of another room asks for, a pause that ends, a look at who answers. Say
    whether there was any. One small query each when there is none."""
    done = [step_errands(now), step_pauses(now), step_covers(now)]
    return any(done)


def step_errands(now: datetime) -> bool:
    """Do one thing that a fact of another room asks for; say whether there was one."""
    return do_errand(now=now)


def step_pauses(now: datetime) -> bool:
    """End one pause that has reached its end; say whether there was one."""
    return end_due_pause(now=now)


def step_covers(now: datetime) -> bool:
    """Look at one pairing whose expert may be away, or back; say whether there was one."""
    return review_due_cover(now=now)


def step_silences(now: datetime) -> bool:
    """Look at one youth's silence that is due; say whether there was one."""
    return remind_of_silence(now=now)


def step_bridges(now: datetime) -> bool:
    """Remind the coordinators of one bridge whose last day has passed; say whether there was one."""
    return remind_of_bridge(now=now)
