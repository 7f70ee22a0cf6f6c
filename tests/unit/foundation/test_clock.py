"""The one reader of the clock: the machine's, or a demo clock's for the whole process, and only in dev."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.test import override_settings

from server.foundation import clock as clocks
from server.foundation.clock import format_instant, read_clock, read_machine_clock, read_monotonic, replace_clock

REAL = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
START = datetime(2026, 11, 24, 20, 58, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    """Leave the machine's clock and the logs as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    if clocks._demo is not None:
        clocks._demo.close()
    replace_clock(None)
    root.handlers, root.level = handlers, level


def begin(directory: Path, *, environment: str = "dev", start: datetime | None = START, speed: int = 1) -> None:
    """Start the foundation as a process with these settings does."""
    with override_settings(APP_ENV=environment, DEMO_CLOCK=start, DEMO_CLOCK_SPEED=speed, VAR=directory):
        apps.get_app_config("foundation").ready()


def test_without_a_demo_clock_the_machine_says_what_time_it_is(tmp_path: Path) -> None:
    begin(tmp_path, start=None)
    with time_machine.travel(REAL, tick=False):
        assert read_clock() == read_machine_clock() == REAL


def test_a_demo_clock_stands_where_it_is_put_and_runs_on(tmp_path: Path) -> None:
    begin(tmp_path, speed=60)
    with time_machine.travel(REAL, tick=False) as machine:
        assert read_clock() == START
        machine.shift(MINUTE)
        assert read_clock() == START + 60 * MINUTE


def test_beside_a_demo_clock_the_machine_and_intervals_stay_real(tmp_path: Path) -> None:
    begin(tmp_path, speed=3600)
    with time_machine.travel(REAL, tick=False) as machine:
        before = read_clock(), read_monotonic()
        machine.shift(MINUTE)
        assert read_machine_clock() == REAL + MINUTE
        assert read_clock() - before[0] == 3600 * MINUTE
        assert read_monotonic() - before[1] < MINUTE.total_seconds()


def test_production_goes_by_the_machine_whatever_is_set(tmp_path: Path) -> None:
    begin(tmp_path, environment="prod")
    with time_machine.travel(REAL, tick=False):
        assert read_clock() == REAL
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_never_looks_leaves_nothing_behind(tmp_path: Path) -> None:
    begin(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_instant_is_written_in_utc_with_milliseconds() -> None:
    assert format_instant(START + timedelta(microseconds=1_999)) == "2026-11-24T20:58:00.001Z"
