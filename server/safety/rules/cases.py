"""What may stand in a case file."""

from __future__ import annotations

from datetime import date
from typing import Final

from server.safety.file_errors import EntryEmpty, EntryKindUnknown, EntryTooLong, FollowUpDate

FACT: Final = "fact"
WEIGHING: Final = "weighing"
DECISION: Final = "decision"
TOLD: Final = "told"
FOLLOW_UP: Final = "follow_up"
OUTCOME: Final = "outcome"
KINDS: Final = (FACT, WEIGHING, DECISION, TOLD, FOLLOW_UP, OUTCOME)
MOST_TEXT: Final = 10_000  # code points
# A follow-up is planned within a year: what lies further belongs into the next one.
MOST_DAYS_AHEAD: Final = 366


def require_entry(*, kind: str, text: str, due_on: date | None, today: date) -> str:
    """Return the text without white space around it. Raises EntryKindUnknown, EntryEmpty, EntryTooLong; FollowUpDate
    unless a follow-up, and nothing else, has a date from today up to a year ahead."""
    if kind not in KINDS:
        raise EntryKindUnknown()
    require_text(text)
    if (kind == FOLLOW_UP) != (due_on is not None):
        raise FollowUpDate()
    if due_on is not None and not 0 <= (due_on - today).days <= MOST_DAYS_AHEAD:
        raise FollowUpDate()
    return text.strip()


def require_text(text: str) -> str:
    """Return the text without white space around it. Raises EntryEmpty, EntryTooLong."""
    if not text.strip():
        raise EntryEmpty()
    if len(text) > MOST_TEXT:
        raise EntryTooLong()
    return text.strip()
