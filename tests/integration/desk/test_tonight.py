"""Tonight at a glance: who talks, who waits, who stands on shifts now and next, when experts are there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from server.availability.rules.wind_down import HoursSettings
from server.foundation.clock import format_instant
from tests.cast import Cast, Player
from tests.integration.availability.people import EVENINGS, TUESDAY, Neighbours, have_hours, post, put
from tests.integration.desk.team import MINUTE, Pair, get, make_pairs, put_on_shift
from tests.integration.safety.calls import put_on_call


def read_talks(player: Player) -> dict[str, Any]:
    answer = get(player, "/team/talks")
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


def test_a_talk_is_shown_by_who_is_in_it_and_since_when(cast: Cast, pairs: list[Pair]) -> None:
    pair = pairs[0]
    pair.say(pair.youth, TUESDAY - 2 * timedelta(hours=1))  # long over
    for minutes in (25, 12, 1):
        pair.talk_at(TUESDAY - minutes * MINUTE, timedelta(seconds=30))
    [talk] = read_talks(cast.mara)["talks"]
    assert talk == {
        "c": pair.talk,
        "kind": "pair",
        "since": format_instant(TUESDAY - 25 * MINUTE),
        "last_at": format_instant(TUESDAY - timedelta(seconds=30)),
        "last_by": "expert",
        "answered": True,
        "youth": {"id": pair.youth.id, "display_name": "Anouk"},
        "experts": [{"id": pair.expert.id, "display_name": "Expert of Anouk"}],
        "coordinator_in": False,
    }


def test_a_youth_who_writes_alone_is_seen_as_such(cast: Cast, pairs: list[Pair]) -> None:
    pairs[0].say(pairs[0].youth, TUESDAY - MINUTE)
    [talk] = read_talks(cast.mara)["talks"]
    assert (talk["answered"], talk["last_by"]) == (False, "youth")


def test_a_talk_is_over_when_nobody_wrote_for_as_long_as_the_team_says(
    cast: Cast, pairs: list[Pair], clock: time_machine.Traveller
) -> None:
    pairs[0].talk_at(TUESDAY)
    silence = timedelta(minutes=HoursSettings().talk_minutes)
    clock.move_to(TUESDAY + MINUTE + silence - timedelta(seconds=1))
    assert len(read_talks(cast.mara)["talks"]) == 1
    clock.shift(timedelta(seconds=1))
    assert read_talks(cast.mara)["talks"] == []


def test_who_asks_for_duty_is_seen_until_somebody_takes_the_line(cast: Cast, pairs: list[Pair]) -> None:
    expert, youth = pairs[0].expert, pairs[1].youth
    put_on_shift(cast, expert, "19:00", "23:00")
    asked = post(youth, "/duty-requests")
    assert asked.status == 201, asked.body
    [asking] = read_talks(cast.mara)["asking"]
    assert asking == {
        "request": asked.body["id"],
        "youth": {"id": youth.id, "display_name": "Bilal"},
        "asked_at": format_instant(TUESDAY),
    }


def test_another_teams_talks_are_not_seen(cast: Cast, neighbours: Neighbours, pairs: list[Pair]) -> None:
    pairs[0].talk_at(TUESDAY - MINUTE)
    assert read_talks(neighbours.edda) == {"talks": [], "asking": []}


def test_more_talks_cost_no_more_queries(cast: Cast, pairs: list[Pair]) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            read_talks(cast.mara)
        return len(queries)

    pairs[0].talk_at(TUESDAY - MINUTE)
    few = count()
    for pair in [*pairs, *make_pairs(cast, "Dewi", "Emre")]:
        pair.talk_at(TUESDAY - MINUTE)
    assert count() == few


def test_posts_of_now_and_next_with_what_a_page_would_find(cast: Cast, pairs: list[Pair]) -> None:
    put_on_shift(cast, pairs[0].expert, "19:00", "22:00")
    put_on_shift(cast, pairs[1].expert, "22:00", "23:00")
    put_on_call(cast, cast.noor)
    put_on_call(cast, cast.mara, on="2026-11-19")  # beyond the night
    registered = post(cast.noor, "/devices", push_token="x" * 160, platform="android")
    assert registered.status == 201, registered.body
    shown = get(cast.mara, "/team/on-shift").body
    [now], [following] = shown["duty"]["now"], shown["duty"]["next"]
    assert (now["person"]["id"], now["there"], now["test_page"]) == (pairs[0].expert.id, True, None)
    assert (now["ends_at"], following["starts_at"]) == ("2026-11-17T21:00:00.000Z", "2026-11-17T21:00:00.000Z")
    assert following["person"]["display_name"] == "Expert of Bilal"
    [noor] = shown["on_call"]["now"]
    assert (noor["person"]["display_name"], noor["there"], noor["device"], noor["test_page"]) == (
        "Noor", True, True, False,
    )  # fmt: skip
    assert shown["on_call"]["next"] == []
    assert {gap["kind"] for gap in shown["gaps"]} == {"on_call"}, "after eight in the morning nobody stands on call"


def test_who_is_away_is_not_there_and_why_is_theirs(cast: Cast, pairs: list[Pair]) -> None:
    expert = pairs[0].expert
    put_on_shift(cast, expert, "19:00", "22:00")
    assert post(expert, "/me/pause").status == 201
    answer = get(cast.mara, "/team/on-shift")
    assert answer.body["duty"]["now"][0]["there"] is False
    assert "pause" not in str(answer.body)


def test_a_shift_that_is_nobodys_is_shown(cast: Cast) -> None:
    put_on_shift(cast, None, "20:00", "23:00", kind="on_call")
    [post_] = get(cast.mara, "/team/on-shift").body["on_call"]["now"]
    assert (post_["person"], post_["there"], post_["device"], post_["test_page"]) == (None, False, False, None)


def test_the_week_of_the_team(cast: Cast, neighbours: Neighbours) -> None:
    have_hours(neighbours.bo, EVENINGS)
    away = put(neighbours.bo, "/me/availability/absences")
    assert away.status == 405
    absent = {"from": "2026-11-18", "to": "2026-11-18"}
    assert post(neighbours.bo, "/me/availability/absences", **absent).status == 201
    answer = get(cast.mara, "/team/openings?from=2026-11-17&to=2026-11-19")
    bo, ben = sorted(answer.body["people"], key=lambda one: one["person"]["display_name"], reverse=True)
    assert (ben["person"]["display_name"], bo["person"]["display_name"]) == ("Ben", "Bo")
    assert bo["stretches"] == [
        {"starts_at": "2026-11-17T18:00:00.000Z", "ends_at": "2026-11-17T21:00:00.000Z"},
        {"starts_at": "2026-11-19T18:00:00.000Z", "ends_at": "2026-11-19T21:00:00.000Z"},
    ]
    assert (bo["open"], bo["until"]) == (True, "2026-11-17T21:00:00.000Z")
    assert "absence" not in str(answer.body), "when, never why not"
    assert len(get(cast.mara, "/team/openings").body["people"][1]["stretches"]) == 6


def test_a_week_has_bounds(cast: Cast) -> None:
    for query in ("from=2026-11-17&to=2026-12-01", "from=2026-11-17&to=2026-11-16"):
        assert get(cast.mara, f"/team/openings?{query}").status == 400
    assert get(cast.mara, "/team/openings?from=tomorrow").body["code"] == "availability.date_malformed"


def test_swaps_of_the_team_those_that_wait_first(cast: Cast, neighbours: Neighbours, pairs: list[Pair]) -> None:
    first, second = pairs[0].expert, pairs[1].expert
    for on in ("2026-11-20", "2026-11-21"):
        put_on_shift(cast, first, "19:00", "22:00", on=on)
    shifts = get(cast.mara, "/shifts").body["shifts"]
    made = [post(first, f"/shifts/{one['id']}/swaps", with_=second.id).body["id"] for one in shifts]
    assert post(second, f"/swaps/{made[1]}/decline").status == 200
    swaps = get(cast.mara, "/team/swaps").body["swaps"]
    assert [(one["id"], one["state"]) for one in swaps] == [(made[0], "proposed"), (made[1], "declined")]
    assert get(neighbours.edda, "/team/swaps").body == {"swaps": []}
