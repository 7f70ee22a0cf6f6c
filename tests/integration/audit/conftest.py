"""What the tests of this room share: the cast, a ring, a file for checkpoints, and Eve, who owns the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from server.foundation.keyring import create_keyring
from tests.cast import Cast, make_cast
from tests.integration.realtime.house import use_file_database

use_file_database()


@pytest.fixture
def now() -> datetime:
    """An evening on which somebody reads along."""
    return datetime(2026, 11, 24, 21, 55, tzinfo=UTC)


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    """The cast, all signed in."""
    return make_cast(now)


@pytest.fixture
def file(tmp_path: Path, settings: Settings) -> Path:
    """Where checkpoints are written; with a ring of its own."""
    settings.KEYRING_FILE = tmp_path / "ring" / "keyring.json"
    create_keyring(settings.KEYRING_FILE)
    settings.AUDIT_CHECKPOINTS = tmp_path / "outside" / "checkpoints.jsonl"
    return tmp_path / "outside" / "checkpoints.jsonl"
