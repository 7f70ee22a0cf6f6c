"""From the wall to instants, on ordinary days and where a time is missing or doubled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from server.availability.rules.wall_clock import find_instant, list_steady_ranges, read_wall


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        pytest.param("Europe/Amsterdam", "2026-01-14T19:00", "2026-01-14T18:00", id="an ordinary evening"),
        pytest.param("Europe/Amsterdam", "2026-03-29T01:59:59.999999", "2026-03-29T00:59:59.999999", id="before it"),
        pytest.param("Europe/Amsterdam", "2026-03-29T02:00", "2026-03-29T01:00", id="the first missing instant"),
        pytest.param("Europe/Amsterdam", "2026-03-29T02:30", "2026-03-29T01:00", id="in the missing hour"),
        pytest.param("Europe/Amsterdam", "2026-03-29T02:59:59.999999", "2026-03-29T01:00", id="the last missing one"),
        pytest.param("Europe/Amsterdam", "2026-03-29T03:00", "2026-03-29T01:00", id="the jump itself"),
        pytest.param("Europe/Amsterdam", "2026-10-25T02:30", "2026-10-25T00:30", id="the first of the doubled"),
        pytest.param("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30", id="in the missing half hour"),
        pytest.param("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00", id="on the missing date"),
        pytest.param("Asia/Kathmandu", "1986-01-01T00:10", "1985-12-31T18:30", id="in the missing quarter"),
    ],
)
def test_a_time_on_the_wall_is_an_instant(zone: str, wall: str, instant: str) -> None:
    assert find_instant(datetime.fromisoformat(wall), zone) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_the_second_of_the_doubled_times_shows_the_same() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert read_wall(first, "Europe/Amsterdam") == read_wall(first + timedelta(hours=1), "Europe/Amsterdam")


def test_ranges_between_changes_fill_the_time_and_show_what_the_wall_shows() -> None:
    begin, end = datetime(2011, 12, 26, tzinfo=UTC), datetime(2012, 4, 10, tzinfo=UTC)
    ranges = list_steady_ranges("Pacific/Apia", begin, end)

    assert [one.begin for one in ranges] == [
        begin,
        datetime(2011, 12, 30, 10, tzinfo=UTC),
        datetime(2012, 3, 31, 14, tzinfo=UTC),
    ]
    assert [one.end for one in ranges] == [*(one.begin for one in ranges[1:]), end]
    for one in ranges:
        for at in (one.begin, one.end - timedelta(microseconds=1)):
            assert one.read_wall(at) == at.astimezone(ZoneInfo("Pacific/Apia")).replace(tzinfo=None, fold=0)
            assert one.find_instant(one.read_wall(at)) == at


def test_two_changes_within_a_fortnight_are_both_found() -> None:
    # Recife tried summer time for a week.
    ranges = list_steady_ranges("America/Recife", datetime(2000, 10, 1, tzinfo=UTC), datetime(2000, 10, 22, tzinfo=UTC))
    assert [one.offset for one in ranges] == [timedelta(hours=-3), timedelta(hours=-2), timedelta(hours=-3)]


def test_a_change_at_either_end_belongs_to_the_later_range() -> None:
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    before = list_steady_ranges("Europe/Amsterdam", jump - timedelta(days=7), jump)
    after = list_steady_ranges("Europe/Amsterdam", jump, jump + timedelta(days=7))
    assert [one.offset for one in (*before, *after)] == [timedelta(hours=1), timedelta(hours=2)]


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        find_instant(datetime(2026, 1, 14, 19), "Europe/Nowhere")  # noqa: DTZ001  (wall time)
