"""Busy hours of another calendar as exceptions."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from server.availability.errors import CalendarTooMany
from server.availability.rules.busy import MOST_BUSY_DAYS, Busy, list_unknown, make_exceptions
from server.availability.rules.schedule import DatedException, Window

MONDAY = date(2026, 11, 16)
MIDNIGHT = time(0)


def on(day: int, start: time = time(20), end: time = time(21)) -> Busy:
    return Busy(MONDAY + timedelta(days=day), start, end)


def tell(made: list[DatedException]) -> list[tuple[str, int, int, tuple[Window, ...]]]:
    return [(one.kind, (one.first - MONDAY).days, (one.last - MONDAY).days, one.parts) for one in made]


def test_like_days_in_a_row_are_one() -> None:
    part = (Window(time(20), time(21)),)
    assert tell(make_exceptions([on(0), on(2), on(1), on(4)])) == [("partial", 0, 2, part), ("partial", 4, 4, part)]


def test_parts_of_a_day_are_merged_and_a_full_day_is_closed() -> None:
    morning, rest = on(0, MIDNIGHT, time(12)), on(0, time(12), MIDNIGHT)
    assert tell(make_exceptions([morning, rest, on(1, MIDNIGHT, MIDNIGHT)])) == [("closed", 0, 1, ())]
    assert tell(make_exceptions([on(0), on(0, time(20, 30), time(22))])) == [
        ("partial", 0, 0, (Window(time(20), time(22)),))
    ]


def test_there_is_an_end_to_what_is_taken_over() -> None:
    assert len(make_exceptions(on(day) for day in range(MOST_BUSY_DAYS))) == 1
    with pytest.raises(CalendarTooMany):
        make_exceptions(on(day) for day in range(MOST_BUSY_DAYS + 1))
    with pytest.raises(CalendarTooMany):
        make_exceptions(on(0, time(at // 6, at % 6 * 10), time(at // 6, at % 6 * 10 + 5)) for at in range(71))


def test_what_is_known_already_is_not_said_again() -> None:
    drafts = make_exceptions([on(0), on(5)])
    assert list_unknown(drafts, drafts[:1]) == drafts[1:]
    other = DatedException("x", "exam", drafts[0].first, drafts[0].last, parts=drafts[0].parts)
    assert list_unknown(drafts, [other]) == drafts
