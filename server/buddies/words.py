"""The managed list of themes and the questions of the intake: from data, in Dutch and English."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from server.buddies.rules.settings import BuddySettings
from server.buddies.rules.themes import Theme

_DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=1)
def list_house_themes() -> tuple[Theme, ...]:
    """Return the managed list, specific themes first."""
    return tuple(Theme(**row) for row in _read("themes.yaml"))


@lru_cache(maxsize=1)
def list_house_codes() -> frozenset[str]:
    """Return the codes of the managed list."""
    return frozenset(theme.code for theme in list_house_themes())


def list_themes(settings: BuddySettings) -> tuple[Theme, ...]:
    """Return the themes that a team's people choose from: the managed list, then the team's own."""
    return list_house_themes() + settings.extra_themes


def list_questions() -> list[dict[str, Any]]:
    """Return the questions of the intake in their order: field, words in both languages, choices with theirs."""
    return [
        {"field": row["field"], "nl": row["nl"], "en": row["en"], "choices": [dict(one) for one in row["choices"]]}
        for row in _read_questions()
    ]


@lru_cache(maxsize=1)
def _read_questions() -> tuple[dict[str, Any], ...]:
    return tuple({"choices": []} | row for row in _read("intake.yaml"))


def _read(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((_DATA / name).read_text(encoding="utf-8"))
    return rows
