"""Shifts as instants, and what a roster leaves open."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.availability.rules.rosters import Span, find_gaps, find_span, list_times_on_shift, merge_spans, place_shift
from server.availability.rules.schedule import PAUSE, Absence, Closure, Schedule, Shift

AMSTERDAM, NEW_YORK, KATHMANDU = "Europe/Amsterdam", "America/New_York", "Asia/Kathmandu"
EPOCH = datetime(2026, 11, 17, tzinfo=UTC)


def hours(first: int, last: int) -> Span:
    return EPOCH + timedelta(hours=first), EPOCH + timedelta(hours=last)


spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda one: hours(one[0], one[0] + one[1])), max_size=8
)


@given(wanted=spans, covered=spans)
def test_a_gap_is_what_is_wanted_and_not_covered(wanted: list[Span], covered: list[Span]) -> None:
    gaps = find_gaps(wanted, covered)
    for hour in range(60):
        at = EPOCH + timedelta(hours=hour, minutes=30)
        expected = any(a <= at < b for a, b in wanted) and not any(a <= at < b for a, b in covered)
        assert any(a <= at < b for a, b in gaps) == expected
    assert all(a < b for a, b in gaps)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(gaps))


@given(given=spans)
def test_merging_keeps_the_time_and_merges_all(given: list[Span]) -> None:
    merged = merge_spans(given)
    assert merge_spans(merged) == merged
    assert find_gaps(given, merged) == find_gaps(merged, given) == []


def test_a_shift_over_midnight_and_one_of_a_whole_day() -> None:
    night = Shift("n", "duty", date(2026, 11, 17), time(22), time(2))
    day = Shift("d", "duty", date(2026, 11, 17), time(0), time(0))
    assert find_span(night, AMSTERDAM) == (EPOCH + timedelta(hours=21), EPOCH + timedelta(hours=25))
    assert find_span(day, AMSTERDAM) == (EPOCH - timedelta(hours=1), EPOCH + timedelta(hours=23))


@pytest.mark.parametrize("into", [AMSTERDAM, NEW_YORK, KATHMANDU, "Pacific/Apia"])
@pytest.mark.parametrize("on", [date(2026, 10, 24), date(2026, 10, 25), date(2027, 3, 27), date(2027, 3, 28)])
@pytest.mark.parametrize(("start", "end"), [(time(19), time(23)), (time(22), time(6)), (time(0), time(0))])
def test_a_shift_in_another_zone_lasts_over_the_same_instants(into: str, on: date, start: time, end: time) -> None:
    shift = Shift("s", "duty", on, start, end)
    schedule = Schedule(into, shifts=tuple(place_shift(shift, AMSTERDAM, into)))
    begin, finish = find_span(shift, AMSTERDAM)
    around = timedelta(days=2)
    stands = list(list_times_on_shift(schedule, "duty", begin - around, finish + around))
    assert merge_spans(stands) == [(begin, finish)]


def test_absence_and_pause_are_taken_off() -> None:
    shifts = tuple(Shift(str(day), "on_call", date(2026, 11, day), time(19), time(23)) for day in (17, 18))
    pause = Closure(EPOCH + timedelta(hours=19), EPOCH + timedelta(hours=20), PAUSE, "pause:1")
    away = Absence("a", date(2026, 11, 18), date(2026, 11, 18))
    schedule = Schedule(AMSTERDAM, shifts=shifts, closures=(pause,), absences=(away,))
    stands = list(list_times_on_shift(schedule, "on_call", *hours(0, 72)))
    assert stands == [hours(18, 19), hours(20, 22)]
    assert list(list_times_on_shift(schedule, "duty", *hours(0, 72))) == []
