"""Why a coordinator comes into a conversation, in the words of both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HELP: Final = "help"
WORRY: Final = "worry"
SILENCE: Final = "silence"
QUIET: Final = "quiet_youth"
CARE: Final = "care"
# What both sides may know. A report, a complaint or a finding of the screening is nobody's business here.
SHOWN: Final = (HELP, WORRY, SILENCE, QUIET, CARE)


@dataclass(frozen=True, slots=True)
class _Words:
    """What the youth reads, and what the expert reads."""

    youth: str
    expert: str


_DUTCH: Final[dict[str, _Words]] = {
    HELP: _Words(
        "Je vroeg om hulp. Daarom is er nu een coördinator van het team bij.",
        "Er is om hulp gevraagd. Daarom is er nu een coördinator bij. Je staat er niet alleen voor.",
    ),
    WORRY: _Words(
        "We letten een beetje op elkaar. Daarom is er nu een coördinator van het team bij.",
        "Goed dat je je zorgen deelde. Er is nu een coördinator bij. Je staat er niet alleen voor.",
    ),
    SILENCE: _Words(
        "Je wachtte al een tijd op antwoord. Daarom is er nu een coördinator van het team bij.",
        "Er was een tijd geen antwoord. Daarom kijkt er nu een coördinator mee. Dat is geen verwijt.",
    ),
    QUIET: _Words(
        "We hoorden even niets van je. Daarom is er nu een coördinator van het team bij.",
        "Het was een tijd stil. Daarom is er nu een coördinator bij.",
    ),
    CARE: _Words(
        "Er is nu een coördinator van het team bij, om te kijken hoe het gaat.",
        "Er is nu een coördinator bij, om te kijken hoe het gaat.",
    ),
}
_ENGLISH: Final[dict[str, _Words]] = {
    HELP: _Words(
        "You asked for help. That is why a coordinator of the team is here now.",
        "Somebody asked for help. That is why a coordinator is here now. You are not alone in this.",
    ),
    WORRY: _Words(
        "We look after each other a little. That is why a coordinator of the team is here now.",
        "Good that you shared your worry. A coordinator is here now. You are not alone in this.",
    ),
    SILENCE: _Words(
        "You had been waiting for an answer. That is why a coordinator of the team is here now.",
        "There was no answer for a while. That is why a coordinator looks along now. Nobody blames you.",
    ),
    QUIET: _Words(
        "We had not heard from you for a while. That is why a coordinator of the team is here now.",
        "It was quiet for a while. That is why a coordinator is here now.",
    ),
    CARE: _Words(
        "A coordinator of the team is here now, to see how things are.",
        "A coordinator is here now, to see how things are.",
    ),
}
_RELEASED: Final = {
    "nl": "Jij hoeft nu niets meer te doen. De coördinator neemt het over.",
    "en": "You do not have to do anything now. The coordinator takes over.",
}
_HANDED_BACK: Final = {
    "nl": "Jij mag weer antwoorden, in je eigen tijd. De coördinator heeft het aan jou teruggegeven.",
    "en": "You can answer again, in your own hours. The coordinator has handed it back to you.",
}


def find_shown(kind: str) -> str:
    """Return what both sides may know of why a coordinator comes."""
    return kind if kind in SHOWN else CARE


def write_joined(kind: str, *, to_youth: bool, language: str) -> str:
    """Return why a coordinator is there now, to the youth or to the expert."""
    words = (_ENGLISH if language == "en" else _DUTCH)[find_shown(kind)]
    return words.youth if to_youth else words.expert


def write_released(language: str) -> str:
    """Return the words that take the weight off an expert."""
    return _RELEASED["en" if language == "en" else "nl"]


def write_handed_back(language: str) -> str:
    """Return the words with which an expert answers again."""
    return _HANDED_BACK["en" if language == "en" else "nl"]
