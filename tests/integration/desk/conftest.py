"""What the tests of the desk share: a clock that stands still, the cast, a team of several pairs."""

from __future__ import annotations

import pytest

from tests.cast import Cast, make_cast
from tests.integration.availability.conftest import clock, neighbours
from tests.integration.desk.team import Pair, make_pairs

__all__ = ["clock", "neighbours"]


@pytest.fixture
def cast(db: None, clock: object) -> Cast:
    """The cast, all signed in."""
    return make_cast()


@pytest.fixture
def pairs(cast: Cast) -> list[Pair]:
    """Three youths of the team, each with an expert of their own who is there around the clock."""
    return make_pairs(cast, "Anouk", "Bilal", "Cleo")
