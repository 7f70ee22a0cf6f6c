"""The database itself keeps the log: every entry as it is, on PostgreSQL and on SQLite, for its owner too."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from importlib import import_module
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from server.audit.actions.checkpoints import write_checkpoints
from server.audit.models import AuditCheckpoint, AuditEntry, AuditStream
from server.audit.rules.checkpoints import EVERY
from server.foundation.keyring import current_keyring
from tests.cast import Cast
from tests.integration.audit.log import TABLES, record_looks

REPOSITORY = Path(__file__).resolve().parents[3]
MIGRATION = import_module("server.audit.migrations.0002_append_only")
STATEMENTS = [
    "UPDATE audit_auditentry SET emergency = true WHERE number = 1",
    "UPDATE audit_auditentry SET number = number + 1",
    "DELETE FROM audit_auditentry WHERE number = 2",
    "DELETE FROM audit_auditentry",
    "UPDATE audit_auditcheckpoint SET number = 1",
    "DELETE FROM audit_auditcheckpoint",
    "UPDATE audit_auditstream SET head = 1",
    "UPDATE audit_auditstream SET id = '00000000000000000000000000000000'",
    "DELETE FROM audit_auditstream",
]
TRUNCATES = [f"TRUNCATE {table}" for table in TABLES]


@pytest.fixture
def log(cast: Cast, file: Path, now: datetime) -> None:
    """Two entries with a checkpoint, and every trigger in its place (the suite takes those down that bar emptying)."""
    record_looks(cast, 2, now=now)
    write_checkpoints(ring=current_keyring(), file=file, now=now + EVERY)
    whole = MIGRATION.POSTGRES_WHOLE if connection.vendor == "postgresql" else MIGRATION.SQLITE_WHOLE
    with connection.cursor() as cursor:
        for statement in whole:
            cursor.execute(statement)


def count_rows() -> list[object]:
    return [list(model.objects.order_by("pk").values_list()) for model in (AuditEntry, AuditCheckpoint, AuditStream)]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize("statement", [*STATEMENTS, *TRUNCATES])
def test_what_was_written_stays(statement: str) -> None:
    if statement in TRUNCATES and connection.vendor != "postgresql":
        pytest.skip("SQLite knows no TRUNCATE")
    before = count_rows()
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert str(count_rows()) == str(before)


@pytest.mark.usefixtures("log")
def test_it_can_be_added_to(cast: Cast, now: datetime) -> None:
    assert [one.number for one in record_looks(cast, 2, now=now)] == [3, 4]


def test_a_fresh_database_has_every_trigger(tmp_path: Path) -> None:
    """As migrations make it, to the last one: on SQLite a later change of a table would lose them."""
    database = tmp_path / "fresh.sqlite3"
    settings = {"DATABASE_URL": f"sqlite:///{database}", "VAR_DIRECTORY": str(tmp_path), "APP_ENV": "dev"}
    command = [sys.executable, "-m", "server", "migrate", "audit", "--verbosity", "0"]
    subprocess.run(command, cwd=REPOSITORY, env={**os.environ, "REDIS_URL": "", **settings}, check=True)
    with closing(sqlite3.connect(database)) as fresh:
        rows = fresh.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name").fetchall()
    assert [name for (name,) in rows] == [
        "audit_auditcheckpoint_unchanged",
        "audit_auditcheckpoint_whole",
        "audit_auditentry_unchanged",
        "audit_auditentry_whole",
        "audit_auditstream_grows",
        "audit_auditstream_whole",
    ]
