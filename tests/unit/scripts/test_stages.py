"""The driver behind `make test`: exit codes, the order of stages, and cleaning up when it is stopped."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.stages import PYTEST_NO_TESTS_COLLECTED, REPOSITORY, Request, Stage, run, run_stages

# A child that notes when it has cleaned up, run by a driver that is asked to stop meanwhile.
CHILD = """
import sys, threading
try:
    print("up", flush=True)
    threading.Event().wait(60)
finally:
    open(sys.argv[1], "w").close()
"""
DRIVER = f"""
import signal, sys
from scripts.stages import _end_in_order, run
signal.signal(signal.SIGTERM, _end_in_order)
run([sys.executable, "-c", {CHILD!r}, sys.argv[1]], {{}})
"""


def make_python(code: int) -> list[str]:
    return [sys.executable, "-c", f"raise SystemExit({code})"]


@pytest.mark.parametrize("code", [0, 1, 5])
def test_run_returns_the_exit_code(code: int) -> None:
    assert run(make_python(code), {}) == code


def test_run_passes_settings_on() -> None:
    command = [sys.executable, "-c", "import os; raise SystemExit(int(os.environ['EVENING']))"]

    assert run(command, {"EVENING": "7"}) == 7


def test_a_selection_may_leave_a_stage_without_tests(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    flags = ["-p", "no:django", "-c", str(tmp_path / "pytest.ini"), str(tmp_path)]

    assert Request(("-k", "gate")).pytest({}, *flags) == 0
    assert Request().pytest({}, *flags) == PYTEST_NO_TESTS_COLLECTED


def test_stops_at_the_first_stage_that_fails(capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[str] = []

    def make_stage(name: str, code: int) -> Stage:
        def stage(request: Request) -> int:
            ran.append(name)
            return code

        return stage

    stages = {"a": make_stage("a", 0), "b": make_stage("b", 3), "c": make_stage("c", 0)}

    assert run_stages([*stages], Request(), stages) == 3
    assert ran == ["a", "b"]
    assert "== b: failed with exit code 3" in capsys.readouterr().out


def test_a_stopped_driver_lets_its_child_clean_up(tmp_path: Path) -> None:
    cleaned = tmp_path / "cleaned"
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(cleaned)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert driver.stdout is not None
    with driver.stdout as output:
        assert output.readline() == b"up\n"
        driver.send_signal(signal.SIGTERM)

        assert driver.wait(30) == 128 + signal.SIGTERM
    assert cleaned.exists()
