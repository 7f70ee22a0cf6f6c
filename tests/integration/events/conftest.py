"""What the tests of the outbox share: the cast, and the house in which they meet."""

from __future__ import annotations

from tests.integration.realtime.conftest import cast, house
from tests.integration.realtime.house import use_file_database

__all__ = ["cast", "house"]

use_file_database()
