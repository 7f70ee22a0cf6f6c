"""What the tests of the socket share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cast import Cast, make_cast
from tests.integration.realtime.house import House, open_house, use_file_database

use_file_database()


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, committed, so that every thread sees it."""
    return make_cast()


@pytest.fixture
async def house(cast: Cast) -> AsyncIterator[House]:
    """A hub of this test's own."""
    async with open_house() as house:
        yield house
