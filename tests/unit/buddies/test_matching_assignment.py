"""The joint assignment: seats, who comes first, who is left out and why, and the one door to the solver."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from server.buddies.rules.assignment import NO_CANDIDATE, NO_EXPERT, NO_SEAT, Assignment, Unplaced, assign
from server.buddies.rules.sides import ExpertSide, YouthSide
from server.buddies.rules.weights import TeamWeights
from tests.unit.buddies.matching_cast import ADA, BEN, TODAY

WEIGHTS = TeamWeights()
CLARA = replace(BEN, id="clara", gender="woman", region="Tiel", themes={}, people_known=frozenset())


def propose(youths: list[YouthSide], experts: list[ExpertSide], weights: TeamWeights = WEIGHTS) -> Assignment:
    """Return the best joint assignment of today."""
    return assign(youths, experts, weights, TODAY)


def read_pairs(found: Assignment) -> dict[str, str]:
    """Return the expert of each youth placed."""
    return {pair.youth_id: pair.candidate.expert_id for pair in found.pairs}


def test_nobody_and_nothing() -> None:
    assert propose([], [BEN]) == Assignment((), (), 0)
    assert propose([], []) == Assignment((), (), 0)
    assert propose([ADA], []) == Assignment((), (Unplaced("ada", NO_EXPERT, ()),), 0)


def test_placing_everybody_comes_before_the_best_match() -> None:
    """Ben is the best for Ada by far, but he is the only one for Dina."""
    ada = replace(ADA, themes=frozenset({"grief"}), region="Arnhem", gender_wish="man", former=frozenset({"ben"}))
    dina = replace(ADA, id="dina", blocked=frozenset({"clara"}))
    ben, clara = replace(BEN, capacity=1), replace(CLARA, capacity=1)
    assert read_pairs(propose([ada, dina], [ben, clara])) == {"ada": "clara", "dina": "ben"}


def test_everybody_gets_who_fits_them_where_that_is_possible() -> None:
    ada, dina = replace(ADA, gender_wish="man"), replace(ADA, id="dina", gender_wish="woman")
    assert read_pairs(propose([ada, dina], [CLARA, BEN])) == {"ada": "ben", "dina": "clara"}


def test_a_few_do_not_carry_all() -> None:
    """Four youths without a wish, two experts with room for four each: two and two."""
    youths = [replace(ADA, id=f"youth {number}") for number in range(4)]
    experts = [replace(BEN, capacity=4), replace(CLARA, capacity=4)]
    assert sorted(read_pairs(propose(youths, experts)).values()) == ["ben", "ben", "clara", "clara"]


def test_the_second_of_one_expert_is_scored_as_the_second() -> None:
    found = propose([ADA, replace(ADA, id="dina")], [replace(BEN, capacity=2)])
    rooms = [part.found for pair in found.pairs for part in pair.candidate.parts if part.component == "room"]
    assert rooms == [("2", "2"), ("1", "2")]
    assert found.hundredths == sum(pair.candidate.hundredths for pair in found.pairs)


def test_with_too_few_seats_who_waited_longest_comes_first() -> None:
    long = replace(ADA, id="long", waiting_days=90)
    new = replace(ADA, id="new", waiting_days=1, themes=frozenset({"grief"}), former=frozenset({"ben"}))
    ben = replace(BEN, capacity=1)
    found = propose([new, long], [ben])
    assert read_pairs(found) == {"long": "ben"}
    assert found.unplaced == (Unplaced("new", NO_SEAT, ()),)
    assert read_pairs(propose([new, long], [ben], TeamWeights(waiting=0))) == {"new": "ben"}


def test_waiting_longer_than_full_is_no_more() -> None:
    long, longer = (
        replace(ADA, id="long", waiting_days=90, region="Arnhem"),
        replace(ADA, id="longer", waiting_days=900),
    )
    assert read_pairs(propose([longer, long], [replace(BEN, capacity=1)])) == {"long": "ben"}


def test_who_fits_nobody_is_told_which_rules_stand_in_the_way() -> None:
    ada = replace(ADA, blocked=frozenset({"ben"}), kind="bridge")
    assert propose([ada], [BEN, CLARA]).unplaced == (Unplaced("ada", NO_CANDIDATE, (("kind", 2), ("blocked", 1))),)


def test_no_seat_is_given_beyond_capacity() -> None:
    youths = [replace(ADA, id=f"youth {number}") for number in range(5)]
    found = propose(youths, [replace(BEN, capacity=3, load=1), replace(CLARA, capacity=1, load=2)])
    assert sorted(read_pairs(found).values()) == ["ben", "ben"]
    assert [one.why for one in found.unplaced] == [NO_SEAT] * 3


def test_the_server_starts_without_the_solver() -> None:
    program = (
        "import sys, django; django.setup(); import server.buddies.rules.assignment, server.buddies.texts;"
        "sys.exit(any(name in sys.modules for name in ('scipy', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
