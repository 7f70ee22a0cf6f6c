"""What the tests of the buddies room share: a clock that stands still, the cast and their neighbours."""

from __future__ import annotations

import pytest

from tests.cast import Cast, make_cast
from tests.integration.availability.conftest import clock
from tests.integration.buddies.people import Neighbours, make_neighbours

__all__ = ["clock"]


@pytest.fixture
def cast(db: None, clock: object) -> Cast:
    """The cast, all signed in. Nobody has a profile or an intake."""
    return make_cast()


@pytest.fixture
def neighbours(cast: Cast) -> Neighbours:
    """Bo and Yara of the cast's team; Emil and Edda of Eve's."""
    return make_neighbours(cast)
