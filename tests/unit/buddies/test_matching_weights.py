"""A team's weights: defaults, bounds, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from server.buddies.errors import WeightsInvalid
from server.buddies.rules.weights import BOUNDS, COMPONENTS, TeamWeights, read_weights, show_weights


def test_the_defaults_add_up_to_a_hundred_points() -> None:
    assert TeamWeights().sum_components() == 100
    assert read_weights({}) == TeamWeights()
    assert read_weights(show_weights(TeamWeights(themes=50))) == TeamWeights(themes=50)
    assert BOUNDS.keys() == show_weights(TeamWeights()).keys()


@pytest.mark.parametrize("name", BOUNDS)
def test_every_number_has_bounds(name: str) -> None:
    least, most = BOUNDS[name]
    # Room for the one rule that looks at two numbers.
    others = {"least_overlap_minutes": 0, "full_overlap_minutes": 2_520}
    for good in (least, most):
        assert getattr(read_weights(others | {name: good}), name) == good
    for bad in (least - 1, most + 1, True, 1.0, "1", None):
        with pytest.raises(WeightsInvalid) as refusal:
            read_weights(others | {name: bad})
        assert name in refusal.value.detail
        assert refusal.value.code == "buddies.weights_invalid"


@pytest.mark.parametrize(
    "given",
    [
        {"beauty": 5},
        {"least_overlap_minutes": 120, "full_overlap_minutes": 119},
        {"full_overlap_minutes": 59},
        dict.fromkeys(COMPONENTS, 0),
    ],
)
def test_weights_that_make_no_sense_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(WeightsInvalid):
        read_weights(given)
