"""Whom of those who are free a wave goes to."""

from __future__ import annotations

import pytest

from server.chat.rules.duty import MOST_IN_WAVE, choose_wave


@pytest.mark.parametrize(
    ("free", "offers", "chosen"),
    [
        ([], {}, []),
        (["a"], {"a": 9}, ["a"]),
        (["a", "b"], {"a": 1}, ["b", "a"]),
        (["a", "b", "c"], {}, ["a", "b", "c"]),
        (["a", "b", "c", "d"], {}, ["a", "b", "c"]),
        (["a", "b", "c", "d"], {"a": 1, "b": 1, "c": 1}, ["d", "a", "b"]),
        (["a", "b", "c", "d", "e"], {"a": 2, "b": 1, "c": 3, "d": 0, "e": 1}, ["d", "b", "e"]),
        (["b", "a"], {"z": 5}, ["b", "a"]),
    ],
)
def test_who_was_asked_the_least_comes_first_and_never_more_than_three(
    free: list[str], offers: dict[str, int], chosen: list[str]
) -> None:
    assert choose_wave(free, offers) == chosen
    assert MOST_IN_WAVE == 3
