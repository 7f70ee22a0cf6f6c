"""Minutes of contact, and what the caps see in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from server.availability.rules.caps import Usage
from server.availability.rules.usage import find_minute, find_usage, measure_contact

AT = datetime(2026, 11, 17, 19, 30, 59, 999999, tzinfo=UTC)
MINUTE = find_minute(AT)
WEDNESDAY = date(2026, 11, 18)


@pytest.mark.parametrize(("gap", "minutes"), [(1, 1), (7, 7), (15, 15), (16, 1), (600, 1), (0, 1), (-5, 1)])
def test_the_minutes_of_a_running_talk_count(gap: int, minutes: int) -> None:
    assert measure_contact(MINUTE, MINUTE - timedelta(minutes=gap), talk_minutes=15) == minutes


def test_the_first_message_counts_for_its_minute() -> None:
    assert AT.replace(second=0, microsecond=0) == MINUTE
    assert measure_contact(MINUTE, None, talk_minutes=15) == 1


@pytest.mark.parametrize(
    ("days_ago", "row"), [([], 0), ([0], 1), ([1], 1), ([2], 0), ([0, 1, 2], 3), ([1, 2, 3], 3), ([0, 2, 3], 1)]
)
def test_evenings_in_a_row_end_with_this_one_or_the_one_before(days_ago: list[int], row: int) -> None:
    used = {WEDNESDAY - timedelta(days=one): 10 for one in days_ago}
    assert find_usage(used, WEDNESDAY).evenings_in_row == row


def test_a_week_begins_with_mondays_evening() -> None:
    used = {WEDNESDAY - timedelta(days=ago): 10**ago for ago in range(4)}
    assert find_usage(used, WEDNESDAY) == Usage(minutes_this_evening=1, evenings_in_row=4, minutes_this_week=111)
    assert find_usage(used, WEDNESDAY - timedelta(days=2)).minutes_this_week == 100
