"""Worker loops: a step is `(now) -> found work?`; a loop repeats it at once while there is work, else rests."""

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
    """A named step and how many seconds to rest when it finds nothing."""

    name: str
    step: Step
    rest_seconds: float


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
        if not found:
            await _rest(loop.rest_seconds, stopping)


async def _rest(seconds: float, stopping: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds * random.uniform(0.8, 1.2)):  # noqa: S311  jitter, no secret
            await stopping.wait()
    except TimeoutError:
        return
