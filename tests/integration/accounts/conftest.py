"""What the tests of this room share."""

from __future__ import annotations

from datetime import datetime

import pytest

from server.foundation.clock import read_clock
from tests.integration.accounts.cast import Cast, make_cast


@pytest.fixture
def now() -> datetime:
    """The instant at which the test begins; expired things are made earlier, not waited for."""
    return read_clock()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    """The cast, all signed in."""
    return make_cast(now)
