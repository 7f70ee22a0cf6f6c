"""Worker loops: a step is `(now) -> found work?`; a loop repeats it while there is work, else rests."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from server.foundation.clock import read_clock
from server.foundation.logs import get_logger

log = get_logger(__name__)
Step = Callable[[datetime], bool]
RunStep = Callable[[Callable[[], bool]], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class WorkerLoop:
    """A named step and how many seconds to rest when it finds nothing; `busy_seconds` when it has found work, so that
    under load more gathers for the next step."""

    name: str
    step: Step
    rest_seconds: float
    busy_seconds: float = 0.0


async def run_loops(loops: Sequence[WorkerLoop], run_step: RunStep, stopping: asyncio.Event) -> None:
    """Run the loops side by side until `stopping` is set; the step in flight is finished first."""
    await asyncio.gather(*(_run_loop(loop, run_step, stopping) for loop in loops))


async def _run_loop(loop: WorkerLoop, run_step: RunStep, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        found = False
        try:
            found = await run_step(lambda: loop.step(read_clock()))
        except Exception as problem:
            log.error("step_failed", loop=loop.name, problem=type(problem).__name__)
        rest = loop.busy_seconds if found else loop.rest_seconds
        if rest:
            await _rest(rest, stopping)


async def _rest(seconds: float, stopping: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds * random.uniform(0.8, 1.2)):  # noqa: S311  jitter, no secret
            await stopping.wait()
    except TimeoutError:
        return
