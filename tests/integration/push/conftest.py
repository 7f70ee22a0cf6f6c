"""What the tests of the push room share: a clock that stands still, the cast, and where pushes go."""

from __future__ import annotations

import pytest

from tests.integration.push.desk import StandIn
from tests.integration.realtime.house import use_file_database
from tests.integration.safety.conftest import cast, clock, counting

__all__ = ["cast", "clock", "counting"]

use_file_database()


@pytest.fixture
def backend() -> StandIn:
    """Where pushes go."""
    return StandIn()
