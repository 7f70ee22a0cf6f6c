"""How fast one worker drains pushes: `python -m tests.load.push`.

A real PostgreSQL (durable, as in production) with due deliveries that real messages made, one real `work` process with
the real firebase-admin, and the stand-in of Firebase as a process of its own; all on the cores of this machine. Also
measured is the backend alone, without database or decisions. Prints a table for docs/push.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.load.bench import DATABASE_SETTINGS
from tests.services import postgres_server
from tests.services.processes import stop_child
from tests.unit.push.outside import REPOSITORY, Outside, make_push, run_outside

BATCH = 200
STALL_SECONDS = 30.0


def measure_backend(outside: Outside, sends: int) -> dict[str, float]:
    """Return sends a second and CPU-seconds per 1,000 of the backend alone, in this process."""
    from server.foundation.clock import read_clock
    from server.push.backends.fcm import FcmBackend, FcmConfig

    backend = FcmBackend(FcmConfig(outside.credentials, outside.address))
    until = read_clock() + timedelta(hours=1)
    pushes = [make_push(f"phone-{at}", may_until=until) for at in range(BATCH)]
    backend.send(pushes)
    cpu, started = time.process_time(), time.perf_counter()
    for _ in range(sends // BATCH):
        outcomes = backend.send(pushes)
        assert {one.cause for one in outcomes} == {""}
    wall, used = time.perf_counter() - started, time.process_time() - cpu
    backend.close()
    return {"rate": sends / wall, "sender": used * 1000 / sends}


def measure_worker(outside: Outside, directory: Path, pairs: int) -> dict[str, float]:
    """Return deliveries a second and CPU-seconds per 1,000 by process, from the first push that arrives to the last."""
    with postgres_server(directory, options=DATABASE_SETTINGS) as postgres:
        settings = {
            **os.environ,
            "DATABASE_URL": postgres.create_database("push"),
            "VAR_DIRECTORY": str(directory),
            "PUSH_BACKEND": "fcm",
            "FCM_CREDENTIALS_FILE": str(outside.credentials),
            "FCM_BASE_URL": outside.address,
            "LOG_LEVEL": "WARNING",
        }
        seats = directory / "seats.jsonl"
        for command in (["server", "migrate"], ["server", "seed", "--pairs", str(pairs), "--json", str(seats)]):
            run(settings, *command)
        waiting = json.loads(run(settings, "tests.load.push_filling", str(seats)).splitlines()[-1])["waiting"]
        time.sleep(3.0)  # each waits 2 s before it is due
        outside.tell("forget")
        worker = subprocess.Popen([sys.executable, "-m", "server", "work"], cwd=REPOSITORY, env=settings)
        try:
            return watch(outside, waiting, {"worker": [worker.pid], "PostgreSQL": [postgres.pid]})
        finally:
            stop_child(worker)


def watch(outside: Outside, waiting: int, groups: Mapping[str, list[int]]) -> dict[str, float]:
    """Wait until all have arrived. Raises TimeoutError when nothing moves any more."""
    begun, before, seen, moved_at = 0.0, dict.fromkeys(groups, 0.0), 0, time.perf_counter()
    first = 0
    while seen < waiting:
        time.sleep(0.05)
        count, now = count_received(outside), time.perf_counter()
        if count and not begun:
            begun, first, before = now, count, read_cpu(groups)
        if count > seen:
            seen, moved_at = count, now
        if now - moved_at > STALL_SECONDS:
            raise TimeoutError(f"{seen} of {waiting} pushes arrived, then nothing")
    used = {name: seconds - before[name] for name, seconds in read_cpu(groups).items()}
    sent = seen - first
    return {"rate": sent / (moved_at - begun)} | {name: seconds * 1000 / sent for name, seconds in used.items()}


def count_received(outside: Outside) -> int:
    """Return how many pushes Firebase's stand-in was sent."""
    return int(httpx.get(f"{outside.address}/control/received", params={"most": 0}).json()["count"])


def read_cpu(groups: Mapping[str, list[int]]) -> dict[str, float]:
    """Return the CPU seconds of each group of processes, with their descendants."""
    return {name: sum(read_family(pid) for pid in pids) for name, pids in groups.items()}


def read_family(pid: int) -> float:
    """Return the CPU seconds of a process and its living descendants; PostgreSQL's ended ones count with it."""
    parent = psutil.Process(pid)
    times = [one.cpu_times() for one in (parent, *parent.children(recursive=True))]
    own = parent.cpu_times()
    return sum(one.user + one.system for one in times) + own.children_user + own.children_system


def run(settings: Mapping[str, str], *arguments: str) -> str:
    """Run a module to its end and return what it printed."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=dict(settings), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout


def show(title: str, result: Mapping[str, Any]) -> None:
    """Print one line of the table."""
    costs = " · ".join(f"{name} {seconds:.2f}" for name, seconds in result.items() if name != "rate")
    print(f"| {title} | {result['rate']:.0f} | {costs} |", flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.push", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5000, help="people who talk, two deliveries for each pair (5000)")
    parser.add_argument("--sends", type=int, default=10_000, help="sends of the backend alone (10000)")
    chosen = parser.parse_args()
    print("| what | pushes/s | CPU-seconds per 1,000 |\n| --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory(prefix="warmlijn-push-", ignore_cleanup_errors=True) as made:
        directory = Path(made)
        with run_outside(directory) as outside:
            show("the backend alone", measure_backend(outside, chosen.sends))
            show("one worker, deliveries in PostgreSQL", measure_worker(outside, directory, chosen.pairs))


if __name__ == "__main__":
    main()
