"""The clock of an unanswered message: facts in any order, open minutes only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from server.availability.rules.schedule import Reachability
from server.safety.rules.silence import Wait, answer, ask, find_due

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def look_by(*stretches: tuple[int, int]):  # type: ignore[no-untyped-def]
    """Return how somebody with these open stretches (minutes after noon) is reached."""

    def look(moment: datetime) -> list[Reachability]:
        for start, stop in stretches:
            if at(start) <= moment < at(stop):
                return [Reachability(True, at(stop), None, "", "")]
        opening = min((at(start) for start, _ in stretches if at(start) > moment), default=None)
        return [Reachability(False, None, opening, "outside_hours", "")]

    return look


def test_the_first_question_starts_the_clock_and_an_answer_stops_it() -> None:
    wait = ask(ask(Wait(), 1, at(0)), 2, at(5))
    assert (wait.first_seq, wait.first_at, wait.last_seq) == (1, at(0), 2)
    assert not answer(wait, 3).running


@pytest.mark.parametrize("order", list(permutations([("ask", 1), ("answer", 2), ("ask", 3), ("ask", 3)])))
def test_in_any_order_the_question_after_the_answer_waits(order: tuple[tuple[str, int], ...]) -> None:
    wait = Wait()
    for what, seq in order:
        wait = ask(wait, seq, at(seq)) if what == "ask" else answer(wait, seq)
    assert (wait.first_seq, wait.first_at, wait.answered_seq) == (3, at(3), 2)


@pytest.mark.parametrize("order", list(permutations([("ask", 1), ("ask", 2), ("answer", 3)])))
def test_in_any_order_an_answered_question_waits_no_more(order: tuple[tuple[str, int], ...]) -> None:
    wait = Wait()
    for what, seq in order:
        wait = ask(wait, seq, at(seq)) if what == "ask" else answer(wait, seq)
    assert not wait.running


@pytest.mark.parametrize(
    ("stretches", "since", "due"),
    [
        (((0, 600),), 0, 60),
        (((0, 60),), 0, 60),
        (((0, 20), (100, 300)), 0, 140),
        (((100, 300),), 0, 160),
        (((0, 20), (100, 120), (200, 220)), 0, 220),
        (((0, 20),), 0, None),
        ((), 0, None),
    ],
)
def test_only_open_minutes_count(stretches: tuple[tuple[int, int], ...], since: int, due: int | None) -> None:
    assert find_due(at(since), 60, look_by(*stretches)) == (None if due is None else at(due))


def test_one_of_several_is_enough_and_no_minute_counts_twice() -> None:
    ben, bo = look_by((0, 30)), look_by((20, 200))
    assert find_due(at(0), 60, lambda moment: [*ben(moment), *bo(moment)]) == at(60)
