"""How it was, asked afterwards: 1 (light) to 5 (very heavy)."""

from __future__ import annotations

from typing import Final

LIGHTEST: Final = 1
HEAVIEST: Final = 5
# From here on an expert is given rest, unless they say that they want none.
HEAVY: Final = 4


def wants_rest(heaviness: int, rest: bool | None) -> bool:
    """Say whether an expert's answer asks for rest: their own word counts, a heavy evening stands in for it."""
    return heaviness >= HEAVY if rest is None else rest
