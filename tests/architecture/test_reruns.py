"""What is tried a second time: a browser's wait that ran out, and nothing else (docs/adr/0019)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FAKE_BROWSER = """
import pytest
from tests.e2e.conftest import pytest_collection_modifyitems, pytest_terminal_summary

@pytest.fixture
def browser():
    return None
"""
JOURNEYS = """
tries = dict()

def fail(name, failing, said):
    tries[name] = tries.get(name, 0) + 1
    print("TRY", name)
    if tries[name] <= failing:
        raise AssertionError(said)

def test_wait(browser):
    fail("wait", 1, "Locator expected to be visible")

def test_press(browser):
    fail("press", 1, "Locator.click: Timeout 30000ms exceeded.")

def test_wait_twice(browser):
    fail("wait_twice", 2, "Locator expected to be visible")

def test_wrong_value(browser):
    fail("wrong_value", 1, "assert 1 == 2")

def test_no_browser():
    fail("no_browser", 1, "Locator expected to be visible")
"""


def test_only_a_wait_in_a_browser_is_tried_again_once_and_named(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(FAKE_BROWSER)
    (tmp_path / "test_it.py").write_text(JOURNEYS)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-rA",
        "-s",
        "-c",
        "/dev/null",
        "-p",
        "no:django",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(
        [*command, str(tmp_path)],
        cwd=REPOSITORY,
        env={"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    tried = re.findall(r"TRY (\w+)", done.stdout)
    ended = {name: word for word, name in re.findall(r"^(PASSED|FAILED) .*::test_(\w+)", done.stdout, re.M)}
    named = set(re.findall(r"^RERUN .*::test_(\w+)", done.stdout, re.M))
    assert {name: (tried.count(name), ended.get(name), name in named) for name in set(tried)} == {
        "wait": (2, "PASSED", True),
        "press": (2, "PASSED", True),
        "wait_twice": (2, "FAILED", True),
        "wrong_value": (1, "FAILED", False),
        "no_browser": (1, "FAILED", False),
    }, done.stdout + done.stderr
