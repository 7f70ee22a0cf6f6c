"""The help card: lines outside the service, from data with the date on which they were checked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).parent / "data" / "help_lines.yaml"


class HelpLines:
    """Answers ports.help_card.HelpCard; works without a database, Redis or a worker."""

    def list_help_lines(self) -> list[dict[str, Any]]:
        """Return every line, the most urgent first."""
        return _read_lines()


@lru_cache(maxsize=1)
def _read_lines() -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return [{key: value for key, value in line.items() if key != "for"} for line in lines]
