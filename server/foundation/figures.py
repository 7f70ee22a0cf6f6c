"""Figures of a team: what happened by day, weekday and hour, so that no cell shows what one person did. Pure.

A cell is shown when at least LEAST_PEOPLE different people of each side (experts, youths) are behind it. Cells that add
up to another give away the one that is missing, so more are hidden until no sum and no difference of what is shown
tells of hidden cells behind which fewer stand.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import combinations
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
_A_MONDAY: Final = date(2001, 1, 1)
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


def find_hidden_parts(parts: Sequence[Collection[Sample[T]]]) -> set[int]:
    """Return which of these parts of one whole may not be shown, as `list_rows` hides cells."""
    return _hide_cells([(_START, _END)] * len(parts), [_list_people(one) for one in parts], [])


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


# A place where cells meet: all that comes in by some goes out by others, so one of them is what the others make.
_Node = tuple[str, int | None]
_Edge = tuple[_Node, _Node]
_START: Final[_Node] = ("start", None)
_END: Final[_Node] = ("end", None)


def _find_hidden(cells: Sequence[Cell[T]]) -> set[int]:
    """Return which cells may not be shown: those without a crowd, and more until no sum gives one of them away.

    All cells of a cut add up to the same: from start to end what happened flows through days, weekdays, the hours of
    weekdays and hours. A cut that is not drawn is a flow that nobody knows.
    """
    edges = [_find_edge(cell) for cell in cells]
    joined = [edge for cut in CUTS if cut not in {cell.cut for cell in cells} for edge in _list_edges(cut)]
    return _hide_cells(edges, [_list_people(cell.samples) for cell in cells], joined)


def _find_edge(cell: Cell[T]) -> _Edge:
    day = ("day", cell.on.isoweekday() if cell.on else cell.weekday)
    weekday, hour = ("weekday", cell.weekday), ("hour", cell.hour)
    return {DAY: (_START, day), WEEKDAY: (day, weekday), WEEKDAY_HOUR: (weekday, hour), HOUR: (hour, _END)}[cell.cut]


def _list_edges(cut: str) -> list[_Edge]:
    return [_find_edge(cell) for cell in _list_empty(cut, _A_MONDAY, _A_MONDAY + _ONE_DAY * 6)]


def _hide_cells(edges: Sequence[_Edge], people: Sequence[frozenset[_Person]], joined: Sequence[_Edge]) -> set[int]:
    """Return the places of the cells to hide so that from those shown nothing follows of hidden cells behind which
    fewer than LEAST_PEOPLE of a side stand, whatever is added or subtracted.

    What everything adds up to is taken for known.
    """
    hidden = {at for at, found in enumerate(people) if not _are_crowd(found)}
    for side in sorted({side for found in people for side, _ in found}):
        of_side = [frozenset(one for one in found if one[0] == side) for found in people]
        _hide_more(edges, of_side, joined, hidden)
    return hidden


def _hide_more(
    edges: Sequence[_Edge], people: Sequence[frozenset[_Person]], joined: Sequence[_Edge], hidden: set[int]
) -> None:
    """Hide shown cells as well that give away hidden ones of a few people of this side.

    Hidden cells of others make their ends one place, for nobody knows what flows there. Where what is left, the few's
    hidden cells, meets shown ones at a place, the smallest shown one gives them away. One that is hidden for these few
    is one of others for all: who was safe stays so.
    """
    places = {one: one for edge in (*edges, *joined) for one in edge}
    places = _join_places(places, [*joined, *(edges[at] for at in hidden if len(people[at]) >= LEAST_PEOPLE)])
    small = [at for at in hidden if 0 < len(people[at]) < LEAST_PEOPLE]
    alone = sorted(frozenset[_Person]().union(*(people[at] for at in small)))
    for few in map(frozenset, combinations(alone, min(len(alone), LEAST_PEOPLE - 1))):
        now = _join_places(places, (edges[at] for at in small if not people[at] <= few))
        theirs = [edges[at] for at in small if people[at] <= few]
        while (giver := _find_giver(edges, people, hidden, theirs, now)) is not None:
            hidden.add(giver)
            places, now = _join_places(places, [edges[giver]]), _join_places(now, [edges[giver]])


def _find_giver(
    edges: Sequence[_Edge],
    people: Sequence[frozenset[_Person]],
    hidden: Collection[int],
    theirs: Iterable[_Edge],
    places: Mapping[_Node, _Node],
) -> int | None:
    """Return the smallest shown cell that meets one of theirs at a place, or None."""
    met = {places[one] for edge in theirs if _is_open(edge, places) for one in edge}
    shown = [at for at, found in enumerate(people) if found and at not in hidden] if met else []
    givers = [at for at in shown if _is_open(edges[at], places) and met & {places[one] for one in edges[at]}]
    return min(givers, key=lambda at: (len(people[at]), -at), default=None)


def _is_open(edge: _Edge, places: Mapping[_Node, _Node]) -> bool:
    return places[edge[0]] != places[edge[1]]


def _join_places(places: dict[_Node, _Node], edges: Iterable[_Edge]) -> dict[_Node, _Node]:
    """Return what stands for every place once the ends of these edges are one place."""
    left = len(set(places.values()))
    for one, other in edges:
        if left == 1:
            break
        gone, stays = places[one], places[other]
        if gone != stays:
            places = {place: stays if found == gone else found for place, found in places.items()}
            left -= 1
    return places


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
