"""The seed alone decides what breaks when."""

from random import Random

from tests.faults.faults import FAULTS
from tests.faults.schedule import plan_round, plan_rounds

KINDS = list(FAULTS)


def test_the_same_seed_plans_the_same_faults() -> None:
    assert plan_rounds(KINDS, Random(7), 50) == plan_rounds(KINDS, Random(7), 50)


def test_another_seed_plans_others() -> None:
    assert plan_round(KINDS, Random(7)) != plan_round(KINDS, Random(8))


def test_a_round_has_every_kind_once() -> None:
    assert sorted(planned.kind for planned in plan_round(KINDS, Random(7))) == sorted(KINDS)


def test_rounds_go_on_to_the_count_and_never_leave_a_kind_out() -> None:
    assert len(plan_rounds(KINDS, Random(7), 50)) == 50
    assert {planned.kind for planned in plan_rounds(KINDS, Random(7), 3)} == set(KINDS)
