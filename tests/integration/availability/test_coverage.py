"""What a roster leaves open, as the desk asks for it and as an event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from server.availability.tasks import step_check_coverage
from server.events.facts import CoverageGapFound
from tests.cast import Cast
from tests.integration.availability.people import TUESDAY, Neighbours, get, post, put
from tests.integration.availability.test_shifts import add_one
from tests.integration.availability.test_team_hours import AGREED
from tests.witness import list_facts, nothing_changes

AFTERNOON = TUESDAY - timedelta(hours=4)
PROMISED: dict[str, Any] = {
    "duty_windows": [{"weekday": 2, "start": "19:00", "end": "23:00"}],
    "on_call_windows": [{"weekday": 2, "start": "18:00", "end": "08:00"}],
}


@pytest.fixture
def promise(cast: Cast) -> None:
    """The team promises duty on Tuesday evenings, and somebody on call in the night after."""
    assert put(cast.mara, "/team/hours", **(AGREED | PROMISED)).status == 200


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The afternoon of that Tuesday."""
    with time_machine.travel(AFTERNOON, tick=False) as clock:
        yield clock


def list_gaps(cast: Cast, query: str = "?from=2026-11-17&to=2026-11-18") -> list[tuple[str, str, str]]:
    gaps = get(cast.mara, f"/coverage{query}").body["gaps"]
    return [(one["kind"], one["starts_at"][8:16], one["ends_at"][8:16]) for one in gaps]


@pytest.mark.usefixtures("promise")
def test_what_is_promised_and_not_held_is_a_gap(cast: Cast) -> None:
    assert list_gaps(cast) == [("on_call", "17T17:00", "18T07:00"), ("duty", "17T18:00", "17T22:00")]
    add_one(cast, person=cast.ben.id, start="20:00", end="22:00")
    add_one(cast, kind="on_call", person=cast.noor.id, start="18:00", end="08:00")
    assert list_gaps(cast) == [("duty", "17T18:00", "17T19:00"), ("duty", "17T21:00", "17T22:00")]


@pytest.mark.usefixtures("promise")
def test_a_shift_of_nobody_and_one_of_somebody_away_are_gaps(cast: Cast) -> None:
    add_one(cast, kind="on_call", person=cast.noor.id, start="18:00", end="08:00")
    add_one(cast, person=cast.ben.id)
    add_one(cast, on="2026-11-18")
    assert list_gaps(cast) == [("duty", "18T18:00", "18T22:00")]
    post(cast.ben, "/me/pause", until="2026-11-17T20:30:00Z")
    assert list_gaps(cast)[0] == ("duty", "17T18:00", "17T20:30")


def test_somebody_on_call_is_promised_around_the_clock_unless_said_otherwise(cast: Cast) -> None:
    assert list_gaps(cast) == [("on_call", "16T23:00", "18T23:00")]


def test_members_on_call_without_a_device_are_named(cast: Cast) -> None:
    add_one(cast, kind="on_call", person=cast.noor.id, start="18:00", end="08:00")
    add_one(cast, person=cast.ben.id)
    (unreachable,) = get(cast.mara, "/coverage").body["unreachable"]
    assert unreachable["person"] == cast.noor.id
    assert post(cast.noor, "/devices", push_token="push-1", platform="ios").status == 201
    assert get(cast.mara, "/coverage").body["unreachable"] == []


def test_another_team_has_a_roster_of_its_own(cast: Cast, neighbours: Neighbours) -> None:
    add_one(cast, kind="on_call", person=cast.noor.id, start="18:00", end="08:00")
    theirs = get(neighbours.edda, "/coverage?from=2026-11-17&to=2026-11-18").body
    assert len(theirs["gaps"]) == 1
    assert theirs["unreachable"] == []


@pytest.mark.parametrize("query", ["?from=2026-11-18&to=2026-11-17", "?to=2027-11-17", "?kind=duty"])
def test_an_odd_question_is_refused(cast: Cast, query: str) -> None:
    assert get(cast.mara, f"/coverage{query}").body["code"] == "proto.bad_frame"


# --- the event


def check(now: datetime) -> list[CoverageGapFound]:
    """Take steps until nothing is due; return what is told by now."""
    while step_check_coverage(now):
        pass
    return [one for one in list_facts(CoverageGapFound) if isinstance(one, CoverageGapFound)]


@pytest.mark.usefixtures("promise")
def test_a_gap_within_a_week_is_told_once_a_day(cast: Cast) -> None:
    add_one(cast, kind="on_call", person=cast.noor.id, start="18:00", end="08:00")
    told = check(AFTERNOON)
    team = str(cast.team.id)
    assert told == [CoverageGapFound(team, "duty", "2026-11-17T18:00:00.000Z", "2026-11-17T22:00:00.000Z")]
    assert check(AFTERNOON) == told, "nothing is due"
    assert check(AFTERNOON + timedelta(hours=1)) == told, "known today"
    next_day = check(AFTERNOON + timedelta(days=1))[1:]
    assert [(one.kind, one.start) for one in next_day] == [
        ("on_call", "2026-11-24T17:00:00.000Z"),
        ("duty", "2026-11-24T18:00:00.000Z"),
    ]


@pytest.mark.usefixtures("promise")
def test_a_gap_that_is_filled_is_told_no_more(cast: Cast) -> None:
    add_one(cast, kind="on_call", person=cast.noor.id, start="18:00", end="08:00")
    add_one(cast, person=cast.ben.id)
    assert check(AFTERNOON) == []


@pytest.mark.usefixtures("promise")
def test_a_gap_that_is_over_is_not_told_and_one_that_has_begun_is(cast: Cast) -> None:
    assert {one.start[:10] for one in check(TUESDAY + timedelta(days=1))} == {"2026-11-24"}
    assert ("duty", "2026-11-24T18:00:00.000Z") in {(one.kind, one.start) for one in check(TUESDAY + timedelta(days=7))}


def test_a_team_without_a_roster_is_left_in_peace(cast: Cast) -> None:
    with nothing_changes():
        assert not step_check_coverage(TUESDAY)
