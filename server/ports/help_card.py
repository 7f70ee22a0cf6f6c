"""Help outside the service, for whoever must show it at once."""

from __future__ import annotations

from typing import Any, Protocol


class HelpCard(Protocol):
    """Answered by safety."""

    def list_help_lines(self, age: int | None = None) -> list[dict[str, Any]]:
        """Return the lines to show: name, phone, url, hours, checked_on; the most urgent first. Asks no database.

        With an age in years only the lines for that age; without one every line.
        """
