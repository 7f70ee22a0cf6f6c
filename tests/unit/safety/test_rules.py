"""The pure rules of the chain: who is called, when the next step is due, when a page is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.availability.public_holidays import list_days_off
from server.safety.errors import SafetySetting
from server.safety.rules.chains import DEFAULTS, LAST_RESORT, Step, freeze_chain, restore_chain
from server.safety.rules.levels import LEVELS, MOST_REPEATS, find_higher, find_repeat, is_higher, may_break_silence
from server.safety.rules.rosters import Roster, choose_called
from server.safety.rules.settings import BOUNDS, SafetySettings, read_settings, show_settings
from server.safety.rules.stepping import MOST_TRIES, find_next_step, find_retry, find_working_moment
from server.safety.rules.trials import is_over, is_proven

AMSTERDAM = "Europe/Amsterdam"
NOW = datetime(2026, 11, 17, 19, 30, tzinfo=UTC)
ROSTER = Roster(coordinators=["a", "b", "c"], on_call=["b", "x"], coming=["c", "y", "a"])


def test_levels_rise() -> None:
    assert [is_higher(one, than) for one in LEVELS for than in LEVELS].count(True) == 3
    assert find_higher("urgent", "concern") == find_higher("concern", "urgent") == "urgent"
    assert [may_break_silence(one) for one in LEVELS] == [False, False, True]


@pytest.mark.parametrize(
    ("step", "called", "excluded", "chosen"),
    [
        (Step("on_call"), (), (), ["b"]),  # x is no coordinator
        (Step("on_call"), ("b",), (), ["b"]),
        (Step("on_call"), (), ("b",), []),
        (Step("next_on_call"), (), (), ["b"]),
        (Step("next_on_call"), ("b",), (), ["c"]),
        (Step("next_on_call"), ("b", "c"), (), ["a"]),
        (Step("next_on_call"), ("b",), ("c",), ["a"]),
        (Step("next_on_call"), ("a", "b", "c"), (), []),
        (Step("coordinators"), ("a",), ("c",), ["a", "b"]),
        (Step("fallback", people=("c", "gone", "x")), (), (), ["c"]),
        (Step("last_resort"), (), (), []),
    ],
)
def test_whom_a_step_calls(step: Step, called: tuple[str, ...], excluded: tuple[str, ...], chosen: list[str]) -> None:
    assert choose_called(step, ROSTER, called, excluded) == chosen


def test_the_houses_own_chains_end_with_the_last_resort() -> None:
    assert DEFAULTS.keys() == set(LEVELS)
    assert {steps[-1].kind for steps in DEFAULTS.values()} == {LAST_RESORT}


def test_frozen_it_has_an_end_whatever_the_data_says() -> None:
    for forgotten in ((), (Step("on_call", 3),), (Step(LAST_RESORT), Step("on_call", 3))):
        frozen = freeze_chain("emergency", 4, forgotten)
        steps = restore_chain(frozen["steps"])
        assert [one.kind for one in steps].count(LAST_RESORT) == 1
        assert steps[-1].kind == LAST_RESORT
    assert (frozen["level"], frozen["version"]) == ("emergency", 4)


def test_when_the_next_step_is_due() -> None:
    assert find_next_step(Step("on_call", 3), "emergency", NOW, AMSTERDAM) == NOW + timedelta(minutes=3)
    assert find_next_step(Step(LAST_RESORT), "emergency", NOW, AMSTERDAM) == NOW + timedelta(minutes=10)
    assert find_next_step(Step("on_call"), "concern", NOW, AMSTERDAM) == find_working_moment(NOW, AMSTERDAM)


@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        ("2026-11-17T03:00", "2026-11-17T09:00"),
        ("2026-11-17T08:00", "2026-11-17T09:00"),
        ("2026-11-17T08:01", "2026-11-17T13:00"),  # less than an hour: who is paged gets time to look
        ("2026-11-17T12:30", "2026-11-18T09:00"),
        ("2026-11-20T20:00", "2026-11-23T09:00"),  # Friday evening
        ("2026-11-22T23:59", "2026-11-23T09:00"),
        ("2026-03-29T01:30", "2026-03-30T09:00"),  # the night in which the clock jumps
        ("2026-10-23T22:00", "2026-10-26T09:00"),  # a weekend in which it falls back
    ],
)
def test_working_moments_stand_on_the_teams_wall_clock(wall: str, moment: str) -> None:
    zone = ZoneInfo(AMSTERDAM)
    found = find_working_moment(datetime.fromisoformat(wall).replace(tzinfo=zone).astimezone(UTC), AMSTERDAM)
    assert found.astimezone(zone).replace(tzinfo=None) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("wall", "moment"),
    [
        ("2026-12-24T20:00", "2026-12-28T09:00"),  # both days of Christmas, then a weekend
        ("2027-03-25T12:30", "2027-03-30T09:00"),  # Good Friday to Easter Monday
        ("2026-12-31T23:30", "2027-01-04T09:00"),
        ("2027-04-26T20:00", "2027-04-28T09:00"),
    ],
)
def test_nobody_works_on_a_public_holiday(wall: str, moment: str) -> None:
    now = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(AMSTERDAM))
    found = find_next_step(Step("on_call"), "concern", now, AMSTERDAM, list_days_off(now.year))
    assert found == datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(AMSTERDAM))


def test_the_last_resort_is_repeated_often_and_then_daily() -> None:
    waits = [find_repeat("emergency", times) for times in range(MOST_REPEATS + 3)]
    assert waits == [timedelta(minutes=10)] * MOST_REPEATS + [timedelta(days=1)] * 3


def test_a_page_is_tried_ever_later() -> None:
    waits = [find_retry(tries, NOW) for tries in range(1, MOST_TRIES + 1)]
    assert waits[-1] is None
    assert waits[:-1] == sorted(one for one in waits if one is not None)


def test_a_promise_is_the_teams() -> None:
    assert SafetySettings().find_promise("emergency") == timedelta(minutes=15)
    for name, (low, high) in BOUNDS.items():
        assert getattr(read_settings({name: low}), name) == low
        assert getattr(read_settings({name: high}), name) == high
        for wrong in (low - 1, high + 1):
            with pytest.raises(SafetySetting, match=name):
                read_settings({name: wrong})


@pytest.mark.parametrize("address", ["", "wacht@example.org", "a.b+c@x-y.example"])
def test_a_standing_address_is_one_address(address: str) -> None:
    assert show_settings(read_settings({"standing_email": address}))["standing_email"] == address


@pytest.mark.parametrize("address", ["wacht", "a@b@c", "a@b, c@d", "a@b\nBcc: c@d", "<a@b>", "a@-b", " a@b", "a@b."])
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(SafetySetting):
        read_settings({"standing_email": address})


def test_a_test_page_counts_for_a_month_and_waits_for_a_day() -> None:
    assert not is_proven(None, NOW)
    assert is_proven(NOW - timedelta(days=31) + timedelta(seconds=1), NOW)
    assert not is_proven(NOW - timedelta(days=31), NOW)
    assert not is_over(NOW - timedelta(hours=23), NOW)
    assert is_over(NOW - timedelta(hours=24), NOW)
