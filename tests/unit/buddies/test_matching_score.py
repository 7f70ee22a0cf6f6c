"""Each component alone: what gives its points, how many, and what is said to have given them."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from server.availability.rules.schedule import WeeklyWindow
from server.buddies.rules.ranking import rank_candidates
from server.buddies.rules.score import Part
from server.buddies.rules.weights import COMPONENTS, TeamWeights
from tests.unit.buddies.matching_cast import ADA, BEN, EVENINGS, TODAY, find_points

Changes = dict[str, Any]
WISHES = replace(
    ADA,
    themes=frozenset({"grief"}),
    times=EVENINGS,
    gender_wish="man",
    age=18,
    age_distance=(5, 10),
    language_wish="nl",
    likes=frozenset({"dogs"}),
    region="Arnhem",
    former=frozenset({"ben"}),
)


@pytest.mark.parametrize(
    ("component", "ada", "ben", "points", "found"),
    [
        ("themes", {"themes": frozenset({"grief"})}, {}, 30, ("grief",)),
        ("themes", {"themes": frozenset({"grief"})}, {"themes": {"grief": 1}}, 10, ("grief",)),
        # The only expert: every theme they have is equally rare. What nobody has is asked of nobody.
        (
            "themes",
            {"themes": frozenset({"debt", "grief"})},
            {"themes": {"grief": 3, "debt": 1}},
            20,
            ("debt", "grief"),
        ),
        ("themes", {"themes": frozenset({"debt", "grief"})}, {}, 30, ("grief",)),
        ("overlap", {"times": EVENINGS}, {}, 20, ("360",)),
        ("overlap", {"times": (WeeklyWindow(1, time(20), time(22)),)}, {}, 10, ("120",)),
        ("continuity", {"former": frozenset({"ben"})}, {}, 10, ()),
        ("gender", {"gender_wish": "man"}, {}, 5, ()),
        ("age", {"age": 18, "age_distance": (0, 9)}, {}, 5, ()),
        ("language", {"language_wish": "nl"}, {}, 5, ()),
        ("likes", {"likes": frozenset({"dogs"})}, {}, 5, ("dogs",)),
        ("likes", {"likes": frozenset({"dogs", "music"})}, {}, 2.5, ("dogs",)),
        ("likes", {"likes": frozenset({"dogs", "music", "drawing", "gaming"})}, {}, 1.66, ("dogs",)),
        ("region", {"region": "Arnhem"}, {}, 5, ()),
    ],
)
def test_a_component_gives_points_and_is_named(
    component: str, ada: Changes, ben: Changes, points: float, found: tuple[str, ...]
) -> None:
    assert find_points(ada=ada, ben=ben) == {component: Part(component, round(points * 100), found)}


@pytest.mark.parametrize(
    ("ada", "ben"),
    [
        ({}, {}),
        ({"themes": frozenset({"debt"})}, {}),
        ({"times": EVENINGS}, {"windows": ()}),
        ({"gender_wish": "woman"}, {}),
        ({"gender_wish": ""}, {"gender": ""}),
        ({"age": 18, "age_distance": (10, 12)}, {}),
        ({"age": None, "age_distance": (0, 50)}, {}),
        ({"age": 18, "age_distance": (0, 50)}, {"age": None}),
        ({"language_wish": "ar"}, {}),
        ({"likes": frozenset({"music"})}, {}),
        ({"region": ""}, {"region": ""}),
        ({"former": frozenset({"eve"})}, {}),
    ],
)
def test_what_gives_no_points_is_not_named(ada: Changes, ben: Changes) -> None:
    assert find_points(ada=ada, ben=ben) == {}


def test_each_youth_given_in_this_round_leaves_less_room_and_counts_as_asked() -> None:
    parts = find_points(ben={"capacity": 4, "load": 1, "asked_lately": 1}, already=1)
    assert parts["room"] == Part("room", 500, ("2", "4"))
    assert parts["fairness"] == Part("fairness", 333, ("2",))
    assert find_points(ben={"capacity": 2, "asked_lately": 6}, already=2) == {}


def test_everything_together_is_a_hundred_points_in_the_order_of_the_components() -> None:
    [ben] = rank_candidates(WISHES, [BEN], TeamWeights(), TODAY).candidates
    assert tuple(part.component for part in ben.parts) == COMPONENTS
    assert ben.score == 100
    assert {part.component: part.points for part in ben.parts} == {
        component: getattr(TeamWeights(), component) for component in COMPONENTS
    }


@pytest.mark.parametrize("weight", [1, 33, 100])
def test_no_weights_make_more_than_a_hundred(weight: int) -> None:
    weights = TeamWeights(**dict.fromkeys(COMPONENTS[:7], weight))
    [ben] = rank_candidates(WISHES, [BEN], weights, TODAY).candidates
    assert 99.9 <= ben.score <= 100
    assert ben.hundredths == sum(part.hundredths for part in ben.parts)


def test_a_rare_theme_counts_for_more_than_one_that_everybody_has() -> None:
    ada = replace(ADA, themes=frozenset({"addiction", "grief"}))
    rare = replace(BEN, id="rare", themes={"addiction": 3})
    team = [rare, *(replace(BEN, id=f"common {number}") for number in range(6))]
    ranking = rank_candidates(ada, team, TeamWeights(), TODAY)
    assert ranking.candidates[0].expert_id == "rare"
    shares = {one.expert_id: one.parts[0].hundredths for one in ranking.candidates}
    assert shares["rare"] > 2 * shares["common 0"]


def test_equal_scores_come_in_an_order_that_is_neither_that_of_the_rows_nor_that_of_the_ids() -> None:
    team = [replace(BEN, id=f"expert {number}") for number in range(9)]
    orders = set()
    for youth in (replace(ADA, id=f"youth {number}") for number in range(9)):
        ranked = [one.expert_id for one in rank_candidates(youth, team, TeamWeights(), TODAY).candidates]
        assert ranked == [one.expert_id for one in rank_candidates(youth, team[::-1], TeamWeights(), TODAY).candidates]
        orders.add(tuple(ranked))
    assert len(orders) == 9
