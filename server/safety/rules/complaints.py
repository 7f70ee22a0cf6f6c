"""Who may look into a complaint, and what may be written about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from server.safety.complaint_errors import (
    ComplaintDecisionUnknown,
    ComplaintNamesInText,
    ComplaintTextMissing,
    ComplaintTextTooLong,
    ReportNoteTooLong,
)

MOST_LETTERS: Final = 4000
MOST_NOTE_LETTERS: Final = 2000
# SAFETY §5: never one alone.
HANDLERS: Final = 2
UPHELD: Final = "upheld"
DECISIONS: Final = (UPHELD, "partly_upheld", "not_upheld")
# Where handlers are looked for, one after the other: the own team first.
OWN_COORDINATOR, OWN_ADMIN, OTHER_ADMIN, OTHER_COORDINATOR = range(4)
_THANKS: Final = {
    "nl": "Dank je dat je dit meldt. Iemand van het team kijkt ernaar. De ander hoort niet dat jij het hebt gemeld.",
    "en": "Thank you for telling us. Somebody of the team looks at it. The other does not hear that it was you.",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could handle a complaint: where they were found, how many they handle, whether they stand apart."""

    person_id: str
    found: int
    handling: int
    independent: bool


def choose_handlers(candidates: Iterable[Candidate], present: Iterable[Candidate] = ()) -> list[Candidate] | None:
    """Return who joins those who are `present`, so that two handle it and at least one of them stands apart.

    The own team first, then who handles the fewest. None when that cannot be.
    """
    here = list(present)
    free = sorted(
        (one for one in candidates if one.person_id not in {other.person_id for other in here}),
        key=lambda one: (one.found, one.handling, one.person_id),
    )
    chosen: list[Candidate] = []
    if not any(one.independent for one in here):
        chosen = [one for one in free if one.independent][:1]
        if not chosen:
            return None
    missing = HANDLERS - len(here) - len(chosen)
    chosen += [one for one in free if one not in chosen][: max(0, missing)]
    return chosen if len(here) + len(chosen) >= HANDLERS else None


def find_decision(votes: Sequence[tuple[str, str]], handlers: Iterable[str]) -> str | None:
    """Return what two different handlers agree on, None while they do not. Votes (who, what) come in their order;
    everybody's last one counts."""
    last = {person: decision for person, decision in votes if person in set(handlers)}
    agreed = [decision for decision in DECISIONS if list(last.values()).count(decision) >= HANDLERS]
    return agreed[0] if agreed else None


def require_decision(decision: str) -> str:
    """Return the decision. Raises ComplaintDecisionUnknown."""
    if decision not in DECISIONS:
        raise ComplaintDecisionUnknown()
    return decision


def read_words(text: str) -> str:
    """Return a clean text. Raises ComplaintTextMissing, ComplaintTextTooLong."""
    words = text.strip()
    if len(words) > MOST_LETTERS:
        raise ComplaintTextTooLong()
    if not words:
        raise ComplaintTextMissing()
    return words


def read_note(text: str | None) -> str | None:
    """Return the clean note of a report, None without one. Raises ReportNoteTooLong."""
    words = (text or "").strip()
    if len(words) > MOST_NOTE_LETTERS:
        raise ReportNoteTooLong()
    return words or None


def require_no_names(text: str, names: Iterable[str]) -> None:
    """Raise ComplaintNamesInText when one of these people is named: by the whole name or by a part of three letters
    and more."""
    for name in names:
        parts = {name, *(part for part in name.split() if len(part) >= 3)}
        if any(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text, re.IGNORECASE) for part in parts if part.strip()):
            raise ComplaintNamesInText()


def write_thanks(language: str) -> str:
    """Return what somebody reads who reported something."""
    return _THANKS["en" if language == "en" else "nl"]
