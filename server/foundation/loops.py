"""Worker loops: a step is `(now) -> found work?`; a loop repeats it while there is work, else rests.

What is due is a row, so most loops need not look for themselves: one watch asks for all of them, with one statement,
which have a row that is due, and rings their bells. The watch only spares work. A loop whose bell stays silent steps
all the same after its rest.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

from server.foundation.clock import read_clock
from server.foundation.database import open_pipeline
from server.foundation.logs import get_logger

log = get_logger(__name__)
Step = Callable[[datetime], bool]
T = TypeVar("T")

WATCH_SECONDS: Final = 0.5  # how late a row that has become due is seen at most, and some jitter


class RunStep(Protocol):
    """Runs synchronous work in a database thread."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Return what the work returns."""


@dataclass(frozen=True, slots=True)
class WorkerLoop:
    """A named step and how many seconds to rest when it finds nothing; `busy_seconds` when it has found work, so that
    under load more gathers for the next step.

    `due` names the rows that the step takes, as `table WHERE condition` with `%(now)s::timestamptz`: while there are
    any, the loop does not rest.
    """

    name: str
    step: Step
    rest_seconds: float
    busy_seconds: float = 0.0
    due: str = ""


async def run_loops(loops: Sequence[WorkerLoop], run_step: RunStep, stopping: asyncio.Event) -> None:
    """Run the loops side by side until `stopping` is set; the step in flight is finished first."""
    bells = {loop.name: asyncio.Event() for loop in loops}
    running = [_run_loop(loop, run_step, bells[loop.name], stopping) for loop in loops]
    await asyncio.gather(_watch(loops, run_step, bells, stopping), *running)


def list_due(loops: Sequence[WorkerLoop], now: datetime) -> list[str]:
    """Return the names of the loops that have a row which is due; one statement for all."""
    questions = [
        f"SELECT {at} WHERE EXISTS (SELECT 1 FROM {where})"  # noqa: S608  the conditions are written in the code
        for at, where in enumerate(loop.due for loop in loops)
    ]
    with open_pipeline() as pipeline:
        answer = pipeline.ask(" UNION ALL ".join(questions), {"now": now}, "int")
    return [loops[at].name for (at,) in answer.rows()]


async def _run_loop(loop: WorkerLoop, run_step: RunStep, bell: asyncio.Event, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        found = False
        bell.clear()
        try:
            found = await run_step(lambda: loop.step(read_clock()))
        except Exception as problem:
            log.error("step_failed", loop=loop.name, problem=type(problem).__name__)
        if not found:
            await rest(_jitter(loop.rest_seconds), bell)
        elif loop.busy_seconds:
            await rest(_jitter(loop.busy_seconds), stopping)


async def _watch(
    loops: Sequence[WorkerLoop], run_step: RunStep, bells: Mapping[str, asyncio.Event], stopping: asyncio.Event
) -> None:
    watched = [loop for loop in loops if loop.due]
    if not watched:
        await stopping.wait()
    while not stopping.is_set():
        try:
            for name in await run_step(lambda: list_due(watched, read_clock())):
                bells[name].set()
        except Exception as problem:
            log.error("watch_failed", problem=type(problem).__name__)
        await rest(_jitter(WATCH_SECONDS), stopping)
    for bell in bells.values():
        bell.set()


async def rest(seconds: float, until: asyncio.Event) -> None:
    """Wait so long, or until something happens (an end that has come is not waited for)."""
    try:
        async with asyncio.timeout(seconds):
            await until.wait()
    except TimeoutError:
        return


def _jitter(seconds: float) -> float:
    return seconds * random.uniform(0.8, 1.2)  # noqa: S311  jitter, no secret
