"""The same hours are always written the same way."""

from __future__ import annotations

from datetime import time

import pytest

from server.availability.rules.schedule import WeeklyWindow, Window
from server.availability.rules.windows import normalise_day, normalise_windows

DAYS = {name: number for number, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), start=1)}


def make_weekly(text: str) -> list[WeeklyWindow]:
    """Return windows from "Mon 19:00-22:00, Tue …"."""
    pairs = [part.split() for part in text.split(", ") if part]
    return [WeeklyWindow(DAYS[name], one.start, one.end) for name, times in pairs for one in make_day(times)]


def make_day(text: str) -> list[Window]:
    """Return windows from "19:00-22:00, …"."""
    pairs = [part.split("-") for part in text.split(", ") if part]
    return [Window(time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs]


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("Wed 19:00-22:00, Mon 19:00-22:00", "Mon 19:00-22:00, Wed 19:00-22:00", id="sorted"),
        pytest.param("Mon 19:00-22:00, Mon 19:00-22:00", "Mon 19:00-22:00", id="twice the same"),
        pytest.param("Mon 19:00-21:00, Mon 20:00-22:00", "Mon 19:00-22:00", id="overlapping"),
        pytest.param("Mon 19:00-22:00, Mon 20:00-21:00", "Mon 19:00-22:00", id="one inside the other"),
        pytest.param("Mon 19:00-20:00, Mon 20:00-22:00", "Mon 19:00-22:00", id="touching"),
        pytest.param("Mon 19:00-19:59, Mon 20:00-22:00", "Mon 19:00-19:59, Mon 20:00-22:00", id="a minute between"),
        pytest.param("Mon 22:00-00:00, Tue 00:00-02:00", "Mon 22:00-02:00", id="touching at midnight"),
        pytest.param("Mon 22:00-02:00, Tue 01:00-03:00", "Mon 22:00-03:00", id="overlapping over midnight"),
        pytest.param("Sun 22:00-00:00, Mon 00:00-02:00", "Sun 22:00-02:00", id="touching at the week's end"),
        pytest.param("Sun 22:00-02:00, Mon 01:00-03:00", "Sun 22:00-03:00", id="overlapping over the week's end"),
        pytest.param("Mon 00:00-00:00", "Mon 00:00-00:00", id="a whole day"),
        pytest.param("Sun 00:00-00:00", "Sun 00:00-00:00", id="a whole Sunday"),
        pytest.param("Mon 18:00-18:00", "Mon 18:00-00:00, Tue 00:00-18:00", id="24 hours"),
        pytest.param("Mon 18:00-17:59", "Mon 18:00-17:59", id="a minute less"),
        pytest.param(
            "Fri 18:00-12:00, Sat 12:00-08:00",
            "Fri 18:00-00:00, Sat 00:00-00:00, Sun 00:00-08:00",
            id="longer than a day",
        ),
        pytest.param(
            "Sat 18:00-12:00, Sun 12:00-08:00",
            "Mon 00:00-08:00, Sat 18:00-00:00, Sun 00:00-00:00",
            id="longer than a day over the week's end",
        ),
        pytest.param(
            ", ".join(f"{name} 12:00-12:00" for name in DAYS),
            ", ".join(f"{name} 00:00-00:00" for name in DAYS),
            id="around the clock",
        ),
    ],
)
def test_weekly_windows_have_one_form(written: str, normal: str) -> None:
    found = normalise_windows(make_weekly(written))
    assert list(found) == make_weekly(normal)
    assert normalise_windows(found) == found


def test_a_minute_short_of_the_whole_week_is_no_whole_week() -> None:
    around = [WeeklyWindow(number, time(), time()) for number in range(1, 7)]
    found = normalise_windows([*around, WeeklyWindow(7, time(0), time(23, 59))])
    assert found[-1] == WeeklyWindow(7, time(0), time(23, 59))
    assert found[:-1] == tuple(around)


def test_moments_within_a_minute_count() -> None:
    found = normalise_windows([WeeklyWindow(1, time(19), time(20)), WeeklyWindow(1, time(20, 0, 0, 1), time(21))])
    assert len(found) == 2


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("19:00-20:00, 10:00-12:00", "10:00-12:00, 19:00-20:00", id="sorted"),
        pytest.param("10:00-12:00, 12:00-13:00, 12:30-14:00", "10:00-14:00", id="merged"),
        pytest.param("22:00-00:00, 00:00-02:00", "00:00-02:00, 22:00-00:00", id="a day is no ring"),
        pytest.param("22:00-02:00, 23:00-03:00", "22:00-03:00", id="merged over midnight"),
        pytest.param("00:00-00:00", "00:00-00:00", id="a whole day"),
        pytest.param("00:00-00:00, 22:00-02:00", "00:00-23:59, 23:59-02:00", id="a whole day and more"),
        pytest.param("08:00-20:00, 20:00-08:00", "08:00-23:59, 23:59-08:00", id="24 hours"),
        pytest.param("08:00-20:00, 20:00-12:00", "08:00-23:59, 23:59-12:00", id="longer than a day"),
        pytest.param("08:00-20:00, 20:00-07:59", "08:00-07:59", id="a minute less than a day"),
        pytest.param("23:59-23:59", "23:59-23:59", id="too late to be cut"),
    ],
)
def test_the_windows_of_a_day_have_one_form(written: str, normal: str) -> None:
    found = normalise_day(make_day(written))
    assert list(found) == make_day(normal)
    assert normalise_day(found) == found
