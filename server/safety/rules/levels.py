"""How bad it is: three levels, what raises one, and the times that hang on a level alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

CONCERN: Final = "concern"
URGENT: Final = "urgent"
EMERGENCY: Final = "emergency"
LEVELS: Final = (CONCERN, URGENT, EMERGENCY)

# What a signal is about. `quiet_youth`: nobody heard the youth for days; `silence`: nobody answered the youth.
SIGNAL_KINDS: Final = (
    "help", "worry", "silence", "quiet_youth", "complaint", "boundary", "fault", "report", "screening",
)  # fmt: skip
# What is not a word of a list below is kept sealed, in the coordinator's own words, and shown as this.
OTHER: Final = "other"
# How an escalation ended; the note says more.
OUTCOMES: Final = ("safe", "support_arranged", "false_alarm", "no_contact", OTHER)
# To whom one is handed over.
HAND_OVER_TO: Final = (
    "professional", "emergency_service", "crisis_service", "veilig_thuis", "huisartsenpost", "other_team",
    OTHER,
)  # fmt: skip

# A coordinator at work on one that nothing was heard of for so long is asked.
IDLE_AFTER: Final = {CONCERN: timedelta(hours=24), URGENT: timedelta(hours=2), EMERGENCY: timedelta(minutes=30)}
# A chain that came to its end without an answer begins its last step again so often …
REPEAT_AFTER: Final = {CONCERN: timedelta(hours=24), URGENT: timedelta(hours=1), EMERGENCY: timedelta(minutes=10)}
# … so many times, and then once a day until somebody answers: never silent, never a flood.
MOST_REPEATS: Final = 12
_DAILY: Final = timedelta(days=1)


def is_higher(level: str, than: str) -> bool:
    """Tell whether one level is worse than another."""
    return LEVELS.index(level) > LEVELS.index(than)


def find_higher(level: str, other: str) -> str:
    """Return the worse of two levels."""
    return level if is_higher(level, other) else other


def find_repeat(level: str, repeats: int) -> timedelta:
    """Return how long after the last step it is repeated, when it was repeated so often already."""
    return REPEAT_AFTER[level] if repeats < MOST_REPEATS else _DAILY


def may_break_silence(level: str) -> bool:
    """Tell whether a page may break a coordinator's do-not-disturb: for an emergency, for nothing else."""
    return level == EMERGENCY
