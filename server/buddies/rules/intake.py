"""Reading what somebody tells of themselves: each form of field with its own rule and its own refusal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from server.availability.rules.reading import read_date, read_weekly, require_zone, show_weekly
from server.buddies.errors import (
    AgeBackwards,
    BridgePast,
    ChoiceUnknown,
    LanguageUnknown,
    NumberOutOfBounds,
    TextTooLong,
    TooManyItems,
)
from server.buddies.rules.fields import FieldClass, Form, Table
from server.buddies.rules.languages import LANGUAGES
from server.buddies.rules.themes import A_LITTLE, FREELY, require_no_contradiction, require_themes

LONGEST_BRIDGE: Final = timedelta(days=2 * 366)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules need to know beside the field: the codes of the team's themes, and the day in the team's zone."""

    themes: Collection[str]
    today: date


def read_fields_told(table: Table, given: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """Return what was given in the form in which it is stored; None, "" and an empty list stand for "left open".

    Days are dates, all else is what JSON can hold. Raises TextTooLong, TooManyItems, NumberOutOfBounds, ChoiceUnknown,
    LanguageUnknown, ThemeUnknown, ThemeContradicts, AgeBackwards, and what `read_date`, `read_weekly` and
    `require_zone` raise; each names the field.
    """
    fields = {one.name: one for one in table}
    return {name: _read(fields[name], value, known) for name, value in given.items()}


def require_whole(values: Mapping[str, Any], known: Known, changed: Collection[str]) -> None:
    """Raise ThemeContradicts, BridgePast when the fields of a file do not fit each other or the day.

    A bridge that has ended since is no reason to refuse a change of something else (`changed` names the fields).
    """
    require_no_contradiction([one["theme"] for one in values.get("themes", ()) if isinstance(one, dict)],
                             values.get("no_go", ()))  # fmt: skip
    until = values.get("bridge_until")
    if "bridge_until" in changed and until and not known.today <= until <= known.today + LONGEST_BRIDGE:
        raise BridgePast()


def clean_text(text: str) -> str:
    """Return a text in NFC, without control characters and blanks around it."""
    return _CONTROLS.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n"))).strip()


def fold_name(text: str) -> str:
    """Return the form in which two spellings of a name are equal: for comparing, never for showing."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _read(field: FieldClass, value: Any, known: Known) -> Any:
    return field.empty if value is None else _FORMS[field.form](field, value, known)


def _read_flag(_field: FieldClass, value: bool, _known: Known) -> bool:
    return value


def _read_number(field: FieldClass, value: int, _known: Known) -> int:
    if not field.low <= value <= field.high:
        raise NumberOutOfBounds(f"{field.name}: a whole number from {field.low} to {field.high} was expected")
    return value


def _read_day(_field: FieldClass, value: str, _known: Known) -> date | None:
    return read_date(value) if value else None


def _read_choice(field: FieldClass, value: str, _known: Known) -> str:
    if value and value not in field.choices:
        raise ChoiceUnknown(f"{field.name}: one of {', '.join(field.choices)} was expected")
    return value


def _read_choices(field: FieldClass, value: list[str], known: Known) -> list[str]:
    return [_read_choice(field, one, known) for one in dict.fromkeys(value) if one]


def _read_language(field: FieldClass, value: str, _known: Known) -> str:
    if value and value not in LANGUAGES:
        raise LanguageUnknown(field.name)
    return value


def _read_languages(field: FieldClass, value: list[str], known: Known) -> list[str]:
    _require_few(field, value)
    return [_read_language(field, one, known) for one in dict.fromkeys(value) if one]


def _read_themes(field: FieldClass, value: list[str], known: Known) -> list[str]:
    _require_few(field, value)
    return require_themes(value, known.themes, field.name)


def _read_open_themes(field: FieldClass, value: list[dict[str, Any]], known: Known) -> list[dict[str, Any]]:
    _require_few(field, value)
    require_themes([one["theme"] for one in value], known.themes, field.name)
    if any(not A_LITTLE <= one["openness"] <= FREELY for one in value):
        raise NumberOutOfBounds(f"{field.name}: an openness from {A_LITTLE} to {FREELY} was expected")
    return [{"theme": one["theme"], "openness": one["openness"]} for one in value]


def _read_names(field: FieldClass, value: list[str], known: Known) -> list[str]:
    _require_few(field, value)
    names = (" ".join(_read_text(field, one, known).split()) for one in value)
    return [name for name in dict.fromkeys(names) if name]


def _read_text(field: FieldClass, value: str, _known: Known) -> str:
    text = clean_text(value)
    if len(text) > field.high:
        raise TextTooLong(f"{field.name}: at most {field.high} characters were expected")
    return text


def _read_years(field: FieldClass, value: list[int], known: Known) -> list[int] | None:
    if not value:
        return None
    if len(value) != 2 or value[0] > value[1]:
        raise AgeBackwards(f"{field.name}: the least and the most years were expected")
    return [_read_number(field, one, known) for one in value]


def _read_windows(_field: FieldClass, value: list[dict[str, Any]], _known: Known) -> list[dict[str, Any]]:
    return show_weekly(read_weekly(value))


def _read_zone(_field: FieldClass, value: str, _known: Known) -> str:
    return require_zone(value) if value else ""


def _require_few(field: FieldClass, value: list[Any]) -> None:
    if len(value) > field.most:
        raise TooManyItems(f"{field.name}: at most {field.most} were expected")


_FORMS: Final[Mapping[Form, Callable[[FieldClass, Any, Known], Any]]] = {
    "flag": _read_flag,
    "number": _read_number,
    "day": _read_day,
    "choice": _read_choice,
    "choices": _read_choices,
    "languages": _read_languages,
    "language": _read_language,
    "themes": _read_themes,
    "open_themes": _read_open_themes,
    "names": _read_names,
    "text": _read_text,
    "years": _read_years,
    "windows": _read_windows,
    "zone": _read_zone,
}
