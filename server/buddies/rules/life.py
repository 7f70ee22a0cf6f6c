"""Who may take which step of a pairing, and what a step asks for. Verbs are those of PROTOCOL §5 and `withdraw`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from server.accounts.rules.roles import COORDINATOR, EXPERT, YOUTH

SYSTEM: Final = "system"
_THE_TWO: Final = frozenset({YOUTH, EXPERT})
_ALL_THREE: Final = frozenset({YOUTH, EXPERT, COORDINATOR})
# Saying yes or no is for the two alone: nobody answers for them. `activate` by a coordinator means: both have told me.
VERB_ROLES: Final[Mapping[str, frozenset[str]]] = {
    "accept": _THE_TWO,
    "decline": _THE_TWO,
    "activate": _ALL_THREE,
    "withdraw": frozenset({COORDINATOR}),
    "pause": _ALL_THREE,
    "resume": _ALL_THREE,
    "change": _ALL_THREE,
    "close": _ALL_THREE,
}
# What nobody is told the author of, save the coordinator: a no and a change need no reason, and bring no blame.
UNSIGNED: Final = ("decline", "change")
# A coordinator may waive these, by name; what keeps people safe is not among them.
WAIVABLE: Final = (
    "kind", "no_go", "language", "language_need", "gender_need", "age_need", "declined", "overlap",
)  # fmt: skip
NOTHING, NOTE, HISTORY = "nothing", "note", "history"
MOST_BACKUPS: Final = 5


def find_reason(verb: str, role: str) -> str:
    """Return the reason code of a step: who wished it, in words that a coordinator may count."""
    match verb, role:
        case "change", "youth":
            return "youth_changes"
        case "change", "expert":
            return "handed_back"
        case "change", "coordinator":
            return "coordinator"
    return ""
