"""Run the test stages one after the other, say how long each took, stop at the first that fails.

    python -m scripts.stages                        everything, as `make test` does
    python -m scripts.stages --stage sqlite -- -k gate

Each stage with a server brings its own, on loopback and spare ports; they end with the stage,
whatever happens to it.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.services import postgres_server, redis_server

REPOSITORY = Path(__file__).resolve().parents[1]
PYTEST_NO_TESTS_COLLECTED = 5
ENDING_SECONDS = 30.0

# The longest test is among the properties: first, so that no worker is left alone with it at the end.
ON_BOTH_DATABASES = ("tests/property", "tests/integration")
# Properties of pure rules ask no database: once is enough.
PURE = tuple(
    f"tests/property/test_{name}.py"
    for name in ("audit", "matching", "push", "reachability", "sealing", "state_machines", "turns")
)
ON_POSTGRES = (*ON_BOTH_DATABASES, "tests/unit", "tests/architecture", "tests/services", "tests/e2e")


@dataclass(frozen=True)
class Request:
    """What was asked on the command line: further arguments for pytest."""

    arguments: tuple[str, ...] = ()

    def pytest(self, settings: Mapping[str, str], *flags: str) -> int:
        """Run pytest with these settings; with a selection of one's own, a stage without tests is fine."""
        code = run([sys.executable, "-m", "pytest", *flags, *self.arguments], settings)
        return 0 if self.arguments and code == PYTEST_NO_TESTS_COLLECTED else code


def run(command: Sequence[str], settings: Mapping[str, str]) -> int:
    """Run a command in the repository and return its exit code; when interrupted, let it clean up first."""
    child = subprocess.Popen(command, cwd=REPOSITORY, env={**os.environ, **settings}, start_new_session=True)
    try:
        return child.wait()
    finally:
        end_group(child)


def end_group(child: subprocess.Popen[bytes]) -> None:
    """Interrupt a child and the processes of its session, as Ctrl-C would; insist when they stay."""
    if child.poll() is not None:
        return
    os.killpg(child.pid, signal.SIGINT)
    try:
        child.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


@contextmanager
def workplace() -> Iterator[Path]:
    """Yield a directory for everything that a stage writes."""
    with TemporaryDirectory(prefix="warmlijn-test-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def on_both_cores(paths: Sequence[str]) -> list[str]:
    """Return pytest's arguments for these paths, one worker process for each core this process may use."""
    workers = max(2, len(os.sched_getaffinity(0)))
    return [f"--numprocesses={workers}", *paths]


def stage_check(request: Request) -> int:
    """Everything that reads the code without running it."""
    return run(["make", "--no-print-directory", "--jobs=2", "--output-sync", "check"], {})


def stage_postgres(request: Request) -> int:
    """All tests but the faults, on PostgreSQL and Redis."""
    with (
        workplace() as directory,
        postgres_server(directory, fast=True) as postgres,
        redis_server(directory) as redis,
    ):
        settings = {
            "DATABASE_URL": postgres.create_database("warmlijn"),
            "REDIS_URL": redis.url,
            "VAR_DIRECTORY": str(directory),
        }
        return request.pytest(settings, *on_both_cores(ON_POSTGRES))


def stage_sqlite(request: Request) -> int:
    """The embedded default: the same tests on SQLite and the in-memory layer."""
    with workplace() as directory:
        settings = {
            "DATABASE_URL": f"sqlite:///{directory}/warmlijn.sqlite3",
            "REDIS_URL": "",
            "VAR_DIRECTORY": str(directory),
        }
        return request.pytest(settings, *on_both_cores(ON_BOTH_DATABASES), *(f"--ignore={one}" for one in PURE))


def stage_faults(request: Request) -> int:
    """Kill, cut and restart the real system, in the short form; it prints its sentence."""
    with workplace() as directory:
        return request.pytest({"VAR_DIRECTORY": str(directory)}, "--capture=no", "tests/faults")


Stage = Callable[[Request], int]
STAGES: Mapping[str, Stage] = {
    "check": stage_check,
    "postgres": stage_postgres,
    "sqlite": stage_sqlite,
    "faults": stage_faults,
}


def run_stages(names: Sequence[str], request: Request, stages: Mapping[str, Stage] = STAGES) -> int:
    """Run the named stages and return the first exit code that is not 0."""
    for name in names:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        code = stages[name](request)
        print(f"== {name}: {_verdict(code)} after {time.monotonic() - started:.0f} s", flush=True)
        if code != 0:
            return code
    return 0


def _verdict(code: int) -> str:
    return "passed" if code == 0 else f"failed with exit code {code}"


def _end_in_order(number: int, _frame: object) -> None:
    """Turn a request to stop into an exception, so that every server is ended on the way out."""
    raise SystemExit(128 + number)


def main() -> int:
    """Read the command line and run what it asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stage", choices=[*STAGES], action="append", help="one stage, may be repeated")
    parser.add_argument("arguments", nargs="*", help="passed on to pytest")
    given = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end_in_order)
    return run_stages(given.stage or [*STAGES], Request(tuple(given.arguments)))


if __name__ == "__main__":
    sys.exit(main())
