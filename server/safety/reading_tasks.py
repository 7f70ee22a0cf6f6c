"""What is due about reading: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import datetime

from server.safety.actions.glass import end_due_reading, remind_due_review, tell_due_youth


def step_tell_youths(now: datetime) -> bool:
    """Tell one youth of a reading that was to be told later; say whether there was one."""
    return tell_due_youth(now=now)


def step_end_readings(now: datetime) -> bool:
    """Write down the end of one reading whose time is over; say whether there was one."""
    return end_due_reading(now=now)


def step_remind_reviews(now: datetime) -> bool:
    """Remind a team of one review that is overdue; say whether there was one."""
    return remind_due_review(now=now)


def step_reading(now: datetime) -> bool:
    """Do one thing that is due about reading; say whether there was anything."""
    return step_tell_youths(now) or step_end_readings(now) or step_remind_reviews(now)
