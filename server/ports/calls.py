"""Whether a call still waits for somebody, for the room that makes phones ring: asked at the moment of ringing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class PageCalls(Protocol):
    """Answered by safety."""

    def list_waiting_pages(self, page_ids: Sequence[str]) -> set[str]:
        """Return which of these pages still call: nobody has answered their escalation. One statement."""

    def list_waiting_tests(self, test_page_ids: Sequence[str], *, now: datetime) -> set[str]:
        """Return which of these test pages can still be confirmed, and are not. One statement."""


class DutyCalls(Protocol):
    """Answered by chat."""

    def list_open_offers(self, request_ids: Sequence[str]) -> set[str]:
        """Return which of these requests for whoever has duty nobody has taken yet. One statement."""
