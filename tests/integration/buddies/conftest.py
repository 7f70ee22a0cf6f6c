"""What the tests of the buddies room share: a clock that stands still, the cast and their neighbours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection

from tests.cast import Cast, make_cast
from tests.integration.buddies.people import TUESDAY, Neighbours, make_neighbours


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A Tuesday evening."""
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def cast(db: None, clock: object) -> Cast:
    """The cast, all signed in. Nobody has a profile or an intake."""
    return make_cast()


@pytest.fixture
def neighbours(cast: Cast) -> Neighbours:
    """Bo and Yara of the cast's team; Emil and Edda of Eve's."""
    return make_neighbours(cast)


@pytest.fixture
def on_postgres(transactional_db: None) -> None:
    """Real rows, real locks, several connections: SQLite has one writer at a time by construction."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL's row locks")
