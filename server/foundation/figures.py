"""Figures of a team: what happened by day, weekday and hour, so that no cell shows what one person did. Pure.

A cell is shown when at least LEAST_PEOPLE different people of each side (experts, youths) are behind it. Cells that add
up to another give away the one that is missing, so more are hidden until those hidden are a crowd too; and of a hidden
cell not all parts are shown.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any, Final, Generic, TypeVar

# Of two people each knows the other's part; of three nobody does.
LEAST_PEOPLE: Final = 3
DAY, WEEKDAY, HOUR, WEEKDAY_HOUR = "day", "weekday", "hour", "weekday_hour"
CUTS: Final = (DAY, WEEKDAY, HOUR, WEEKDAY_HOUR)

Number = int | float | None
Row = dict[str, Any]
_Person = tuple[int, str]  # of a side
_Key = tuple[str, date | None, int | None, int | None]
T = TypeVar("T")
_ONE_DAY: Final = timedelta(days=1)
# What a spreadsheet takes for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


@dataclass(frozen=True, slots=True)
class Sample(Generic[T]):
    """Something that happened when the team's wall showed `wall`; `people` holds an id of each side, None of none."""

    wall: datetime
    people: tuple[str | None, ...]
    what: T


@dataclass(frozen=True, slots=True)
class Cell(Generic[T]):
    """A day, a weekday (1: Monday), an hour, or an hour of a weekday, and what happened in it."""

    cut: str
    on: date | None = None
    weekday: int | None = None
    hour: int | None = None
    samples: list[Sample[T]] = field(default_factory=list)


def list_rows(
    samples: Iterable[Sample[T]],
    first: date,
    last: date,
    measure: Callable[[Sequence[Sample[T]]], Mapping[str, Number]],
    cuts: Sequence[str] = CUTS,
    *,
    open_names: Collection[str] = (),
) -> list[Row]:
    """Return a row for every cell of these cuts between two days, both included; numbers are null where hidden.

    `open_names` are the numbers that tell of nobody and are never hidden.
    """
    cells = _fill_cells(samples, first, last, cuts)
    hidden = _find_hidden(cells)
    return [_draw_row(cell, measure(cell.samples), at in hidden, open_names) for at, cell in enumerate(cells)]


def is_crowd(samples: Iterable[Sample[T]]) -> bool:
    """Tell whether every side that took part has at least LEAST_PEOPLE different people in these samples."""
    return _are_crowd(_list_people(samples))


def find_percentile(values: Iterable[float], part: float) -> int | None:
    """Return the smallest value, rounded, that this part (0.5: the median) of them does not exceed; None of none."""
    ordered = sorted(values)
    return round(ordered[max(ceil(len(ordered) * part), 1) - 1]) if ordered else None


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as RFC 4180 has it, in UTF-8; no cell can be a formula, what is hidden is empty."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_show_cell(row[name]) for name in columns] for row in rows)
    return written.getvalue().encode()


def _fill_cells(samples: Iterable[Sample[T]], first: date, last: date, cuts: Sequence[str]) -> list[Cell[T]]:
    cells = {_find_key(cell): cell for cut in cuts for cell in _list_empty(cut, first, last)}
    for sample in samples:
        on, hour = sample.wall.date(), sample.wall.hour
        weekday = on.isoweekday()
        keys = ((DAY, on, None, None), (WEEKDAY, None, weekday, None), (HOUR, None, None, hour))
        for key in (*keys, (WEEKDAY_HOUR, None, weekday, hour)):
            if key in cells:
                cells[key].samples.append(sample)
    return list(cells.values())


def _list_empty(cut: str, first: date, last: date) -> list[Any]:
    if cut == DAY:
        return [Cell(DAY, on=first + _ONE_DAY * number) for number in range((last - first).days + 1)]
    if cut == WEEKDAY:
        return [Cell(WEEKDAY, weekday=day) for day in range(1, 8)]
    if cut == HOUR:
        return [Cell(HOUR, hour=hour) for hour in range(24)]
    return [Cell(WEEKDAY_HOUR, weekday=day, hour=hour) for day in range(1, 8) for hour in range(24)]


@dataclass(frozen=True, slots=True)
class _Sum:
    """Cells (by their places in a list) that add up to another one (`whole`), or to everything (None)."""

    whole: int | None
    parts: Sequence[int]


def _find_hidden(cells: Sequence[Cell[T]]) -> set[int]:
    """Return which cells may not be shown: those without a crowd, and more until no sum gives one of them away."""
    people = [_list_people(cell.samples) for cell in cells]
    hidden = {at for at, found in enumerate(people) if not _are_crowd(found)}
    sums, before = _list_sums(cells), -1
    while before != len(hidden):
        before = len(hidden)
        for one in sums:
            _hide_more(people, one, hidden)
    return hidden


def _hide_more(people: Sequence[frozenset[_Person]], one: _Sum, hidden: set[int]) -> None:
    """Hide the smallest parts that are shown until those hidden together are a crowd, and some are where the whole is
    hidden; or until all are."""
    away = frozenset[_Person]().union(*(people[at] for at in one.parts if at in hidden))
    shown = sorted((at for at in one.parts if at not in hidden and people[at]), key=lambda at: -len(people[at]))
    while shown and not (_are_crowd(away) and (away or one.whole not in hidden)):
        hidden.add(shown[-1])
        away |= people[shown.pop()]


def _list_sums(cells: Sequence[Cell[T]]) -> list[_Sum]:
    """Return which cells add up to everything, to a weekday, to an hour."""
    places = {_find_key(cell): at for at, cell in enumerate(cells)}
    groups: dict[tuple[str, int | None, int | None], list[int]] = {}
    for at, cell in enumerate(cells):
        weekday = cell.on.isoweekday() if cell.on else cell.weekday
        keys = {(cell.cut, None, None), (cell.cut, weekday, None), (cell.cut, None, cell.hour)}
        for key in keys if cell.cut in (DAY, WEEKDAY_HOUR) else {(cell.cut, None, None)}:
            groups.setdefault(key, []).append(at)
    return [_Sum(places.get(_find_whole(key)), parts) for key, parts in groups.items()]


def _find_whole(group: tuple[str, int | None, int | None]) -> _Key:
    _, weekday, hour = group
    return (WEEKDAY, None, weekday, None) if weekday is not None else (HOUR, None, None, hour)


def _find_key(cell: Cell[T]) -> _Key:
    return cell.cut, cell.on, cell.weekday, cell.hour


def _draw_row(cell: Cell[T], numbers: Mapping[str, Number], hidden: bool, open_names: Collection[str]) -> Row:
    place = {
        "cut": cell.cut,
        "on": cell.on.isoformat() if cell.on else None,
        "weekday": cell.weekday,
        "hour": cell.hour,
        "hidden": hidden,
    }
    shown = {name: number if not hidden or name in open_names else None for name, number in numbers.items()}
    return place | shown


def _list_people(samples: Iterable[Sample[T]]) -> frozenset[_Person]:
    return frozenset((side, who) for one in samples for side, who in enumerate(one.people) if who is not None)


def _are_crowd(people: Iterable[_Person]) -> bool:
    sides: dict[int, int] = {}
    for side, _ in people:
        sides[side] = sides.get(side, 0) + 1
    return all(number >= LEAST_PEOPLE for number in sides.values())


def _show_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
