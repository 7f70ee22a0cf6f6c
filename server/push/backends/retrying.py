"""When the other side says how long to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from server.foundation.clock import read_machine_clock

_LONGEST_WAIT: Final = 3600.0


def read_retry_after(text: str | None) -> float | None:
    """Return the seconds of a Retry-After header, a number or a date, at most an hour; None without a sensible one."""
    if text is None:
        return None
    try:
        seconds = float(text) if text.strip().isdigit() else _count_until(parsedate_to_datetime(text))
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, seconds), _LONGEST_WAIT)


def _count_until(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - read_machine_clock()).total_seconds()
