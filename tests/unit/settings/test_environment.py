"""Settings are read as their type, or the process stops with the variable's name and without its value."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.settings.environment import EnvironmentProblem, read_moment

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
