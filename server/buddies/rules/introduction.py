"""The fixed introduction talk (Ixta Noa's quality handbook, VJI §4.2), as data in both languages; pure.

What stands here is said in every first talk, in the expert's own words; the sentences help to remember.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

# item → language → (what it is about, a sentence to begin with)
INTRODUCTION: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "who_am_i": {
        "nl": ("Wie ik ben", "Ik vertel wie ik ben, en wat ik zelf heb meegemaakt."),
        "en": ("Who I am", "I tell who I am, and what I have been through myself."),
    },
    "what_it_is": {
        "nl": ("Wat dit is", "Ik luister en denk mee. Ik ben vrijwilliger en geen hulpverlener."),
        "en": ("What this is", "I listen and think along. I am a volunteer, not a care worker."),
    },
    "what_it_is_not": {
        "nl": ("Wat dit niet is", "We zien elkaar niet buiten deze app. Bij gevaar bel je 112."),
        "en": ("What this is not", "We do not meet outside this app. In danger you call 112."),
    },
    "hours": {
        "nl": ("Wanneer ik er ben", "Je mag altijd schrijven. Ik lees het op de tijden die je ziet."),
        "en": ("When I am there", "You may always write. I read it at the times that you see."),
    },
    "who_reads": {
        "nl": ("Wie kan meelezen", "Alleen wij lezen dit gesprek. Ik vertel wanneer dat anders is."),
        "en": ("Who can read this", "Only we read this talk. I tell you when that is different."),
    },
    "how_to_stop": {
        "nl": ("Hoe je stopt", "Je mag stoppen of een andere buddy kiezen. Je hoeft niet te zeggen waarom."),
        "en": ("How to stop", "You may stop or choose another buddy. You need not say why."),
    },
}


def list_items(language: str) -> list[dict[str, str]]:
    """Return the items in order, in Dutch unless English is asked for: id, title, text."""
    chosen = "en" if language == "en" else "nl"
    return [{"id": item, "title": words[chosen][0], "text": words[chosen][1]} for item, words in INTRODUCTION.items()]


def list_unknown(items: Iterable[str]) -> list[str]:
    """Return those that are no items."""
    return [item for item in items if item not in INTRODUCTION]
