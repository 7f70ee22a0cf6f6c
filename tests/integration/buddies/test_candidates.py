"""Candidates: every expert of the team with reasons, or with the rule that excludes them; and the joint proposal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from server.accounts.actions.blocks import place_block
from server.accounts.actions.suspensions import suspend_person
from server.accounts.models import Person
from server.buddies.keys import BUDDY_KEYS
from server.foundation.clock import read_clock
from tests.cast import Cast, Player, make_player
from tests.integration.buddies.pairs import make_expert_ready, make_in_state, take
from tests.integration.buddies.people import (
    TUESDAY,
    VALID,
    Neighbours,
    come_back,
    get,
    make_ready,
    put,
    told,
    write_file,
)
from tests.witness import nothing_changes


def ask(cast: Cast, youth: Player | None = None) -> dict[str, Any]:
    body: dict[str, Any] = told(get(come_back(cast.mara), f"/youths/{(youth or cast.ada).id}/candidates"))
    return body


def list_names(body: dict[str, Any]) -> list[str]:
    return [one["expert"]["display_name"] for one in body["candidates"]]


def find_rules(body: dict[str, Any], expert: Player) -> list[str]:
    found = [one for one in body["excluded"] if one["expert"]["id"] == expert.id]
    assert all(one["rule"] == one["rules"][0] for one in found)
    return [rule for one in found for rule in one["rules"]]


# --- with nothing told


def test_a_youth_who_has_told_nothing_is_offered_every_expert_with_papers(cast: Cast, neighbours: Neighbours) -> None:
    write_file(cast.mara, cast.ben, **VALID)

    body = ask(cast)

    assert body["youth"] == {"id": cast.ada.id, "display_name": "Ada"}
    assert list_names(body) == ["Ben"]
    assert find_rules(body, neighbours.bo) == ["training", "vog"]
    assert neighbours.emil.id not in str(body), "another team's"


def test_looking_changes_nothing(cast: Cast, neighbours: Neighbours) -> None:
    make_ready(cast, cast.ben)
    with nothing_changes():
        told(get(cast.mara, f"/youths/{cast.ada.id}/candidates"))


def test_a_team_without_experts_has_no_candidates(cast: Cast) -> None:
    suspend_person(person_id=cast.ben.id, actor=None, now=read_clock())
    assert ask(cast) == {"youth": {"id": cast.ada.id, "display_name": "Ada"}, "candidates": [], "excluded": []}


# --- reasons


def test_the_better_match_comes_first_and_says_why(cast: Cast, neighbours: Neighbours) -> None:
    make_ready(cast, cast.ben, neighbours.bo)
    write_file(cast.mara, neighbours.bo, themes=[{"theme": "debt", "openness": 3}], likes=["Koken"])
    put(cast.ada, "/me/intake", themes=["debt"], likes=["koken "], region="Ede")

    body = ask(cast)

    assert list_names(body) == ["Bo", "Ben"]
    best = body["candidates"][0]
    assert "Heeft zelf meegemaakt waar de jongere over wil praten: schulden." in best["reasons"], best["reasons"]
    components = [part["component"] for part in best["parts"]]
    assert components[0] == "themes"
    assert "likes" in components
    assert best["score"] == pytest.approx(sum(part["points"] for part in best["parts"]))
    assert best["reasons"] == [part["text"] for part in best["parts"]]


def test_reasons_are_in_the_callers_language(cast: Cast, neighbours: Neighbours) -> None:
    make_ready(cast, cast.ben)
    put(cast.ada, "/me/intake", themes=["debt"])
    write_file(cast.mara, cast.ben, themes=[{"theme": "debt", "openness": 3}])
    Person.objects.filter(id=cast.mara.id).update(language="en")

    body = ask(cast)

    assert "debt" in body["candidates"][0]["reasons"][0]
    assert body["excluded"][0]["text"].startswith("Has no valid training.")


# --- the rules, each by what people told


def test_no_go_and_conflicts_exclude_and_say_no_more_than_the_rule(cast: Cast) -> None:
    make_ready(
        cast, cast.ben, no_go=["psychosis"], institutions=["Huize  ZUID"], places=["Ede"], people_known=["Tante"]
    )
    put(cast.ada, "/me/intake", themes=["psychosis"], institutions=["huize zuid"], not_from=["ede"],
        people_known=["tante"])  # fmt: skip

    body = ask(cast)

    assert find_rules(body, cast.ben) == ["conflict_institution", "conflict_person", "not_from", "no_go"]
    shown = str(body["excluded"]).casefold()
    assert not any(word in shown for word in ("psychos", "zuid", "ede'", "tante"))


EXCLUDING: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "takes nobody new": ({"takes_new": False}, {}, ["takes_new"]),
    "is full": ({"capacity": 0}, {}, ["capacity"]),
    "training is over": ({"trained_until": "2026-11-16"}, {}, ["training"]),
    "certificate is over": ({"vog_until": "2026-11-16"}, {}, ["vog"]),
    "does other contact": ({"kinds": ["listening_ear"]}, {}, ["kind"]),
    "speaks another language": ({}, {"languages": ["ti"]}, ["language"]),
    "is no woman": ({"gender": "man"}, {"gender_wish": "woman", "needs": ["gender"]}, ["gender_need"]),
    "is too old": (
        {"born_in": 1960},
        {"age_band": "18-20", "age_distance": [0, 10], "needs": ["age"]},
        ["age_need"],
    ),
    "is away when it counts": (
        {},
        {"times": [{"weekday": 1, "start": "09:00", "end": "12:00"}]},
        ["overlap"],
    ),
}


@pytest.mark.parametrize("name", EXCLUDING)
def test_an_expert_is_excluded_by_the_rule_that_fits(cast: Cast, name: str) -> None:
    of_expert, of_youth, rules = EXCLUDING[name]
    make_ready(cast, cast.ben, **of_expert)
    put(cast.ada, "/me/intake", **of_youth)
    body = ask(cast)
    assert (list_names(body), find_rules(body, cast.ben)) == ([], rules)


@pytest.mark.parametrize("wish", [{"gender_wish": "woman"}, {"age_distance": [0, 1], "age_band": "12-15"}])
def test_a_wish_that_is_no_need_excludes_nobody(cast: Cast, wish: dict[str, Any]) -> None:
    make_ready(cast, cast.ben, gender="man", born_in=1990)
    put(cast.ada, "/me/intake", **wish)
    assert list_names(ask(cast)) == ["Ben"]


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_a_block_excludes_whoever_placed_it(cast: Cast, who: str) -> None:
    make_ready(cast, cast.ben)
    blocker, blocked = (cast.ada, cast.ben) if who == "ada" else (cast.ben, cast.ada)
    place_block(blocker_id=blocker.id, blocked_id=blocked.id, now=read_clock())
    assert find_rules(ask(cast), cast.ben) == ["blocked"]


def test_papers_are_valid_on_their_last_day_in_the_teams_zone(cast: Cast) -> None:
    make_ready(cast, cast.ben, vog_until="2026-11-17")
    with time_machine.travel(TUESDAY.replace(hour=22, minute=59), tick=False):
        assert list_names(ask(cast)) == ["Ben"]
    with time_machine.travel(TUESDAY.replace(hour=23, minute=0), tick=False):
        assert find_rules(ask(cast), cast.ben) == ["vog"]


def test_in_bridge_mode_only_experts_who_do_bridges_are_candidates(cast: Cast, neighbours: Neighbours) -> None:
    make_ready(cast, cast.ben)
    make_ready(cast, neighbours.bo, kinds=["bridge"])
    write_file(cast.mara, cast.ada, bridge_until="2026-12-01")
    assert list_names(ask(cast)) == ["Bo"]
    with time_machine.travel(TUESDAY + timedelta(days=15), tick=False):
        assert list_names(ask(cast)) == ["Ben"], "the bridge is over"


def test_a_teams_numbers_decide(cast: Cast) -> None:
    make_ready(cast, cast.ben)
    put(cast.ada, "/me/intake", times=[{"weekday": 1, "start": "21:30", "end": "23:00"}])
    assert find_rules(ask(cast), cast.ben) == ["overlap"]
    told(put(cast.mara, "/team/buddies", weights=[{"name": "least_overlap_minutes", "value": 30}]))
    assert list_names(ask(cast)) == ["Ben"]


def test_the_number_of_statements_does_not_grow_with_the_experts(cast: Cast) -> None:
    counts = []
    put(cast.ada, "/me/intake", themes=["debt"])
    for more in (1, 8):
        for at in range(more):
            expert = make_player(cast.team, "expert", f"Expert {more} {at}", read_clock())
            make_ready(cast, expert, themes=[{"theme": "debt", "openness": 2}])
        ask(cast)
        BUDDY_KEYS.forget()
        with CaptureQueriesContext(connection) as queries:
            ask(cast)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- the whole list


def test_the_joint_proposal_places_as_many_as_fit_and_proposes_nothing_by_itself(
    cast: Cast, neighbours: Neighbours
) -> None:
    make_ready(cast, cast.ben, neighbours.bo, capacity=1)
    write_file(cast.mara, neighbours.bo, themes=[{"theme": "debt", "openness": 3}])
    put(cast.ada, "/me/intake", themes=["debt"])
    make_player(cast.team, "youth", "Nova", read_clock())
    told(get(cast.mara, "/waiting-list"))

    with nothing_changes():
        body = told(get(cast.mara, "/waiting-list/assignment"))

    chosen = {one["youth"]["display_name"]: one["expert"]["display_name"] for one in body["proposals"]}
    assert chosen["Ada"] == "Bo"
    assert sorted(chosen.values()) == ["Ben", "Bo"]
    assert all(one["reasons"] for one in body["proposals"])
    assert [one["rules"] for one in body["unplaced"]] == [[]]
    assert len(body["proposals"]) + len(body["unplaced"]) == 3


def test_who_cannot_be_placed_is_told_why(cast: Cast) -> None:
    make_ready(cast, cast.ben, vog_until="2026-11-16")
    body = told(get(cast.mara, "/waiting-list/assignment"))
    assert body["proposals"] == []
    assert body["unplaced"][0]["rules"] == [{"rule": "vog", "experts": 1}]
    assert body["unplaced"][0]["text"]


def test_the_joint_proposal_takes_as_many_statements_however_long_the_list(cast: Cast) -> None:
    make_ready(cast, cast.ben)
    counts = []
    for more in (1, 8):
        for at in range(more):
            put(make_player(cast.team, "youth", f"Youth {more} {at}", read_clock()), "/me/intake", themes=["debt"])
        told(get(cast.mara, "/waiting-list"))
        BUDDY_KEYS.forget()
        with CaptureQueriesContext(connection) as queries:
            told(get(cast.mara, "/waiting-list/assignment"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- earlier pairings


def test_seats_that_are_taken_count_and_so_does_having_been_asked(cast: Cast, neighbours: Neighbours) -> None:
    make_expert_ready(cast, cast.ben, capacity=1)
    make_in_state(cast, "proposed", neighbours.yara, cast.ben)
    assert find_rules(ask(cast), cast.ben) == ["capacity"]


@pytest.mark.parametrize(("state", "rules"), [("declined", ["declined"]), ("rematch", ["left"]), ("closed", [])])
def test_what_was_between_the_two_before_counts(cast: Cast, state: str, rules: list[str]) -> None:
    make_expert_ready(cast, cast.ben)
    make_in_state(cast, state, cast.ada, cast.ben)
    body = ask(cast)
    assert find_rules(body, cast.ben) == rules
    if not rules:
        assert "continuity" in [part["component"] for part in body["candidates"][0]["parts"]]


def test_who_has_a_buddy_does_not_wait_and_who_changes_does(cast: Cast) -> None:
    make_expert_ready(cast, cast.ben)
    pairing = make_in_state(cast, "active", cast.ada, cast.ben)
    assert told(get(cast.mara, "/waiting-list"))["waiting"] == []
    told(take(cast.ada, pairing, "change"))
    waiting = told(get(cast.mara, "/waiting-list"))["waiting"]
    assert [(one["youth"]["id"], one["reason"], one["overdue"]) for one in waiting] == [(cast.ada.id, "change", False)]
    assert waiting[0]["due_at"] is not None
