"""What is due in silence, in care and in the files: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import datetime

from server.safety.actions.care import tell_after_care
from server.safety.actions.cases import remind_follow_up
from server.safety.actions.faults import watch_faults
from server.safety.actions.silence import look_at_silence
from server.safety.actions.worries import tell_worry


def step_silence(now: datetime) -> bool:
    """Look at one unanswered message whose time has come; say whether there was one."""
    return look_at_silence(now=now)


def step_tell_experts(now: datetime) -> bool:
    """Tell one expert what became of their worry, within their hours; say whether there was one to look at."""
    return tell_worry(now=now)


def step_after_care(now: datetime) -> bool:
    """Ask one person how it was; say whether there was one to look at."""
    return tell_after_care(now=now)


def step_remind_follow_ups(now: datetime) -> bool:
    """Remind of one follow-up that is due; say whether there was one."""
    return remind_follow_up(now=now)


def step_watch_faults(now: datetime) -> bool:
    """Signal facts that nobody could deal with, once a day; say whether a signal was new."""
    return watch_faults(now=now)
