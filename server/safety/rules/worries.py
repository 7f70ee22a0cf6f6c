"""What an expert who raised a worry is told, by the state of its escalation. Copy: short, kind, level B1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NOTHING: Final = ""
PICKED_UP: Final = "picked_up"
RELEASED: Final = "released"
CHOOSE: Final = "choose"
TELLINGS: Final = (PICKED_UP, RELEASED, CHOOSE)

_BY_STATE: Final[Mapping[str, str]] = {
    "acknowledged": PICKED_UP,
    "in_progress": RELEASED,
    "resolved": RELEASED,
    "handed_over": RELEASED,
}
_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = {
    "nl": {
        NOTHING: "Je zorg is doorgegeven. Het team wordt nu gewaarschuwd.",
        PICKED_UP: "Een coördinator heeft je zorg gezien en gaat ermee aan de slag.",
        RELEASED: "Een coördinator heeft dit van je overgenomen. Jij hoeft nu niets meer te doen.",
        CHOOSE: (
            "Je tijd zit er bijna op en je zorg is nog niet opgepakt. Draag het over aan de coördinator: die wordt nu"
            " opnieuw gewaarschuwd. Jij hoeft dit niet alleen te dragen."
        ),
    },
    "en": {
        NOTHING: "Your worry was passed on. The team is being alerted now.",
        PICKED_UP: "A coordinator has seen your worry and is working on it.",
        RELEASED: "A coordinator has taken this over from you. You do not have to do anything any more.",
        CHOOSE: (
            "Your time is almost over, and nobody has picked up your worry yet. Hand it to the coordinator, who is"
            " being alerted again now. You do not have to carry this alone."
        ),
    },
}


def find_telling(state: str) -> str:
    """Return what is to be told of an escalation in this state; NOTHING while nobody has picked it up."""
    return _BY_STATE.get(state, NOTHING)


def write_telling(telling: str, language: str) -> str:
    """Return the sentence for the expert."""
    return _SENTENCES.get(language, _SENTENCES["nl"])[telling]
