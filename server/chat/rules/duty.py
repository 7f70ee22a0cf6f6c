"""The duty pool's rules: how many experts are asked at once, how often, and who comes first.

A line that an expert claims is a conversation whose gate follows their duty shift, as the gate of a pair follows
their hours (`rules.turns.find_turn` decides both): at the end of the shift it closes, a running talk gets the usual
wrap-up grace first, and a pause or an absence closes it at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

WAVE_EVERY: Final = timedelta(seconds=30)
MOST_IN_WAVE: Final = 3
# A worker that dies with a wave in its hands delays it by this.
LEASE: Final = timedelta(seconds=10)


def choose_wave(free: Sequence[str], offers: Mapping[str, int]) -> list[str]:
    """Return whom of these experts to ask now: who was asked the least this evening first, then in the given order."""
    return sorted(free, key=lambda one: offers.get(one, 0))[:MOST_IN_WAVE]
