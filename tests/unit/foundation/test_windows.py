"""Moving windows in this process: exact, bounded, and not confused by a clock that is set."""

from __future__ import annotations

from datetime import UTC, datetime

import time_machine

from server.foundation.windows import MovingWindows

BEGAN = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)


def test_a_window_is_full_until_its_first_has_left_it() -> None:
    windows = MovingWindows()
    with time_machine.travel(BEGAN, tick=False) as clock:
        assert windows.count("a", times=2, seconds=10) == 0
        clock.shift(4)
        assert windows.count("a", times=2, seconds=10) == 0
        clock.shift(5)
        assert windows.count("a", times=2, seconds=10) == 1
        clock.shift(1)
        assert windows.count("a", times=2, seconds=10) == 0, "the first is gone, and what was refused never counted"
        assert windows.count("a", times=2, seconds=10) == 4, "the second is not"


def test_keys_are_counted_apart() -> None:
    windows = MovingWindows()
    with time_machine.travel(BEGAN, tick=False):
        assert [windows.count(key, times=1, seconds=10) for key in ("a", "b", "a")] == [0, 0, 10]


def test_the_key_asked_for_longest_ago_is_forgotten_first() -> None:
    windows = MovingWindows(most_keys=2)
    with time_machine.travel(BEGAN, tick=False):
        for key in ("a", "b", "a", "c"):
            windows.count(key, times=1, seconds=10)
        assert len(windows._hits) == 2
        assert windows.count("a", times=1, seconds=10) == 10, "a was asked for after b"
        assert windows.count("b", times=1, seconds=10) == 0, "b had to go"


def test_a_clock_set_back_locks_nobody_out() -> None:
    windows = MovingWindows()
    with time_machine.travel(BEGAN, tick=False) as clock:
        windows.count("a", times=1, seconds=10)
        clock.shift(-86_400)
        assert windows.count("a", times=1, seconds=10) == 0
