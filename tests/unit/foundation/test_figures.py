"""Figures show what a team did and never what one person did."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import combinations

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
PEOPLE = st.sampled_from("abcde")
DAYS, HOURS = (0, 1, 2, 7), (19, 20, 21)
PRIME = 2_147_483_647


def make_sample(day: int = 0, hour: int = 21, person: str | None = "ben", amount: int = 1) -> Done:
    wall = datetime(2026, 11, 16, hour) + timedelta(days=day)  # noqa: DTZ001  a wall time
    return Sample(wall, (person,), amount)


def make_pair(day: int, hour: int, expert: str, youth: str) -> Done:
    return Sample(make_sample(day, hour).wall, (expert, youth), 1)


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


@settings(max_examples=100, deadline=None)
@given(st.lists(st.builds(make_pair, st.sampled_from(DAYS), st.sampled_from(HOURS), PEOPLE, PEOPLE), max_size=24))
def test_nothing_follows_of_hidden_cells_of_fewer_than_three(samples: list[Done]) -> None:
    # Who asks may add and subtract all rows, knows how much there was in all, and which days and hours are empty.
    rows = list_rows(samples, MONDAY, LATER_SUNDAY, measure)
    shown = [row for row in rows if not row["hidden"]]
    assert all(is_crowd(list_in(row, samples)) for row in shown)
    empty = [row for row in shown if not list_in(row, samples)]
    atoms = [atom for atom in list_atoms() if not any(holds(row, atom) for row in empty)]
    known = draw_sums(shown, atoms) + ([[1] * len(atoms)] if is_crowd(samples) else [])
    for side in (0, 1):
        behind = [(row, {one.people[side] for one in list_in(row, samples)}) for row in rows if row["hidden"]]
        for few in combinations("abcde", 2):
            theirs = draw_sums([row for row, people in behind if people <= {*few}], atoms)
            assert count_rank(known + theirs) == count_rank(known) + count_rank(theirs), (side, few)


def draw_sums(rows: list[Row], atoms: list[tuple[date, int]]) -> list[list[int]]:
    """Return for each row which hours of days it adds up."""
    return [[int(holds(row, atom)) for atom in atoms] for row in rows if any(holds(row, atom) for atom in atoms)]


def list_atoms() -> list[tuple[date, int]]:
    return [(MONDAY + timedelta(days=day), hour) for day in DAYS for hour in HOURS]


def holds(row: Row, atom: tuple[date, int]) -> bool:
    on, hour = atom
    place = {"on": on.isoformat(), "weekday": on.isoweekday(), "hour": hour}
    return all(row[name] in (None, value) for name, value in place.items())


def count_rank(rows: list[list[int]]) -> int:
    """Return how many of these rows are no sum of the others, by elimination over a field of whole numbers."""
    left, rank = [[value % PRIME for value in row] for row in rows], 0
    for at in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in left if row[at]), None)
        if pivot is None:
            continue
        rank, by = rank + 1, pow(pivot[at], -1, PRIME)
        left = [subtract(row, pivot, row[at] * by) if row[at] else row for row in left if row is not pivot]
    return rank


def subtract(row: list[int], pivot: list[int], times: int) -> list[int]:
    return [(value - times * other) % PRIME for value, other in zip(row, pivot, strict=True)]


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
