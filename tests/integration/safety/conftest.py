"""What the tests of the safety room share: a clock that stands still, the cast, real connections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.foundation.rate_limits import RateLimiter, replace_limiter
from tests.cast import Cast, make_cast
from tests.integration.availability.conftest import clock, neighbours
from tests.integration.realtime.house import use_file_database

__all__ = ["clock", "neighbours"]

use_file_database()


@pytest.fixture
def cast(db: None, clock: object) -> Cast:
    """The cast, all signed in."""
    return make_cast()


@pytest.fixture
def counting() -> Iterator[None]:
    """Limiters that count in this process from nought."""
    replace_limiter(RateLimiter())
    yield
    replace_limiter(None)
