"""One core for everything that serves, another for the generator; CPU time and memory from /proc."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Cores:
    """The two cores of a run. On a machine with one core they are the same, and the report says so."""

    serving: int
    generating: int


def choose_cores() -> Cores:
    """Return the first two cores this process may use."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(serving=usable[0], generating=usable[min(1, len(usable) - 1)])


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Pin this thread, and so every process it starts inside the block, to one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def list_family(pid: int) -> list[psutil.Process]:
    """Return a process and its living descendants."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def list_strays(groups: Mapping[str, list[int]], core: int) -> list[str]:
    """Name the processes that may run anywhere but on `core`: there must be none."""
    strays = []
    for name, pids in groups.items():
        for process in (one for pid in pids for one in list_family(pid)):
            if os.sched_getaffinity(process.pid) != {core}:
                strays.append(f"{name} {process.pid}")
    return strays


def read_cpu(groups: Mapping[str, list[int]]) -> dict[str, float]:
    """Return the CPU seconds each group has used: its processes, their children and those already gone."""
    return {name: sum(map(_count_family_cpu, pids)) for name, pids in groups.items()}


def _count_family_cpu(pid: int) -> float:
    total = 0.0
    for process in list_family(pid):
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += used.user + used.system + used.children_user + used.children_system
    return total


def read_memory(pids: list[int]) -> dict[str, float]:
    """Return resident and proportional memory of processes, in bytes."""
    seen = [psutil.Process(pid).memory_full_info() for pid in pids]
    return {"rss": float(sum(one.rss for one in seen)), "pss": float(sum(one.pss for one in seen))}


def read_core_busy(core: int) -> float:
    """Return the seconds that a core has been busy since the machine started, whoever kept it so."""
    seen = psutil.cpu_times(percpu=True)[core]
    return float(sum(seen) - seen.idle - seen.iowait - seen.guest - seen.guest_nice)
