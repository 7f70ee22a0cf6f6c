"""Minutes of an ordinary week that two people share: over midnight, over the end of the week, between zones."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfoNotFoundError

import pytest

from server.availability.rules.schedule import AROUND_THE_CLOCK, WeeklyWindow
from server.buddies.rules.overlap import count_shared_minutes, lay_out_week

WINTER, SUMMER = date(2026, 1, 14), date(2026, 7, 1)
CLOCK_FORWARD, CLOCK_BACK = date(2026, 3, 29), date(2026, 10, 25)
AMSTERDAM, CURACAO, KATHMANDU = "Europe/Amsterdam", "America/Curacao", "Asia/Kathmandu"


def share(one: WeeklyWindow, other: WeeklyWindow, zones: tuple[str, str] = (AMSTERDAM,) * 2, on: date = WINTER) -> int:
    """Return the minutes that two people with one window each share."""
    return count_shared_minutes(lay_out_week([one], zones[0], on), lay_out_week([other], zones[1], on))


@pytest.mark.parametrize(
    ("one", "other", "minutes"),
    [
        (WeeklyWindow(1, time(19), time(22)), WeeklyWindow(1, time(20), time(23)), 120),
        (WeeklyWindow(1, time(19), time(22)), WeeklyWindow(2, time(19), time(22)), 0),
        (WeeklyWindow(1, time(19), time(20)), WeeklyWindow(1, time(20), time(21)), 0),
        (WeeklyWindow(1, time(23), time(1)), WeeklyWindow(2, time(0), time(2)), 60),
        (WeeklyWindow(7, time(23), time(1)), WeeklyWindow(1, time(0), time(2)), 60),
        (WeeklyWindow(3, time(), time()), WeeklyWindow(3, time(19), time(22)), 180),
        (WeeklyWindow(3, time(12), time(12)), WeeklyWindow(4, time(11), time(13)), 60),
    ],
)
@pytest.mark.parametrize("on", [WINTER, SUMMER, CLOCK_FORWARD, CLOCK_BACK])
def test_two_of_one_zone_are_compared_by_their_wall_clocks(
    one: WeeklyWindow, other: WeeklyWindow, minutes: int, on: date
) -> None:
    assert share(one, other, on=on) == share(other, one, on=on) == minutes


def test_two_zones_are_compared_as_they_are_apart_that_day() -> None:
    evening, afternoon = WeeklyWindow(1, time(20), time(22)), WeeklyWindow(1, time(15), time(17))
    assert share(evening, afternoon, (AMSTERDAM, CURACAO), WINTER) == 120
    assert share(evening, afternoon, (AMSTERDAM, CURACAO), SUMMER) == 60
    # On the day of the change the new time counts already.
    assert share(evening, afternoon, (AMSTERDAM, CURACAO), CLOCK_FORWARD) == 60
    assert share(evening, afternoon, (AMSTERDAM, CURACAO), CLOCK_BACK) == 120


def test_an_offset_may_be_three_quarters_of_an_hour() -> None:
    sunday, monday = WeeklyWindow(7, time(20), time(21)), WeeklyWindow(1, time(0, 45), time(1, 45))
    assert share(sunday, monday, (AMSTERDAM, KATHMANDU)) == 60


def test_windows_that_overlap_are_counted_once() -> None:
    evening = WeeklyWindow(1, time(19), time(22))
    week = lay_out_week([evening, evening, WeeklyWindow(1, time(20), time(23))], AMSTERDAM, WINTER)
    assert week.bit_count() == 240
    assert lay_out_week(AROUND_THE_CLOCK, AMSTERDAM, WINTER).bit_count() == 7 * 24 * 60
    assert lay_out_week([], AMSTERDAM, WINTER) == 0


def test_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        lay_out_week([], "Europe/Nowhere", WINTER)
