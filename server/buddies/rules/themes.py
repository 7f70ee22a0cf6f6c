"""Lived themes: the managed list, and what a team adds to it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.buddies.errors import ThemeContradicts, ThemeMalformed, ThemeUnknown

SPECIFIC: Final = "specific"
GENERAL: Final = "general"
OF_TEAM: Final = "team"
THEME_KINDS: Final = (SPECIFIC, GENERAL, OF_TEAM)
MOST_EXTRA: Final = 30
# How openly an expert talks about a theme.
A_LITTLE, FREELY = 1, 3
_CODE = re.compile(r"[a-z][a-z_]{1,39}", re.ASCII)
_MOST_WORDS: Final = 60


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme: a code that is stored, and its words in Dutch and English."""

    code: str
    kind: str
    nl: str
    en: str


def require_themes(codes: Sequence[str], known: Collection[str], name: str) -> list[str]:
    """Return the codes. Raises ThemeUnknown, ThemeContradicts when one stands there twice."""
    if any(code not in known for code in codes):
        raise ThemeUnknown(name)
    if len(set(codes)) < len(codes):
        raise ThemeContradicts(name)
    return list(codes)


def require_no_contradiction(themes: Iterable[str], no_go: Iterable[str]) -> None:
    """Raise ThemeContradicts when somebody talks about a theme that is a no-go of theirs."""
    if set(themes) & set(no_go):
        raise ThemeContradicts("themes, no_go")


def read_extra_themes(rows: Sequence[Mapping[str, Any]], taken: Collection[str]) -> tuple[Theme, ...]:
    """Return the themes that a team adds, from {code, nl, en}. Raises ThemeMalformed."""
    themes = tuple(_read_theme(row) for row in rows)
    codes = [theme.code for theme in themes]
    if len(themes) > MOST_EXTRA or len(set(codes)) < len(codes) or set(codes) & set(taken):
        raise ThemeMalformed("a code is there already, or too many")
    return themes


def show_extra_themes(themes: Iterable[Theme]) -> list[dict[str, str]]:
    """Return a team's themes as the wire and the table write them."""
    return [{"code": one.code, "nl": one.nl, "en": one.en} for one in themes]


def _read_theme(row: Mapping[str, Any]) -> Theme:
    nl, en = (" ".join(str(row[language]).split()) for language in ("nl", "en"))
    if _CODE.fullmatch(str(row["code"])) is None or not all(1 <= len(words) <= _MOST_WORDS for words in (nl, en)):
        raise ThemeMalformed("a code of small letters and words in both languages were expected")
    return Theme(row["code"], OF_TEAM, nl, en)
