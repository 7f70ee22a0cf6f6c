"""Figures show what a team did and never what one person did."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.foundation.figures import (
    CUTS,
    DAY,
    HOUR,
    WEEKDAY,
    WEEKDAY_HOUR,
    Row,
    Sample,
    find_percentile,
    is_crowd,
    list_rows,
    write_csv,
)

MONDAY = date(2026, 11, 16)
SUNDAY = date(2026, 11, 22)
LATER_SUNDAY = date(2026, 11, 29)
Done = Sample[int]


def make_sample(day: int = 0, hour: int = 21, person: str | None = "ben", amount: int = 1) -> Done:
    wall = datetime(2026, 11, 16, hour) + timedelta(days=day)  # noqa: DTZ001  a wall time
    return Sample(wall, (person,), amount)


def measure(samples: Sequence[Done]) -> dict[str, int]:
    return {"sum": sum(one.what for one in samples)}


def draw(samples: Sequence[Done], cut: str) -> list[Row]:
    return list_rows(samples, MONDAY, SUNDAY, measure, (cut,))


def list_sums(samples: Sequence[Done], cut: str) -> list[int | None]:
    return [row["sum"] for row in draw(samples, cut)]


def make_crowd(day: int = 0, hour: int = 21, names: str = "abc") -> list[Done]:
    return [make_sample(day, hour, name) for name in names]


def test_every_cell_has_a_row_and_an_empty_one_shows_nothing() -> None:
    rows = list_rows([], MONDAY, SUNDAY, measure)
    assert {cut: sum(row["cut"] == cut for row in rows) for cut in CUTS} == {
        DAY: 7,
        WEEKDAY: 7,
        HOUR: 24,
        WEEKDAY_HOUR: 168,
    }
    assert {(row["hidden"], row["sum"]) for row in rows} == {(False, 0)}


def test_a_sample_counts_on_its_day_weekday_and_hour() -> None:
    crowd = make_crowd(day=2, hour=23)
    assert list_sums(crowd, DAY) == [0, 0, 3, 0, 0, 0, 0]
    assert list_sums(crowd, WEEKDAY)[2] == 3
    assert list_sums(crowd, HOUR)[23] == 3
    assert [(row["weekday"], row["hour"]) for row in draw(crowd, WEEKDAY_HOUR) if row["sum"]] == [(3, 23)]


@pytest.mark.parametrize(("names", "shown"), [("a", None), ("ab", None), ("abab", None), ("abc", 3)])
def test_a_cell_needs_three_different_people(names: str, shown: int | None) -> None:
    assert list_sums(make_crowd(names=names), DAY)[0] == shown


def test_each_side_needs_three() -> None:
    wall = datetime(2026, 11, 16, 21)  # noqa: DTZ001
    of_two = [Sample(wall, (expert, youth), 1) for expert, youth in zip("aab", "xyz", strict=True)]
    of_three = [Sample(wall, (expert, youth), 1) for expert, youth in zip("abc", "xyz", strict=True)]
    unanswered = [Sample(wall, (None, youth), 1) for youth in "xyz"]
    assert [is_crowd(one) for one in (of_two, of_three, unanswered)] == [False, True, True]


def test_what_tells_of_nobody_is_shown() -> None:
    assert list_sums([make_sample(person=None, amount=60)], DAY)[0] == 60
    rows = list_rows(make_crowd(names="a"), MONDAY, SUNDAY, measure, (DAY,), open_names=("sum",))
    assert (rows[0]["hidden"], rows[0]["sum"]) == (True, 1)


def test_one_hidden_cell_is_not_the_rest_of_the_sum() -> None:
    # Monday is Ben alone: with every other day shown, the hours' sum less the days' would be his.
    alone = [make_sample(0, person="ben", amount=50)]
    busy = [one for day in range(1, 6) for one in make_crowd(day, names="abcde")]
    smallest = make_crowd(6, names="abc")
    shown = list_sums([*alone, *busy, *smallest], DAY)
    assert shown == [None, 5, 5, 5, 5, 5, None], "Sunday, the smallest, goes with it"


def test_the_days_do_not_give_away_a_hidden_weekday() -> None:
    # Monday is of two. Tuesday, the smallest other weekday, goes with it; of the days it would be a Wednesday.
    monday, tuesdays = make_crowd(0, names="ab"), [*make_crowd(1, names="abcd"), *make_crowd(8, names="abcd")]
    wednesdays = [*make_crowd(2, names="abc"), *make_crowd(9, names="def")]
    rows = list_rows([*monday, *tuesdays, *wednesdays], MONDAY, LATER_SUNDAY, measure)
    hidden = {row["weekday"] for row in rows if row["cut"] == WEEKDAY and row["hidden"]}
    of_tuesday = [row["hidden"] for row in rows if row["on"] in ("2026-11-17", "2026-11-24")]
    assert hidden == {1, 2}
    assert any(of_tuesday), "the two Tuesdays add up to the one that is hidden"


@settings(max_examples=40)
@given(
    st.lists(
        st.builds(make_sample, st.integers(0, 13), st.integers(18, 20), st.sampled_from("abcdef"), st.integers(1, 9)),
        max_size=30,
    )
)
def test_what_is_hidden_together_is_a_crowd_or_everything(samples: list[Done]) -> None:
    rows = list_rows(samples, MONDAY, LATER_SUNDAY, measure)
    for whole, group in list_sums_of(rows):
        hidden = [one for row in group if row["hidden"] for one in list_in(row, samples)]
        is_all = all(row["hidden"] or not list_in(row, samples) for row in group)
        assert is_all or is_crowd(hidden), "the sum gives away what is hidden"
        assert is_all or hidden or not (whole and whole["hidden"]), "the parts give away the whole"
        assert all(is_crowd(list_in(row, samples)) for row in group if not row["hidden"])


def list_sums_of(rows: list[Row]) -> list[tuple[Row | None, list[Row]]]:
    """Return rows that add up to everything (None) or to another row, with that row."""
    cuts = {cut: [row for row in rows if row["cut"] == cut] for cut in CUTS}
    found: list[tuple[Row | None, list[Row]]] = [(None, of_cut) for of_cut in cuts.values()]
    for whole in cuts[WEEKDAY]:
        found.append((whole, [row for row in cuts[DAY] if find_weekday(row) == whole["weekday"]]))
        found.append((whole, [row for row in cuts[WEEKDAY_HOUR] if row["weekday"] == whole["weekday"]]))
    for whole in cuts[HOUR]:
        found.append((whole, [row for row in cuts[WEEKDAY_HOUR] if row["hour"] == whole["hour"]]))
    return found


def find_weekday(row: Row) -> int:
    return date.fromisoformat(row["on"]).isoweekday()


def list_in(row: Row, samples: Sequence[Done]) -> list[Done]:
    return [
        one
        for one in samples
        if row["on"] in (None, one.wall.date().isoformat())
        and row["weekday"] in (None, one.wall.isoweekday())
        and row["hour"] in (None, one.wall.hour)
    ]


@pytest.mark.parametrize(
    ("values", "part", "found"),
    [
        ([], 0.5, None),
        ([7.4], 0.5, 7),
        ([1, 2, 3, 100], 0.5, 2),
        ([3, 1, 2], 0.5, 2),
        (list(range(1, 11)), 0.9, 9),
        (list(range(1, 11)), 1.0, 10),
    ],
)
def test_percentiles_are_values_that_occurred(values: list[float], part: float, found: int | None) -> None:
    assert find_percentile(values, part) == found


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_a_file_is_read_back_and_holds_no_formula(texts: list[str]) -> None:
    columns = [f"c{at}" for at in range(len(texts))]
    written = write_csv(columns, [dict(zip(columns, texts, strict=True))]).decode()
    head, row = csv.reader(io.StringIO(written, newline=""))
    assert head == columns
    assert [cell.removeprefix("'") for cell in row] == [text.removeprefix("'") for text in texts]
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0"))]


def test_a_file_shows_what_is_hidden_as_nothing() -> None:
    columns = ("cut", "on", "hidden", "sum")
    rows = [{"cut": DAY, "on": "2026-11-16", "hidden": True, "sum": None}]
    assert write_csv(columns, rows) == b"cut,on,hidden,sum\r\nday,2026-11-16,yes,\r\n"
    assert write_csv(("n",), [{"n": -1}]) == b"n\r\n-1\r\n", "a number is one"
