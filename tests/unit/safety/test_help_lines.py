"""The help card: by age, from data that somebody has checked, and shown without asking anything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml
from django.core.checks import run_checks

from server.ports.help_card import HelpCard
from server.safety import help_lines
from server.safety.help_lines import CHECKED_WITHIN, HelpLine, HelpLines, check_help_lines, list_stale_lines

DATA = Path(help_lines.__file__).parent / "data" / "help_lines.yaml"
ROWS: list[dict[str, Any]] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
DAY = timedelta(days=1)


def list_names(age: int | None) -> list[str]:
    card: HelpCard = HelpLines()
    return [line["name"] for line in card.list_help_lines(age)]


def make_line(name: str, checked_on: date, ages: tuple[int, int] | None = None) -> HelpLine:
    return HelpLine({"name": name, "checked_on": checked_on.isoformat()}, ages)


def test_without_an_age_every_line_is_shown_the_most_urgent_first() -> None:
    assert [line["name"] for line in HelpLines().list_help_lines()] == list_names(None)
    assert list_names(None) == ["112", "113 Zelfmoordpreventie", "Veilig Thuis", "Kindertelefoon"]


@pytest.mark.parametrize(("age", "shown"), [(8, True), (18, True), (19, False), (27, False)])
def test_the_kindertelefoon_is_up_to_18(age: int, shown: bool) -> None:
    assert ("Kindertelefoon" in list_names(age)) is shown


@pytest.mark.parametrize("age", [-1, 0, 18, 19, 130])
def test_nobody_is_without_the_lines_for_everybody(age: int) -> None:
    assert {"112", "113 Zelfmoordpreventie", "Veilig Thuis"} <= set(list_names(age))


@pytest.mark.parametrize(("age", "fits"), [(11, False), (12, True), (24, True), (25, False), (None, True)])
def test_both_ages_belong_to_it(age: int | None, fits: bool) -> None:
    assert make_line("a line", date(2026, 11, 1), (12, 24)).is_for(age) is fits


def test_only_what_is_for_everybodys_eyes_is_shown_and_a_caller_cannot_change_it() -> None:
    for line in HelpLines().list_help_lines():
        assert list(line) == ["name", "phone", "url", "hours", "checked_on"]
        assert all(isinstance(value, str) and value for value in line.values())
        line.clear()
    assert len(HelpLines().list_help_lines()[0]) == 5


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_every_line_says_when_it_was_checked_and_whom_it_is_for(row: dict[str, Any]) -> None:
    assert date.fromisoformat(row["checked_on"]).isoformat() == row["checked_on"]
    first, last = row.get("ages", (0, 1))
    assert 0 <= first < last
    assert row["url"].startswith("https://")
    assert row.keys() <= {"name", "phone", "url", "hours", "checked_on", "for", "ages"}


def test_a_line_is_stale_after_180_days() -> None:
    today = date(2026, 11, 24)
    lines = [make_line("yesterday", today - DAY), make_line("just", today - CHECKED_WITHIN)]
    assert list_stale_lines(lines, today) == []
    assert list_stale_lines([*lines, make_line("long ago", today - CHECKED_WITHIN - DAY)], today) == ["long ago"]


def test_a_server_warns_at_its_start_of_lines_that_nobody_checks() -> None:
    checked = [date.fromisoformat(row["checked_on"]) for row in ROWS]
    noon = datetime.combine(min(checked) + CHECKED_WITHIN, datetime.min.time(), UTC)
    with time_machine.travel(noon, tick=False) as clock:
        assert check_help_lines(None, databases=["default"]) == []
        clock.shift(DAY)
        (warning,) = check_help_lines(None, databases=["default"])
        assert warning.id == "warmlijn.W002"
        assert "112" in warning.msg


def test_a_check_of_the_code_alone_does_not_fail_because_time_has_passed() -> None:
    with time_machine.travel(datetime(2040, 1, 1, tzinfo=UTC), tick=False):
        assert "warmlijn.W002" not in {message.id for message in run_checks()}
