"""The stages of the benchmark: each returns plain data, `report.py` makes sentences of it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.load.bench import WARM_UP_SECONDS, Bench, Run
from tests.load.cores import on_core, read_memory
from tests.load.hotspots import summarise_profile
from tests.load.stacks import REPOSITORY, Stack, StackProblem
from tests.services.processes import find_spare_port, stop_child, wait_until

RATES = (50, 200)
IDLE_SOCKETS = (500, 2000)
STORM_SOCKETS, STORM_MISSED = 1000, 2
HISTORY_MESSAGES = 1_000_000
SETTLE_SECONDS = 4.0


def measure_generator(bench: Bench) -> Run:
    """Prove that the generator is not the limit: a stand-in in memory on the serving core."""
    port = find_spare_port()
    with on_core(bench.cores.serving):
        line = [sys.executable, "-m", "tests.load.standin", str(port), str(bench.product.seats)]
        child = subprocess.Popen(line, cwd=REPOSITORY)
    try:
        _settle(1.0)
        order = {"stack": "product", "ports": [port], "seats": str(bench.product.seats), "sockets": 200}
        bench.driver.ask("connect", **order)
        run = bench.driver.ask("closed", seconds=3)
        bench.disconnect()
    finally:
        stop_child(child)
    return run


def measure_saturation(bench: Bench) -> Run:
    """Closed loop over 100 pairs, by turns."""
    return _take_turns(bench, lambda stack: bench.saturate(stack))


def measure_latency(bench: Bench) -> Run:
    """Open loop at each rate; the CPU cost is taken at the same time."""

    def visit(stack: Stack) -> Run:
        with bench.connected(stack):
            bench.driver.ask("open", seconds=WARM_UP_SECONDS, rate=RATES[-1])
            return {str(rate): bench.measure(stack, "open", bench.seconds, rate=rate) for rate in RATES}

    return _take_turns(bench, visit)


def measure_idle(bench: Bench) -> Run:
    """Memory of a fresh server without and with idle authenticated sockets."""
    product = {str(count): _measure_idle_memory(bench, bench.product, count) for count in IDLE_SOCKETS}
    most = IDLE_SOCKETS[-1]
    return {"product": product, "baseline": {str(most): _measure_idle_memory(bench, bench.baseline, most)}}


def measure_storm(bench: Bench) -> Run:
    """1,000 devices come back at once, with a bearer header and then with tickets."""
    outcome = {}
    for name, by_ticket in (("bearer", False), ("ticket", True)):
        with bench.connected(bench.product, sockets=STORM_SOCKETS, by_ticket=by_ticket):
            outcome[name] = bench.driver.ask("storm", missed=STORM_MISSED, quiet=1.0)
    return outcome


def measure_history(bench: Bench) -> Run:
    """Saturation with a million stored messages against none, by turns, on copies of one seeded database."""
    none = bench.product.copy("history_none")
    full = bench.product.copy("history_full")
    full.run_module("tests.load.history", str(HISTORY_MESSAGES))
    stored = bench.postgres.execute("SELECT count(*) FROM chat_message", database=full.database)[0][0]
    runs: Run = {"messages": stored, "none": [], "full": []}
    for _ in range(bench.repeats):
        runs["none"].append(bench.saturate(none))
        runs["full"].append(bench.saturate(full))
    return runs


def measure_processes(bench: Bench) -> Run:
    """Two server processes on the one core against one: the youths on one, the experts on the other."""
    runs: Run = {"one": [], "two": []}
    for _ in range(bench.repeats):
        runs["one"].append(bench.saturate(bench.product, servers=1))
        runs["two"].append(bench.saturate(bench.product, servers=2))
    return runs


def measure_profile(bench: Bench) -> Run:
    """CPU profile of every thread of the server, in saturation and at 200/s; slower than without."""
    loads: dict[str, Run] = {"saturation": {"do": "closed"}, "200/s": {"do": "open", "rate": RATES[-1]}}
    return {name: _profile(bench, order) for name, order in loads.items()}


STAGES: dict[str, Callable[[Bench], Run]] = {
    "generator": measure_generator,
    "saturation": measure_saturation,
    "latency": measure_latency,
    "idle": measure_idle,
    "storm": measure_storm,
    "history": measure_history,
    "processes": measure_processes,
    "profile": measure_profile,
}


def _take_turns(bench: Bench, visit: Callable[[Stack], Run]) -> Run:
    runs: dict[str, list[Any]] = {stack.name: [] for stack in bench.stacks}
    for _ in range(bench.repeats):
        for stack in bench.stacks:
            runs[stack.name].append(visit(stack))
    return runs


def _profile(bench: Bench, order: Run) -> Run:
    """Take two dumps of the running server, around the load."""
    stats = bench.directory / f"profile-{order['do']}"
    with bench.product.running(prefix=("-m", "tests.load.profiled", str(stats))):
        bench.connect(bench.product, 200)
        bench.driver.ask(**order, seconds=WARM_UP_SECONDS)
        before = _dump(bench, stats, 1)
        run = bench.driver.ask(**order, seconds=bench.seconds)
        after = _dump(bench, stats, 2)
        bench.disconnect()
    return summarise_profile(before, after, run["sent"]) | {"rate": run["messages_per_second"]}


def _dump(bench: Bench, stats: Path, number: int) -> Path:
    written = Path(f"{stats}.{number}")
    os.kill(bench.product.groups["server"][0], signal.SIGUSR1)
    if not wait_until(written.exists):
        raise StackProblem("the profiled server wrote nothing")
    return written


def _measure_idle_memory(bench: Bench, stack: Stack, sockets: int) -> Run:
    """Connect a few first: lazy imports and pools are not the sockets' cost."""
    with stack.running():
        bench.connect(stack, 20)
        bench.disconnect()
        _settle(SETTLE_SECONDS / 2)
        before = read_memory(stack.groups["server"])
        bench.connect(stack, sockets)
        _settle(SETTLE_SECONDS)
        after = read_memory(stack.groups["server"])
        lost = bench.disconnect()["lost_before"]
    per_socket = {f"{name}_per_socket": (after[name] - before[name]) / sockets for name in after}
    return per_socket | {"sockets": sockets, "lost": lost, "server_rss": after["rss"]}


def _settle(seconds: float) -> None:
    threading.Event().wait(seconds)
