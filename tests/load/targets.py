"""What must be reached, as data: issue 2, "Must reach". The report reads it; nothing asserts it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Target:
    """A bound on a value; `unit` is how it is printed."""

    bound: float
    direction: Literal["at least", "at most"]

    def is_met(self, value: float) -> bool:
        """Say whether a value keeps the bound; a missing value (NaN) never does."""
        return value >= self.bound if self.direction == "at least" else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.direction == 'at least' else '≤'} {self.bound:g}"


SATURATION = Target(7, "at least")
DELIVERY_P99 = Target(0.05, "at most")
DELIVERY_P50_MS = Target(2.5, "at most")
CPU_SHARE = Target(0.35, "at most")
IDLE_SOCKET_KB = Target(40, "at most")
STORM_SECONDS = Target(5, "at most")
DISCONNECTED_TWICE = Target(0, "at most")
HISTORY_SHARE = Target(0.95, "at least")
TWO_PROCESSES_SHARE = Target(0.9, "at least")
GENERATOR_RATE = Target(4000, "at least")
