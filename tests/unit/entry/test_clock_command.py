"""Mara shows how a window opens and closes: she sets the clock of the running demo from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import override_settings

from server.entry.management.commands.clock import Command
from server.foundation.demo_clock import FILE_NAME, DemoClock

REAL = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
START = datetime(2026, 11, 24, 20, 58, tzinfo=UTC)


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    """The directory of an installation in dev, on a machine whose own clock stands still."""
    with override_settings(VAR=tmp_path, APP_ENV="dev"), time_machine.travel(REAL, tick=False):
        yield tmp_path


@pytest.fixture
def running(var: Path) -> Iterator[DemoClock]:
    """The clock of a running server, ten times as fast; it is three o'clock and a second."""
    clock = DemoClock(START, 10, var)
    clock.show(REAL - timedelta(seconds=1))
    yield clock
    clock.close()


def run_clock(*words: str) -> str:
    out = StringIO()
    call_command(Command(), *words, stdout=out, no_color=True)
    return out.getvalue().strip()


def test_it_says_what_the_running_clock_shows_and_changes_nothing(var: Path, running: DemoClock) -> None:
    before = (var / FILE_NAME).read_bytes()
    shown = "2026-11-24 21:58:10 in Europe/Amsterdam (2026-11-24T20:58:10.000Z), 10 seconds a second"
    assert run_clock() == shown
    assert (var / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("--at", "2026-11-24T22:01"), datetime(2026, 11, 24, 21, 1, tzinfo=UTC)),
        (("--at", "2026-11-20T22:01:00Z"), datetime(2026, 11, 20, 22, 1, tzinfo=UTC)),
        (("--advance", "45s"), START + timedelta(seconds=55)),
        (("--advance", "10m"), START + timedelta(minutes=10, seconds=10)),
        (("--advance", "1h30m"), START + timedelta(minutes=90, seconds=10)),
        (("--advance", "366d"), START + timedelta(days=366, seconds=10)),
    ],
)
def test_the_running_clock_follows_and_keeps_its_pace(
    running: DemoClock, words: tuple[str, ...], shown: datetime
) -> None:
    assert f"({shown:%Y-%m-%dT%H:%M:%S}.000Z)" in run_clock(*words)
    assert running.show(REAL) == shown
    assert running.show(REAL + timedelta(seconds=2)) == shown + timedelta(seconds=20)


@pytest.mark.parametrize(
    "words",
    [
        *[("--at", text) for text in ("", "22:01", "tomorrow", "2026-03-29T02:30")],
        *[("--advance", text) for text in ("", "0m", "10", "-10m", "1m1h", "367d", "99999999s", "10 m", "١m")],
        ("--at", "2026-11-24T22:01", "--advance", "10m"),
    ],
)
def test_what_is_no_time_is_refused_and_nothing_changes(var: Path, running: DemoClock, words: tuple[str, ...]) -> None:
    before = (var / FILE_NAME).read_bytes()
    with pytest.raises(CommandError):
        run_clock(*(f"{words[0]}={words[1]}", *words[2:]))
    assert (var / FILE_NAME).read_bytes() == before


def test_without_a_running_clock_there_is_nothing_to_set(var: Path) -> None:
    with pytest.raises(CommandError, match="DEMO_CLOCK="):
        run_clock("--advance", "10m")
    assert not (var / FILE_NAME).exists()


def test_in_production_there_is_no_such_clock(running: DemoClock) -> None:
    with override_settings(APP_ENV="prod"), pytest.raises(CommandError, match="APP_ENV=dev"):
        run_clock()
