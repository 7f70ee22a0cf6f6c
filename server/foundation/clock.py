"""The only reader of the clock. Edges call it and pass `now` down; actions and queries never do."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def read_clock() -> datetime:
    """Return this instant, aware, in UTC, with microseconds."""
    return datetime.now(UTC)


def read_monotonic() -> float:
    """Return seconds that never go back, for intervals inside one process only."""
    return time.monotonic()


def format_instant(at: datetime) -> str:
    """Return RFC 3339 in UTC with `Z` and milliseconds: the wire's only form of time."""
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
