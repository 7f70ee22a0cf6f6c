"""What the tests of the desk share: a clock that stands still, the cast, a team of several pairs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.cast import Cast, make_cast
from tests.integration.availability.people import TUESDAY, Neighbours, make_neighbours
from tests.integration.desk.team import Pair, make_pairs


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A Tuesday evening, half past eight in Amsterdam."""
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def cast(db: None, clock: object) -> Cast:
    """The cast, all signed in."""
    return make_cast()


@pytest.fixture
def neighbours(cast: Cast) -> Neighbours:
    """Bo, and an expert and a coordinator of Eve's team."""
    return make_neighbours(cast)


@pytest.fixture
def pairs(cast: Cast) -> list[Pair]:
    """Three youths of the team, each with an expert of their own who is there around the clock."""
    return make_pairs(cast, "Anouk", "Bilal", "Cleo")
