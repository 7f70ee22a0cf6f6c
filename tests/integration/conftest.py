"""What the tests of all rooms share."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.fixture
def on_postgres(transactional_db: None) -> None:
    """Real rows, real locks, several connections: SQLite has one writer at a time by construction."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL's row locks")
