"""The help card: lines outside the service, from data with the date on which they were checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.apps import AppConfig
from django.core.checks import CheckMessage, Warning, register

from server.foundation.clock import read_clock

CHECKED_WITHIN: Final = timedelta(days=180)
_DATA = Path(__file__).parent / "data" / "help_lines.yaml"
# What anybody is shown; `for` and `ages` only choose.
_SHOWN: Final = ("name", "phone", "url", "hours", "checked_on")


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A line as it is shown, and the ages it is for, both included; None is for everybody."""

    shown: dict[str, str]
    ages: tuple[int, int] | None

    def is_for(self, age: int | None) -> bool:
        """Tell whether somebody of this age is helped there; an unknown age is never a reason to leave a line out."""
        return age is None or self.ages is None or self.ages[0] <= age <= self.ages[1]


class HelpLines:
    """Answers ports.help_card.HelpCard; works without a database, Redis or a worker."""

    def list_help_lines(self, age: int | None = None) -> list[dict[str, Any]]:
        """Return the lines for somebody of this age in years, every line without one, the most urgent first."""
        return [dict(line.shown) for line in _read_lines() if line.is_for(age)]


def list_stale_lines(lines: Iterable[HelpLine], today: date) -> list[str]:
    """Return the names of the lines that nobody has compared with their own website within CHECKED_WITHIN."""
    oldest = today - CHECKED_WITHIN
    return [line.shown["name"] for line in lines if date.fromisoformat(line.shown["checked_on"]) < oldest]


@register("database")
def check_help_lines(
    app_configs: Iterable[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Warn of lines that were checked too long ago: a number that rings nowhere is worse than none.

    Runs before `serve` and `work` and with `check --database default`; time that passes must not break a build.
    """
    stale = list_stale_lines(_read_lines(), read_clock().date()) if databases else []
    if not stale:
        return []
    sentence = f"help lines last checked more than {CHECKED_WITHIN.days} days ago: {', '.join(stale)}"
    hint = "compare each with its own website, then set checked_on in server/safety/data/help_lines.yaml"
    return [Warning(sentence, hint=hint, id="warmlijn.W002")]


@lru_cache(maxsize=1)
def _read_lines() -> tuple[HelpLine, ...]:
    rows: list[dict[str, Any]] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return tuple(_make_line(row) for row in rows)


def _make_line(row: dict[str, Any]) -> HelpLine:
    ages = row.get("ages")
    return HelpLine({name: str(row[name]) for name in _SHOWN}, (int(ages[0]), int(ages[1])) if ages else None)
