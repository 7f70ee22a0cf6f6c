"""The words of this room that are stored and sent."""

from __future__ import annotations

from typing import Final

BUDDY: Final = "buddy"
BRIDGE: Final = "bridge"
# Kinds of contact that an expert does, and that a youth asks for.
KINDS: Final = (BUDDY, "sounding_board", "listening_ear", "duty_pool", BRIDGE)

FIRST: Final = "first"
CHANGE: Final = "change"
HANDED_BACK: Final = "handed_back"
ENDED: Final = "ended"
# Why somebody waits: for the first time, after changing buddy, after the buddy handed back, after an earlier end.
REQUEST_REASONS: Final = (FIRST, CHANGE, HANDED_BACK, ENDED)

GENDERS: Final = ("woman", "man", "other")
# Age bands with their first and last year. Not the day of birth: matching needs no more.
AGE_BANDS: Final[dict[str, tuple[int, int]]] = {
    "12-15": (12, 15),
    "16-17": (16, 17),
    "18-20": (18, 20),
    "21-23": (21, 23),
    "24-27": (24, 27),
}

TRAINING: Final = "training"
VOG: Final = "vog"


def find_middle_age(band: str) -> int | None:
    """Return the age in the middle of a band, None without one."""
    return sum(AGE_BANDS[band]) // 2 if band in AGE_BANDS else None
