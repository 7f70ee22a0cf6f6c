"""Worker loops: a bell wakes the one that has work, a silent bell only makes it late, all end when told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

import pytest

from server.foundation import loops
from server.foundation.loops import WorkerLoop, run_loops

T = TypeVar("T")
HOURS = 3_600.0


async def run_here(work: Callable[[], T]) -> T:
    """Run a step on the loop itself."""
    await asyncio.sleep(0)
    return work()


class Stepper:
    """Counts its steps; finds work as often as it was told, and ends everything at its last step."""

    def __init__(self, stopping: asyncio.Event, *, last: int, finds: int = 0, fails: int = 0) -> None:
        self.steps, self._stopping = 0, stopping
        self._last, self._finds, self._fails = last, finds, fails

    def __call__(self, now: datetime) -> bool:
        """Take a step."""
        self.steps += 1
        if self.steps == self._last:
            self._stopping.set()
        if self.steps <= self._fails:
            raise ValueError("no")
        return self.steps <= self._finds


def watch(monkeypatch: pytest.MonkeyPatch, *answers: list[str] | Exception) -> list[list[str]]:
    """Have the watch see this, one after another, and then nothing; return whom it looked for."""
    asked: list[list[str]] = []
    waiting = list(answers)

    def list_due(given: Sequence[WorkerLoop], now: datetime) -> list[str]:
        asked.append([one.name for one in given])
        answer = waiting.pop(0) if waiting else []
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(loops, "list_due", list_due)
    monkeypatch.setattr(loops, "WATCH_SECONDS", 0.0)
    return asked


async def run(make: Callable[[asyncio.Event], list[WorkerLoop]]) -> None:
    """Run loops until one of them ends it."""
    stopping = asyncio.Event()
    async with asyncio.timeout(20):
        await run_loops(make(stopping), run_here, stopping)


def watch_rests(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have every rest be over at once; return how long each was to be, save those of the watch."""
    rests: list[float] = []

    async def rest(seconds: float, until: asyncio.Event) -> None:
        rests.extend([seconds] if seconds != loops.WATCH_SECONDS else [])
        await asyncio.sleep(0)

    monkeypatch.setattr(loops, "rest", rest)
    monkeypatch.setattr(loops, "_jitter", lambda seconds: seconds)
    return rests


async def test_a_bell_wakes_the_loop_that_has_work_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = watch(monkeypatch, [], [], ["called"], [])
    steppers: list[Stepper] = []

    def make(stopping: asyncio.Event) -> list[WorkerLoop]:
        steppers.extend([Stepper(stopping, last=2), Stepper(stopping, last=2), Stepper(stopping, last=99)])
        called, other, alone = steppers
        return [
            WorkerLoop("called", called, HOURS, due="x"),
            WorkerLoop("other", other, HOURS, due="y"),
            WorkerLoop("alone", alone, HOURS),
        ]

    await run(make)
    assert [one.steps for one in steppers] == [2, 1, 1]
    assert asked[0] == ["called", "other"]


async def test_a_bell_that_rang_once_wakes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = watch(monkeypatch, [], ["called"])
    steppers: list[Stepper] = []

    def make(stopping: asyncio.Event) -> list[WorkerLoop]:
        steppers.append(Stepper(stopping, last=99))

        def end_after_a_while(now: datetime) -> bool:
            if len(asked) > 9:
                stopping.set()
            return not stopping.is_set()

        return [WorkerLoop("called", steppers[0], HOURS, due="x"), WorkerLoop("ending", end_after_a_while, HOURS)]

    await run(make)
    assert steppers[0].steps == 2


async def test_a_loop_steps_again_at_once_while_it_finds_work(monkeypatch: pytest.MonkeyPatch) -> None:
    watch(monkeypatch)
    rests = watch_rests(monkeypatch)
    await run(lambda stopping: [WorkerLoop("busy", Stepper(stopping, last=4, finds=3), HOURS, due="x")])
    assert rests == [HOURS], "after the fourth step, which found nothing"


async def test_a_loop_that_lets_work_gather_waits_a_moment_between_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    watch(monkeypatch)
    rests = watch_rests(monkeypatch)
    await run(lambda stopping: [WorkerLoop("busy", Stepper(stopping, last=3, finds=2), HOURS, 0.25, due="x")])
    assert rests == [0.25, 0.25, HOURS]


async def test_a_loop_whose_bell_stays_silent_steps_after_its_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    watch(monkeypatch)
    rests = watch_rests(monkeypatch)
    await run(lambda stopping: [WorkerLoop("patient", Stepper(stopping, last=3), 30.0, due="x")])
    assert rests == [30.0] * 3


async def test_a_step_and_a_watch_that_fail_are_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = watch(monkeypatch, ValueError("no"), ["failing"], ["failing"])
    steppers: list[Stepper] = []

    def make(stopping: asyncio.Event) -> list[WorkerLoop]:
        steppers.append(Stepper(stopping, last=3, fails=2))
        return [WorkerLoop("failing", steppers[0], HOURS, due="x")]

    await run(make)
    assert steppers[0].steps == 3, "the bell woke it after each step that failed"
    assert len(asked) >= 3


async def test_loops_that_rest_for_hours_end_when_they_are_told() -> None:
    stopping = asyncio.Event()
    stepper = Stepper(stopping, last=1)
    ending: Awaitable[None] = run_loops([WorkerLoop("resting", stepper, HOURS)], run_here, stopping)
    async with asyncio.timeout(20):
        await ending
    assert stepper.steps == 1
