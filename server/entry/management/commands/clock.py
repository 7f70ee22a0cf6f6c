"""`python -m server clock`: say what the demo clock of the running server shows, and set it (dev only)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from server.foundation.clock import format_instant, read_machine_clock
from server.foundation.demo_clock import DEMO_ZONE, Setting, find_setting, parse_moment, write_setting

_SPAN: Final = re.compile(r"(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?", re.ASCII)
_LONGEST: Final = timedelta(days=366)


class Command(BaseCommand):
    """Only in dev, and only for processes that were started with DEMO_CLOCK."""

    help = "Show the demo clock, or set it with --at or --advance; processes that go by it follow within a second."
    # A check that looks at the clock would make this process one of those that go by it.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--at MOMENT or --advance SPAN."""
        turn = parser.add_mutually_exclusive_group()
        turn.add_argument("--at", metavar="MOMENT", help=f"2026-11-24T22:01 in {DEMO_ZONE}, or an RFC 3339 instant")
        turn.add_argument("--advance", metavar="SPAN", help="45s, 10m, 1h30m, 2d")

    def handle(self, *args: Any, **options: Any) -> None:
        """Set it, if asked to, and say what it shows. Raises CommandError."""
        if settings.APP_ENV != "dev":
            raise CommandError("there is a demo clock in APP_ENV=dev only")
        setting, real = find_setting(settings.VAR), read_machine_clock()
        if setting is None:
            raise CommandError("no process here goes by a demo clock: start one with DEMO_CLOCK=2026-11-24T21:58")
        shown = _choose(setting.show(real), options["at"], options["advance"])
        if shown is not None:
            setting = replace(setting, shown=shown, since=real)
            write_setting(settings.VAR, setting)
        self.stdout.write(_describe(setting, real))


def _choose(shown: datetime, at: str | None, advance: str | None) -> datetime | None:
    if at is not None:
        return _read_moment(at)
    return shown + _read_span(advance) if advance is not None else None


def _read_moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError:
        raise CommandError(f"--at: an RFC 3339 instant, or a time in {DEMO_ZONE} such as 2026-11-24T22:01") from None


def _read_span(text: str) -> timedelta:
    match = _SPAN.fullmatch(text)
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0, 0)
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(0) < span <= _LONGEST:
        raise CommandError("--advance: 45s, 10m, 1h30m or 2d, at most 366 days")
    return span


def _describe(setting: Setting, real: datetime) -> str:
    shown = setting.show(real)
    pace = "" if setting.speed == 1 else f", {setting.speed} seconds a second"
    return f"{shown.astimezone(ZoneInfo(DEMO_ZONE)):%Y-%m-%d %H:%M:%S} in {DEMO_ZONE} ({format_instant(shown)}){pace}"
