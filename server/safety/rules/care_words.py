"""How somebody is asked afterwards. Copy: short, kind, level B1; an answer is never owed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_QUESTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "nl": {
        "youth": (
            "Hoe gaat het nu met je? Kies van 1 (licht) tot 5 (heel zwaar). Je mag ook vragen of iemand van het team"
            " contact opneemt. Niks zeggen mag ook."
        ),
        "expert": (
            "Hoe zwaar was dit voor je? Kies van 1 (licht) tot 5 (heel zwaar). Je mag vragen of een coördinator je"
            " terugbelt. Niks zeggen mag ook."
        ),
    },
    "en": {
        "youth": (
            "How are you now? Choose from 1 (light) to 5 (very heavy). You may also ask for somebody of the team to get"
            " in touch. Saying nothing is fine too."
        ),
        "expert": (
            "How heavy was this for you? Choose from 1 (light) to 5 (very heavy). You may ask a coordinator to call you"
            " back. Saying nothing is fine too."
        ),
    },
}


def write_question(role: str, language: str) -> str:
    """Return the question for a youth or an expert."""
    return _QUESTIONS.get(language, _QUESTIONS["nl"])[role]
