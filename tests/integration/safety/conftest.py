"""What the tests of the safety room share: a clock that stands still, the cast, real connections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection

from server.foundation.rate_limits import RateLimiter, replace_limiter
from tests.cast import Cast, make_cast
from tests.integration.availability.people import TUESDAY, Neighbours, make_neighbours
from tests.integration.realtime.house import use_file_database

use_file_database()


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
def counting() -> Iterator[None]:
    """Limiters that count in this process from nought."""
    replace_limiter(RateLimiter())
    yield
    replace_limiter(None)


@pytest.fixture
def on_postgres(transactional_db: None) -> None:
    """Real rows, real locks, several connections: SQLite has one writer at a time by construction."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL's row locks")
