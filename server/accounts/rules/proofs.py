"""How long showing who one is counts."""

from __future__ import annotations

from datetime import datetime, timedelta


def is_fresh(proved_at: datetime, now: datetime, window: timedelta) -> bool:
    """Tell whether a proof still counts: up to and not including the end of its window, and never from the future."""
    return timedelta(0) <= now - proved_at < window
