"""The questions of the closing talk: the Big Five of DOMAIN.md, from 1 to 10, before and now; pure.

A hook for the effect measurement: the answers are kept as numbers by area, each side's for itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

# area → language → question
AREAS: Final[Mapping[str, Mapping[str, str]]] = {
    "housing": {"nl": "Hoe gaat het met wonen?", "en": "How is it going with a place to live?"},
    "school_or_work": {"nl": "Hoe gaat het met school of werk?", "en": "How is it going with school or work?"},
    "income": {"nl": "Hoe gaat het met geld?", "en": "How is it going with money?"},
    "wellbeing": {"nl": "Hoe voel je je?", "en": "How do you feel?"},
    "support": {"nl": "Heb je mensen om je heen?", "en": "Do you have people around you?"},
}
LEAST, MOST = 1, 10


def list_questions(language: str) -> list[dict[str, str]]:
    """Return the questions in order, in Dutch unless English is asked for: area, question."""
    chosen = "en" if language == "en" else "nl"
    return [{"area": area, "question": words[chosen]} for area, words in AREAS.items()]


def find_misfit(scores: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the first area that is unknown, named twice, or scored outside 1 to 10; None when all fit.

    `before` and `after` may each be null: every question may be skipped.
    """
    seen: set[str] = set()
    for one in scores:
        numbers = [number for number in (one["before"], one["after"]) if number is not None]
        if one["area"] not in AREAS or one["area"] in seen or any(not LEAST <= number <= MOST for number in numbers):
            return str(one["area"])
        seen.add(one["area"])
    return None


_DOOR: Final[Mapping[str, str]] = {
    "nl": (
        "Jullie nemen afscheid. Je hebt niets verkeerd gedaan. Wil je later weer een buddy? Dat mag je altijd vragen."
        " Is er gevaar? Bel 112."
    ),
    "en": (
        "You say goodbye to each other. You did nothing wrong. Do you want a buddy again later? You can always ask."
        " In danger? Call 112."
    ),
}


def say_door_back_in(language: str) -> str:
    """Return the words at the end of a pairing, in Dutch unless English is asked for: the door stays open."""
    return _DOOR["en" if language == "en" else "nl"]
