"""The command line of the benchmark."""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from tests.load.bench import DATABASE_SETTINGS, Bench, prepared
from tests.load.cores import choose_cores
from tests.load.driver import GeneratorProblem
from tests.load.report import describe_noise, make_lines, print_table, write_markdown
from tests.load.stacks import REPOSITORY, StackProblem
from tests.load.stages import STAGES

DOCUMENT = REPOSITORY / "docs" / "performance.md"
DATA = REPOSITORY / "var" / "bench.json"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


def read_arguments() -> argparse.Namespace:
    """Return the command line's choices."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--only", help=f"stages, comma-separated: {', '.join(STAGES)}")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one run (5)")
    parser.add_argument("--repeats", type=int, default=3, help="repeats by turns, the median counts (3)")
    parser.add_argument("--json", type=Path, default=DATA, help="where the data goes")
    parser.add_argument("--write", action="store_true", help="write the document after some stages too")
    parser.add_argument("--from", dest="source", type=Path, help="measure nothing, print and write this data")
    chosen = parser.parse_args()
    chosen.stages = chosen.only.split(",") if chosen.only else list(STAGES)
    if unknown := set(chosen.stages) - set(STAGES):
        parser.error(f"no such stage: {', '.join(sorted(unknown))}")
    return chosen


def describe_circumstances(chosen: argparse.Namespace) -> dict[str, str]:
    """Return what a reader needs to repeat the run."""
    cores = choose_cores()
    one = "" if cores.serving != cores.generating else "; ONE CORE ONLY: the generator shares it"
    settings = ", ".join(f"{name}={value}" for name, value in DATABASE_SETTINGS.items())
    return {
        "commit": _name_commit(),
        "command": " ".join(["python -m tests.load", *sys.argv[1:]]),
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "machine": f"{_read_processor()}, {os.cpu_count()} cores, {platform.system()}",
        "Python": platform.python_version(),
        "layout": f"all that serves on core {cores.serving}, generator on core {cores.generating}{one}",
        "runs": f"{chosen.repeats} by turns, {chosen.seconds:g} s each, the median counts",
        "priority": _read_priority(),
        "PostgreSQL, the same for both": settings,
    }


def measure(chosen: argparse.Namespace) -> dict[str, Any]:
    """Run the chosen stages; one that fails is reported and the next one goes on."""
    stages: dict[str, Any] = {}
    failures: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="warmlijn-bench-") as directory:
        with prepared(choose_cores(), chosen.seconds, chosen.repeats, Path(directory)) as bench:
            for name in chosen.stages:
                _run_stage(bench, name, stages, failures)
    return {"circumstances": describe_circumstances(chosen), "stages": stages, "failures": failures}


def write_document(data: dict[str, Any]) -> None:
    """Put the results between the marks of the document, leaving the rest as it is."""
    text = DOCUMENT.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{write_markdown(data)}\n{END}{after}")


def _run_stage(bench: Bench, name: str, stages: dict[str, Any], failures: dict[str, str]) -> None:
    started = time.perf_counter()
    print(f"{name} …", file=sys.stderr, flush=True)
    try:
        stages[name] = STAGES[name](bench)
    except (GeneratorProblem, StackProblem) as problem:
        failures[name] = str(problem)
        print(f"{name} failed: {problem}\n{bench.product.read_log_tail()}", file=sys.stderr)
    print(f"{name} took {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)


def _name_commit() -> str:
    changes = " with changes" if _ask_git("status", "--short") else ""
    return (_ask_git("rev-parse", "--short=12", "HEAD") or "none") + changes


def _ask_git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _read_priority() -> str:
    group = Path("/proc/self/autogroup")
    name = group.read_text().strip().partition(" ")[2] if group.exists() else "nice 0"
    return f"nice {os.nice(0)}, autogroup {name} (0 is ordinary, below 0 is favoured over other programs)"


def _read_processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """Leave through the `with` blocks, so that no server outlives the bench."""
    raise SystemExit(128 + number)


def main() -> int:
    """Measure, print the table, keep the data, write the document. 1 when a stage failed."""
    chosen = read_arguments()
    signal.signal(signal.SIGTERM, _end)
    data = json.loads(chosen.source.read_text()) if chosen.source else measure(chosen)
    if not chosen.source:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(data, indent=1))
    print(print_table(make_lines(data["stages"])))
    print(describe_noise(data["stages"]))
    is_whole = not data["failures"] and set(STAGES) <= set(data["stages"])
    if chosen.write or is_whole:
        write_document(data)
    return 1 if data["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
