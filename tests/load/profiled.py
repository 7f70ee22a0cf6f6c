"""Run a module under cProfile, every thread of it, in CPU time: `-m tests.load.profiled STATS MODULE …`.

cProfile knows one thread at a time; `threading.setprofile` gives each new one a profiler of its own.
CPU time (not wall time) leaves out waiting for the database, for sockets and for the core. SIGUSR1 writes
what there is so far to STATS.1, then STATS.2 …: the difference of two is what happened in between.
"""

import cProfile
import marshal
import runpy
import signal
import sys
import threading
import time
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

profilers: list[cProfile.Profile] = []
Stats = dict[tuple[str, int, str], tuple[Any, ...]]


def watch_thread(frame: FrameType | None = None, event: str = "", argument: object = None) -> None:
    """Give the current thread a profiler: this replaces this very hook for it."""
    profiler = cProfile.Profile(time.thread_time)
    profilers.append(profiler)
    profiler.enable()


def collect() -> list[Stats]:
    """Return every thread's numbers so far; the collecting itself, in the main thread, is not counted."""
    collected = []
    profilers[0].disable()
    for profiler in profilers:
        profiler.snapshot_stats()
        collected.append(profiler.stats)
    return collected


def run(path: Path, module: str) -> None:
    """Run the module as `__main__`, profiled from its first line on."""
    numbers = count(1)

    def write(number: int, frame: FrameType | None) -> None:
        target = Path(f"{path}.{next(numbers)}")
        part = Path(f"{target}.part")
        part.write_bytes(marshal.dumps(collect()))
        part.rename(target)
        profilers[0].enable()

    signal.signal(signal.SIGUSR1, write)
    threading.setprofile(watch_thread)
    watch_thread()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    del sys.argv[0]
    run(Path(sys.argv.pop(0)), sys.argv[0])
