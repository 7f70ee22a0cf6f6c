"""Everybody of the team on one list: of youths no more than who they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, Player, make_player
from tests.integration.availability.people import TUESDAY, Neighbours, post
from tests.integration.buddies.pairs import make_active, make_expert_ready
from tests.integration.buddies.people import come_back, write_file
from tests.integration.desk.team import MINUTE, Pair, get, relay
from tests.witness import nothing_changes


def read_people(player: Player, query: str = "") -> dict[str, dict[str, Any]]:
    answer = get(player, f"/people{query}")
    assert answer.status == 200, answer.body
    return {one["display_name"]: one for one in answer.body["people"]}


def test_who_is_in_the_team(cast: Cast, neighbours: Neighbours) -> None:
    post(cast.ben, "/devices", push_token="x" * 160, platform="android")
    post(cast.ada, "/devices", push_token="y" * 160, platform="android")
    people = read_people(cast.mara)
    assert set(people) == {"Ada", "Ben", "Mara", "Noor", "Bo"}, "nobody of Eve's team"
    ben, ada = people["Ben"], people["Ada"]
    assert (ben["role"], ben["standing"], ben["last_seen"], ben["devices"]) == ("expert", "good", "today", 1)
    assert (ada["role"], ada["last_seen"], ada["devices"]) == ("youth", None, None), "when she is here is hers"
    assert set(read_people(cast.mara, "?role=expert")) == {"Ben", "Bo"}


@pytest.mark.parametrize(
    ("passed", "word"),
    [
        (timedelta(hours=23), "today"),
        (timedelta(days=1), "week"),
        (timedelta(days=7), "month"),
        (timedelta(days=31), "longer"),
    ],
)
def test_when_staff_was_here_is_told_coarsely(
    cast: Cast, clock: time_machine.Traveller, passed: timedelta, word: str
) -> None:
    clock.move_to(TUESDAY + passed)
    assert read_people(come_back(cast.mara))["Ben"]["last_seen"] == word


def test_who_was_suspended_is_on_the_list_and_the_team_reads_why(cast: Cast) -> None:
    assert post(cast.mara, f"/people/{cast.ben.id}/suspension", reason="a talk first").status == 204
    ben = read_people(cast.noor)["Ben"]
    assert (ben["standing"], ben["suspended_because"], ben["devices"]) == ("suspended", "a talk first", 0)


def test_an_admin_sees_them_too(cast: Cast, clock: time_machine.Traveller) -> None:
    admin = make_player(cast.team, "admin", "Ans", TUESDAY)
    assert "Ada" in read_people(admin)


def test_pages_follow_one_another(cast: Cast, neighbours: Neighbours) -> None:
    seen: list[str] = []
    after, more = "", True
    while more:
        page = get(cast.mara, f"/people?limit=2{after}").body
        seen += [one["display_name"] for one in page["people"]]
        after, more = f"&after={page['people'][-1]['id']}", page["more"]
    assert sorted(seen) == ["Ada", "Ben", "Bo", "Mara", "Noor"], "each once"


@pytest.mark.parametrize("query", ["?role=boss", "?after=5", "?limit=0", "?limit=501", "?team=1"])
def test_odd_questions_are_refused(cast: Cast, query: str) -> None:
    with nothing_changes():
        answer = get(cast.mara, f"/people{query}")
    assert (answer.status, answer.body["code"]) == (400, "proto.bad_frame")


def test_papers_of_the_experts(cast: Cast, neighbours: Neighbours) -> None:
    write_file(cast.mara, cast.ben, trained_until="2026-11-17", vog_until="2026-11-16", capacity=2)
    ben, bo = get(cast.mara, "/team/validity").body["experts"]
    assert ben == {
        "person": {"id": cast.ben.id, "display_name": "Ben"},
        "training_until": "2026-11-17",
        "training_valid": True,
        "vog_until": "2026-11-16",
        "vog_valid": False,
        "takes_new": True,
        "capacity": 2,
        "pairings": 0,
    }
    assert (bo["training_until"], bo["training_valid"], bo["capacity"]) == (None, False, 3), "nothing is on record"


def test_silent_youths_stand_first(cast: Cast, pairs: list[Pair], clock: time_machine.Traveller) -> None:
    for pair in pairs[:2]:
        make_expert_ready(cast, pair.expert)
        make_active(cast, pair.youth, pair.expert)
    clock.move_to(TUESDAY + timedelta(days=14))
    mara = come_back(cast.mara)
    first, second = get(mara, "/team/warmth").body["pairings"]
    assert [(one["days"], one["silent"]) for one in (first, second)] == [(14, True), (14, True)]
    talk = get(mara, f"/pairings/{first['pairing']}").body["conversation"]
    youth = next(pair.youth for pair in pairs if pair.youth.id == first["youth"]["id"])
    Pair(come_back(youth), youth, talk).say(come_back(youth), TUESDAY + timedelta(days=14))
    clock.shift(MINUTE)
    relay()
    longest, heard = get(mara, "/team/warmth").body["pairings"]
    assert (longest["pairing"], longest["silent"]) == (second["pairing"], True)
    assert (heard["days"], heard["silent"], heard["silence_days"]) == (0, False, 14)


def test_lists_cost_the_same_for_more_people(cast: Cast, pairs: list[Pair]) -> None:
    paths = ("/people", "/team/validity", "/team/warmth", "/team/on-shift", "/team/openings")
    few = [count_queries(cast.mara, path) for path in paths]
    for pair in pairs:
        make_expert_ready(cast, pair.expert)
        make_active(cast, pair.youth, pair.expert)
    more = [count_queries(cast.mara, path) for path in paths]
    assert [path for path, one, other in zip(paths, few, more, strict=True) if other > one + 1] == []


def count_queries(player: Player, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert get(player, path).status == 200
    return len(queries)
