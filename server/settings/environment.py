"""Typed readers of the process environment: the only place that looks at `os.environ`.

Every variable may also be given as `NAME_FILE`, a path whose content is the value (trailing newline stripped).
A value that cannot be read as its type stops the process with the variable's name, never with its value.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from server.foundation.demo_clock import DEMO_ZONE, parse_moment
from server.foundation.errors import EnvironmentProblem


def read_text(name: str, default: str | None = None) -> str:
    """Return the variable's text, from NAME or from the file that NAME_FILE names. Raises EnvironmentProblem."""
    value, file = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value and file:
        raise EnvironmentProblem(f"{name} and {name}_FILE are both set; keep one")
    if file:
        value = _read_file(name, file)
    if value:
        return value
    if default is None:
        raise EnvironmentProblem(f"{name} is not set")
    return default


def read_integer(name: str, default: int, *, low: int, high: int) -> int:
    """Return a whole number between low and high inclusive. Raises EnvironmentProblem."""
    text = read_text(name, str(default))
    try:
        value = int(text)
    except ValueError:
        raise EnvironmentProblem(f"{name} is not a whole number") from None
    if not low <= value <= high:
        raise EnvironmentProblem(f"{name} must lie between {low} and {high}")
    return value


def read_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices. Raises EnvironmentProblem."""
    value = read_text(name, default)
    if value not in choices:
        raise EnvironmentProblem(f"{name} must be one of {', '.join(choices)}")
    return value


def read_list(name: str, default: list[str]) -> list[str]:
    """Return the comma-separated items without blanks."""
    text = read_text(name, ",".join(default))
    return [item.strip() for item in text.split(",") if item.strip()]


def read_path(name: str) -> Path | None:
    """Return the path that a variable names, None when there is none. A secret's file is named, not read, here."""
    text = os.environ.get(name)
    return Path(text) if text else None


def read_moment(name: str) -> datetime | None:
    """Return an instant in UTC, None when there is none. Raises EnvironmentProblem."""
    text = read_text(name, "")
    try:
        return parse_moment(text) if text else None
    except ValueError:
        expected = f"an RFC 3339 instant or a time in {DEMO_ZONE} such as 2026-11-24T21:50"
        raise EnvironmentProblem(f"{name} is not {expected}") from None


def _read_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise EnvironmentProblem(f"the file that {name}_FILE names cannot be read") from None
