"""Run a module under cProfile, every thread of it, in CPU time: `-m tests.load.profiled STATS MODULE …`.

cProfile knows one thread at a time; `threading.setprofile` gives each new one a profiler of its own.
CPU time (not wall time) leaves out waiting for the database, for sockets and for the core.
"""

import cProfile
import pstats
import runpy
import sys
import threading
import time
from types import FrameType

profilers: list[cProfile.Profile] = []


def watch_thread(frame: FrameType | None = None, event: str = "", argument: object = None) -> None:
    """Give the current thread a profiler: this replaces this very hook for it."""
    profiler = cProfile.Profile(time.thread_time)
    profilers.append(profiler)
    profiler.enable()


def write_stats(path: str) -> None:
    """Add up the threads."""
    stats = pstats.Stats(profilers[0])
    for profiler in profilers[1:]:
        stats.add(profiler)
    stats.dump_stats(path)


def run(path: str, module: str) -> None:
    """Run the module as `__main__` and write the profile however it ends."""
    threading.setprofile(watch_thread)
    watch_thread()
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        for profiler in profilers:
            profiler.disable()
        write_stats(path)


if __name__ == "__main__":
    del sys.argv[0]
    run(sys.argv.pop(0), sys.argv[0])
