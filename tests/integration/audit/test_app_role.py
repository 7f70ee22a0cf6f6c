"""The role of web and worker, made by deploy/grant-app: it records, reads and signs, and can change no entry."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from server.accounts.actions import suspend_person
from server.audit.actions import signers
from server.audit.actions.checkpoints import write_checkpoints
from server.audit.queries import StoredLedger, list_looks
from server.audit.rules.checkpoints import EVERY
from server.audit.rules.verifying import check_streams
from server.foundation.keyring import current_keyring, rotate
from tests.cast import Cast, make_cast
from tests.integration.audit.log import record_looks
from tests.services import find_postgres_binaries

GRANT = Path(__file__).resolve().parents[3] / "deploy" / "grant-app"
ROLE = "warmlijn_app_of_a_test"
REFUSED = [
    "UPDATE audit_auditentry SET emergency = true",
    "DELETE FROM audit_auditentry",
    "TRUNCATE audit_auditentry",
    "UPDATE audit_auditcheckpoint SET number = 1",
    "DELETE FROM audit_auditcheckpoint",
    "TRUNCATE audit_auditcheckpoint",
    "UPDATE audit_auditstream SET id = gen_random_uuid()",
    "DELETE FROM audit_auditstream",
    "TRUNCATE audit_auditstream CASCADE",
    "DELETE FROM audit_auditsigner",
    "UPDATE audit_auditsigner SET public_key = ''",
    "ALTER TABLE audit_auditentry DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_auditentry_kept ON audit_auditentry",
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    "DROP TABLE audit_auditentry",
    "CREATE TABLE of_its_own (id int)",
    "DELETE FROM django_migrations",
]

pytestmark = pytest.mark.usefixtures("on_postgres")


def find_url(user: str) -> str:
    """Return the address of the test's database for a user."""
    database = connection.settings_dict
    return f"postgres://{user}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def grant(**more: str) -> subprocess.CompletedProcess[str]:
    """Run the script as an operator does."""
    path = os.pathsep.join([str(find_postgres_binaries()), os.environ["PATH"]])
    if shutil.which("psql", path=path) is None:
        pytest.skip("psql is not on this machine")
    settings = {
        "DATABASE_URL": find_url(connection.settings_dict["USER"]),
        "APP_DATABASE_URL": find_url(f"{ROLE}:a%40b"),
    }
    environment = {"PATH": path, **settings, **more}
    return subprocess.run([GRANT], env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def role(on_postgres: None) -> Iterator[None]:
    """The role, made and given its rights twice over."""
    try:
        for _ in range(2):
            done = grant()
            assert done.returncode == 0, done.stderr
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {ROLE}")
            cursor.execute(f"DROP ROLE {ROLE}")


@contextmanager
def as_role() -> Iterator[None]:
    """Have this connection hold the role's rights only."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


@pytest.fixture
def cast(on_postgres: None, now: datetime) -> Cast:
    """The cast, committed, so that other connections see it."""
    return make_cast(now)


@pytest.mark.usefixtures("role")
def test_who_connects_as_it_is_refused_every_change(cast: Cast, file: Path, now: datetime) -> None:
    record_looks(cast, 2, now=now)
    write_checkpoints(ring=current_keyring(), file=file, now=now + EVERY)
    with psycopg.connect(find_url(ROLE), autocommit=True) as eve:
        for statement in REFUSED:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                eve.execute(statement.encode())
        assert eve.execute("SELECT count(*) FROM audit_auditentry").fetchone() == (2,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only ever added to"):
            eve.execute("UPDATE audit_auditstream SET head = head - 1")
    assert [(one.good, one.fault) for one in check_streams(StoredLedger())] == [(2, None)]


@pytest.mark.usefixtures("role")
def test_it_can_do_what_the_server_does(cast: Cast, file: Path, now: datetime) -> None:
    with as_role():
        suspend_person(person_id=cast.ben.id, actor=cast.mara.person, now=now)
        record_looks(cast, 2, now=now)
        assert len(list_looks(cast.ada.id, now=now)) == 2
        assert write_checkpoints(ring=current_keyring(), file=file, now=now + EVERY) == 1
        ring = rotate(file.parents[1] / "ring" / "keyring.json", now=now)
        assert signers.rewrap_some(ring, 10) == 1
        assert [(one.good, one.fault) for one in check_streams(StoredLedger())] == [(3, None)]


def test_the_owner_is_not_made_to_serve() -> None:
    done = grant(DATABASE_URL=find_url(f"{ROLE}:secret"))
    assert (done.returncode, "role of their own" in done.stderr) == (1, True)


@pytest.mark.usefixtures("role")
def test_the_password_is_the_urls() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolpassword LIKE 'SCRAM-SHA-256%%' FROM pg_authid WHERE rolname = %s", [ROLE])
        assert cursor.fetchone() == (True,)
