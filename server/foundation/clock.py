"""The only reader of the clock. Edges call it and pass `now` down; actions and queries never do."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache

from server.foundation.demo_clock import DemoClock

_demo: DemoClock | None = None


def read_clock() -> datetime:
    """Return this instant, aware, in UTC, with microseconds; a process with a demo clock has that clock's."""
    real = datetime.now(UTC)
    return real if _demo is None else _demo.show(real)


def read_machine_clock() -> datetime:
    """Return this instant as the machine has it, also beside a demo clock: for what only machines wait for."""
    return datetime.now(UTC)


def replace_clock(demo: DemoClock | None) -> None:
    """Have this whole process go by a demo clock; with None by the machine's."""
    global _demo
    _demo = demo


def read_monotonic() -> float:
    """Return seconds that never go back, for intervals inside one process only."""
    return time.monotonic()


@lru_cache(maxsize=256)  # what happens together is told with one instant
def format_instant(at: datetime) -> str:
    """Return RFC 3339 in UTC with `Z` and milliseconds: the wire's only form of time."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"
