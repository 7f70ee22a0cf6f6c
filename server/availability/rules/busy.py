"""From busy hours of another calendar to exceptions of ours. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from server.availability.errors import CalendarTooMany
from server.availability.rules.kinds import CLOSED, PARTIAL
from server.availability.rules.reading import MOST_WINDOWS
from server.availability.rules.schedule import DatedException, Window
from server.availability.rules.windows import normalise_day

MOST_BUSY_DAYS: Final = 500
_DAY: Final = timedelta(days=1)
_WHOLE_DAY: Final = Window(time(0), time(0))


@dataclass(frozen=True, slots=True, order=True)
class Busy:
    """A piece of one local date that something else takes; `end` 00:00 is the end of that date."""

    on: date
    start: time
    end: time


def make_exceptions(busy: Iterable[Busy]) -> list[DatedException]:
    """Return the exceptions that keep these hours free, like days in a row as one; their ids are empty.

    Days that are taken as a whole are closed, of others the parts are taken off. Raises CalendarTooMany.
    """
    days = _group(busy)
    if len(days) > MOST_BUSY_DAYS or any(len(parts) > MOST_WINDOWS for parts in days.values()):
        raise CalendarTooMany()
    made: list[DatedException] = []
    for on in sorted(days):
        if made and _goes_on(made[-1], on, days[on]):
            on, last = made.pop().first, on
        else:
            last = on
        made.append(_make(on, last, days[last]))
    return made


def list_unknown(drafts: Iterable[DatedException], known: Iterable[DatedException]) -> list[DatedException]:
    """Return the drafts that say something that no known exception says already: importing twice adds nothing."""
    said = {_tell(one) for one in known}
    return [one for one in drafts if _tell(one) not in said]


def _group(busy: Iterable[Busy]) -> Mapping[date, tuple[Window, ...]]:
    days: dict[date, list[Window]] = {}
    for one in busy:
        days.setdefault(one.on, []).append(Window(one.start, one.end))
    return {on: normalise_day(parts) for on, parts in days.items()}


def _make(first: date, last: date, parts: Sequence[Window]) -> DatedException:
    if _WHOLE_DAY in parts:
        return DatedException("", CLOSED, first, last)
    return DatedException("", PARTIAL, first, last, parts=tuple(parts))


def _goes_on(before: DatedException, on: date, parts: Sequence[Window]) -> bool:
    return on == before.last + _DAY and _make(on, on, parts).parts == before.parts


def _tell(one: DatedException) -> tuple[object, ...]:
    return one.kind, one.first, one.last, one.windows, one.parts
