"""Group commit as a mechanism: what arrives while a call is in flight becomes the next call."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from server.foundation.errors import BadRequest, Internal, Overloaded, Unavailable, WarmlijnError
from server.realtime.grouped import GroupedCalls


class Work:
    """Doubles numbers, remembers its batches, and holds the first one until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.let_go = threading.Event()

    def __call__(self, asks: list[int]) -> Sequence[int | WarmlijnError]:
        """Answer each ask; odd ones below nought are refused, -100 breaks the whole call."""
        self.batches.append(asks)
        assert self.let_go.wait(20)
        if -100 in asks:
            raise RuntimeError("poisoned")
        return [BadRequest() if ask < 0 else ask * 2 for ask in asks]


@pytest.fixture
def work() -> Work:
    """Work that runs freely."""
    made = Work()
    made.let_go.set()
    return made


async def test_an_idle_call_starts_at_once(work: Work) -> None:
    calls: GroupedCalls[int, int] = GroupedCalls("test", work)
    assert await calls.call(4) == 8
    assert work.batches == [[4]]


async def test_what_comes_meanwhile_becomes_one_call_in_order(work: Work) -> None:
    work.let_go.clear()
    calls: GroupedCalls[int, int] = GroupedCalls("test", work, limit=3)
    answers: list[int | WarmlijnError] = []
    calls.submit(0, answers.append)
    while not work.batches:
        await asyncio.sleep(0)
    for ask in range(1, 6):
        calls.submit(ask, answers.append)
    work.let_go.set()
    await calls.wait_until_idle()
    assert work.batches == [[0], [1, 2, 3], [4, 5]]
    assert answers == [0, 2, 4, 6, 8, 10]


async def test_a_refused_ask_is_refused_alone(work: Work) -> None:
    calls: GroupedCalls[int, int] = GroupedCalls("test", work)
    with pytest.raises(BadRequest):
        await calls.call(-1)
    assert await calls.call(1) == 2


async def test_a_poisoned_ask_fails_alone(work: Work) -> None:
    work.let_go.clear()
    calls: GroupedCalls[int, int] = GroupedCalls("test", work)
    answers: list[int | WarmlijnError] = []
    calls.submit(0, answers.append)
    while not work.batches:
        await asyncio.sleep(0)
    for ask in (1, -100, 3):
        calls.submit(ask, answers.append)
    work.let_go.set()
    await calls.wait_until_idle()
    assert work.batches[1:] == [[1, -100, 3], [1], [-100], [3]]
    assert [one if isinstance(one, int) else type(one) for one in answers] == [0, 2, Internal, 6]


async def test_a_database_that_is_away_answers_all_and_is_asked_once() -> None:
    asked: list[int] = []

    def away(asks: list[int]) -> Sequence[int | WarmlijnError]:
        asked.append(len(asks))
        raise Unavailable()

    calls: GroupedCalls[int, int] = GroupedCalls("test", away)
    answers = await asyncio.gather(*(calls.call(ask) for ask in range(3)), return_exceptions=True)
    assert [type(one) for one in answers] == [Unavailable] * 3
    assert sum(asked) == 3


async def test_a_full_line_takes_no_more(work: Work) -> None:
    work.let_go.clear()
    calls: GroupedCalls[int, int] = GroupedCalls("test", work, most_waiting=2)
    for ask in range(2):
        calls.submit(ask, lambda _: None)
    with pytest.raises(Overloaded):
        calls.submit(2, lambda _: None)
    work.let_go.set()
    await calls.wait_until_idle()


async def test_an_answer_that_nobody_can_take_holds_up_no_other(work: Work) -> None:
    calls: GroupedCalls[int, int] = GroupedCalls("test", work)
    answers: list[int | WarmlijnError] = []

    def fail(_: object) -> None:
        raise ValueError

    calls.submit(1, fail)
    calls.submit(2, answers.append)
    await calls.wait_until_idle()
    assert answers == [4]


async def test_after_a_batch_its_end_is_told(work: Work) -> None:
    order: list[object] = []
    calls: GroupedCalls[int, int] = GroupedCalls("test", work, after=lambda: order.append("after"))
    calls.submit(1, order.append)
    await calls.wait_until_idle()
    assert order == [2, "after"]
