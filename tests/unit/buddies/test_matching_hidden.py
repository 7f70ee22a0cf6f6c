"""No hidden attribute enters: each field is said to matter, and where it should not, changing it changes nothing."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import time, timedelta
from typing import Any

import pytest

from server.availability.rules.schedule import WeeklyWindow
from server.buddies.rules.assignment import assign
from server.buddies.rules.ranking import Ranking, rank_candidates
from server.buddies.rules.sides import ExpertSide, YouthSide
from server.buddies.rules.weights import TeamWeights
from tests.unit.buddies.matching_cast import ADA, BEN, EVENINGS, TODAY

# All that matching knows of people. A field that is added here needs a reason, and a line below.
OF_AN_EXPERT = {
    "id", "themes", "no_go", "languages", "gender", "age", "region", "likes", "kinds", "takes_new", "capacity", "load",
    "trained_until", "vog_until", "institutions", "places", "people_known", "windows", "zone", "asked_lately",
}  # fmt: skip
OF_A_YOUTH = {
    "id", "themes", "languages", "language_wish", "gender_wish", "age", "age_distance", "needs", "not_from", "region",
    "likes", "kind", "institutions", "places", "people_known", "times", "zone", "blocked", "declined", "former", "left",
    "waiting_days",
}  # fmt: skip
CLARA = replace(BEN, id="clara", gender="woman", age=40, themes={"debt": 2}, region="Tiel", asked_lately=2)
TEAM = [BEN, CLARA]
# Ada asks for what these do not touch: a theme, her hours, likes, a conflict with nobody.
ASKING = replace(ADA, themes=frozenset({"grief"}), times=EVENINGS, likes=frozenset({"dogs"}), former=frozenset({"ben"}))
OTHERWISE: list[dict[str, Any]] = [
    {"gender": "non-binary"},
    {"gender": ""},
    {"age": 61},
    {"age": None},
    {"region": "Nijmegen"},
    {"languages": frozenset({"ar", "ti"})},
    {"languages": frozenset()},
    {"institutions": frozenset({"the hill", "the lake"})},
    {"places": frozenset()},
    {"people_known": frozenset({"uncle"})},
    {"no_go": frozenset({"debt", "trauma"})},
    {"kinds": frozenset({"buddy", "bridge", "duty_pool"})},
    {"trained_until": TODAY + timedelta(days=900)},
    {"vog_until": TODAY + timedelta(days=900)},
    {"likes": frozenset({"dogs", "opera"})},
    {"themes": {"grief": 3, "psychosis": 3}},
    {"windows": (*EVENINGS, WeeklyWindow(6, time(9), time(12)))},
]
# What a youth says that has to do with nobody of the team.
OF_HERSELF: list[dict[str, Any]] = [
    {"age": 17},
    {"region": "Nijmegen"},
    {"institutions": frozenset({"the hill"})},
    {"places": frozenset({"Ede"})},
    {"people_known": frozenset({"uncle"})},
    {"not_from": frozenset({"Ede"})},
    {"needs": frozenset({"gender", "age", "language"})},
    {"languages": frozenset({"nl", "ar"})},
    {"blocked": frozenset({"eve"})},
    {"declined": frozenset({"eve"})},
    {"left": frozenset({"eve"})},
    {"waiting_days": 400},
]


def rank(youth: YouthSide, experts: list[ExpertSide]) -> Ranking:
    """Return the ranking of today."""
    return rank_candidates(youth, experts, TeamWeights(), TODAY)


def test_matching_knows_nothing_else() -> None:
    """So no name, no own words, no photo, no account: what is not handed in cannot count."""
    assert {one.name for one in fields(ExpertSide)} == OF_AN_EXPERT
    assert {one.name for one in fields(YouthSide)} == OF_A_YOUTH


@pytest.mark.parametrize("changed", OTHERWISE, ids="-".join)
def test_what_nobody_asked_for_changes_no_score_of_an_expert(changed: dict[str, Any]) -> None:
    before = rank(ASKING, TEAM)
    after = rank(ASKING, [replace(BEN, **changed), CLARA])
    assert after == before
    assert {one.expert_id for one in before.candidates} == {"ben", "clara"}


@pytest.mark.parametrize("changed", OF_HERSELF, ids="-".join)
def test_what_touches_nobody_of_the_team_changes_no_score(changed: dict[str, Any]) -> None:
    assert rank(replace(ASKING, **changed), TEAM) == rank(ASKING, TEAM)


@pytest.mark.parametrize("changed", OTHERWISE, ids="-".join)
def test_what_nobody_asked_for_changes_no_assignment(changed: dict[str, Any]) -> None:
    youths = [ASKING, replace(ASKING, id="dina", waiting_days=5), replace(ADA, id="farah")]
    before = assign(youths, TEAM, TeamWeights(), TODAY)
    assert assign(youths, [replace(BEN, **changed), CLARA], TeamWeights(), TODAY) == before


def test_the_same_change_counts_once_it_is_asked_for() -> None:
    """The negative control: these tests can see a difference."""
    wishing = replace(ASKING, gender_wish="man", region="Arnhem", languages=frozenset({"nl"}))
    for changed in ({"gender": ""}, {"region": "Nijmegen"}, {"languages": frozenset({"ar"})}):
        assert rank(wishing, [replace(BEN, **changed), CLARA]) != rank(wishing, TEAM)
