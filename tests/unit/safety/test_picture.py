"""The drawn machine of docs/escalation.md, and the numbers beside it, are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.safety.rules.chains import DEFAULTS, MOST_WAIT, STEP_KINDS
from server.safety.rules.levels import IDLE_AFTER, LEVELS, MOST_REPEATS
from server.safety.rules.settings import SafetySettings
from server.safety.rules.stepping import MOST_LATE, MOST_TRIES, STEP_LEASE
from server.safety.states import ESCALATION

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "escalation.md").read_text(encoding="utf-8")


def read_table(head: str) -> list[list[str]]:
    """Return the cells of the table whose head begins so."""
    lines = TEXT.split(f"| {head} |", 1)[1].splitlines()[2:]
    rows = lines[: next(at for at, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def read_time(text: str) -> float:
    """Return the minutes of "3 min", "4 h" or "3 days"."""
    number, unit = text.split(" ")
    return int(number) * {"min": 1, "h": 60, "days": 24 * 60}[unit]


def test_the_picture_is_the_machine() -> None:
    drawn = {verb: (frozenset(froms.split(", ")), to) for froms, verb, to in read_table("from")}
    assert drawn == dict(ESCALATION.steps)
    assert set(re.findall(r"[a-z_]+", TEXT.split("```")[1])) >= set(ESCALATION.states)


def test_the_steps_are_all_told() -> None:
    assert [row[0].strip("`") for row in read_table("step")] == list(STEP_KINDS)


@pytest.mark.parametrize("level", LEVELS)
def test_the_numbers_are_the_codes(level: str) -> None:
    [[_, _, longest]] = [row for row in read_table("level") if row[0] == level]
    promises = TEXT.split("## A promise that expires")[1]
    [(holds, idle)] = re.findall(rf"\| {level} \| (.+?) \| (.+?) \|", promises)
    assert read_time(longest) == MOST_WAIT[level]
    assert read_time(holds) * 60 == SafetySettings().find_promise(level).total_seconds()
    assert read_time(idle) * 60 == IDLE_AFTER[level].total_seconds()


def test_the_other_numbers_are_the_codes() -> None:
    assert DEFAULTS["emergency"][0].wait_minutes == 3
    assert MOST_REPEATS == 12
    assert "after twelve repeats once a day" in TEXT
    assert f"given up after {MOST_TRIES} with an alarm" in TEXT
    assert f"a lease of {STEP_LEASE.seconds} s" in TEXT
    assert f"more than {MOST_LATE.seconds} s after its time" in TEXT
