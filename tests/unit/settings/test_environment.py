"""Settings are read as their type, or the process stops with the variable's name and without its value."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.foundation.errors import EnvironmentProblem
from server.settings.environment import read_moment

START = datetime(2026, 11, 24, 20, 58, tzinfo=UTC)


@pytest.mark.parametrize(("text", "moment"), [("", None), ("2026-11-24T21:58", START), ("2026-11-24T20:58:00Z", START)])
def test_a_moment_is_read(monkeypatch: pytest.MonkeyPatch, text: str, moment: datetime | None) -> None:
    monkeypatch.setenv("DEMO_CLOCK", text)
    assert read_moment("DEMO_CLOCK") == moment


def test_a_moment_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "when").write_text("2026-11-24T21:58\n")
    monkeypatch.delenv("DEMO_CLOCK", raising=False)
    monkeypatch.setenv("DEMO_CLOCK_FILE", str(tmp_path / "when"))
    assert read_moment("DEMO_CLOCK") == START


def test_what_is_no_moment_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_CLOCK", "tonight")
    with pytest.raises(EnvironmentProblem, match=r"^DEMO_CLOCK is not") as refused:
        read_moment("DEMO_CLOCK")
    assert "tonight" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_POOL_SIZE", "many", "DATABASE_POOL_SIZE is not a whole number"),
        ("DRAIN_SECONDS", "0", "DRAIN_SECONDS must lie between 1 and 300"),
        ("APP_ENV", "test", "APP_ENV must be one of dev, prod"),
    ],
)
def test_a_wrong_environment_is_one_line_for_every_command(name: str, value: str, said: str) -> None:
    environment = os.environ | {name: value, "DJANGO_SETTINGS_MODULE": "server.settings"}
    command = [sys.executable, "-m", "server", "check"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()) == (1, [f"warmlijn: {said}"])
