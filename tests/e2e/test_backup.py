"""The backup drill of docs/operations.md: deploy/backup and deploy/restore against a real PostgreSQL."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.services import PostgresServer, find_postgres_binaries, postgres_server

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
PROGRAMS = ("pg_dump", "pg_restore", "psql")
LINES = [("Ada", 1), ("Ben", 2)]


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    programs = find_postgres_binaries()
    missing = [name for name in PROGRAMS if not (programs / name).is_file() and not shutil.which(name)]
    if missing:
        pytest.skip(f"not on this machine: {', '.join(missing)}")
    with postgres_server(fast=True) as server:
        server.create_database("source")
        server.execute("create table line (name text, seq int)", database="source")
        server.execute("insert into line values ('Ada', 1), ('Ben', 2)", database="source")
        yield server


@pytest.fixture
def empty(postgres: PostgresServer) -> Iterator[str]:
    postgres.create_database("target")
    yield "target"
    postgres.execute("drop database target with (force)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "backups"
    made.mkdir()
    return made


def run(script: str, argument: Path, url: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a script as an operator does; the password has a sign that a URL must escape."""
    path = os.pathsep.join([str(find_postgres_binaries()), os.environ["PATH"]])
    url = url.replace("warmlijn@", "warmlijn:p%40ss%25word@")
    return subprocess.run(
        [DEPLOY / script, argument],
        env={"PATH": path, "DATABASE_URL": url, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def back_up(postgres: PostgresServer, folder: Path) -> Path:
    made = run("backup", folder, postgres.url("source"))
    assert made.returncode == 0, made.stderr
    (dump,) = folder.glob("*.dump")
    return dump


def read_lines(postgres: PostgresServer, database: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in postgres.execute("select name, seq from line order by seq", database=database)]


def count_tables(postgres: PostgresServer, database: str) -> object:
    query = "select count(*) from information_schema.tables where table_schema = 'public'"
    return postgres.execute(query, database=database)[0][0]


def test_a_backup_is_whole_private_and_checked(postgres: PostgresServer, folder: Path) -> None:
    dump = back_up(postgres, folder)
    assert sorted(path.name for path in folder.iterdir()) == [dump.name, f"{dump.name}.sha256"]
    assert dump.stat().st_mode & 0o077 == 0
    checked = subprocess.run(["sha256sum", "--check", f"{dump.name}.sha256"], cwd=folder, check=False)
    assert checked.returncode == 0


def test_a_restored_database_holds_the_same(postgres: PostgresServer, folder: Path, empty: str) -> None:
    restored = run("restore", back_up(postgres, folder), postgres.url(empty))
    assert restored.returncode == 0, restored.stderr
    assert read_lines(postgres, empty) == LINES
    # Without the server's commands at hand the operator is told what is left.
    assert "NOT DONE YET" in restored.stdout
    assert "streams renew-epoch" in restored.stdout


def test_after_a_restore_every_client_starts_afresh(
    postgres: PostgresServer, folder: Path, empty: str, tmp_path: Path
) -> None:
    said = tmp_path / "said"
    server = tmp_path / "server"
    server.write_text(f'#!/bin/sh\necho "$@" >> {said}\n')
    server.chmod(0o755)
    restored = run("restore", back_up(postgres, folder), postgres.url(empty), SERVER=str(server))
    assert restored.returncode == 0, restored.stderr
    assert said.read_text().splitlines() == [
        "migrate --no-input",
        "streams renew-epoch",
        "audit restored",
        "keys status",
    ]
    assert "NOT DONE YET" not in restored.stdout


def test_nothing_is_restored_over_a_database_in_use(postgres: PostgresServer, folder: Path) -> None:
    refused = run("restore", back_up(postgres, folder), postgres.url("source"))
    assert refused.returncode == 1
    assert "holds 1 tables" in refused.stderr
    assert read_lines(postgres, "source") == LINES


@pytest.mark.parametrize("harm", ["changed", "cut"])
def test_a_harmed_backup_is_refused_whole(postgres: PostgresServer, folder: Path, empty: str, harm: str) -> None:
    dump = back_up(postgres, folder)
    content = dump.read_bytes()
    dump.write_bytes(content[:-20] if harm == "cut" else content[:-1] + bytes([content[-1] ^ 1]))
    refused = run("restore", dump, postgres.url(empty))
    assert refused.returncode == 1
    assert "does not fit its checksum" in refused.stderr
    assert count_tables(postgres, empty) == 0


def test_old_backups_go_only_after_a_good_one(postgres: PostgresServer, folder: Path) -> None:
    old, young, other = folder / "warmlijn-old.dump", folder / "warmlijn-young.dump", folder / "notes.txt"
    for path, days in ((old, 15), (young, 13), (other, 99)):
        path.write_text("a file")
        at = (datetime.now(UTC) - timedelta(days=days)).timestamp()
        os.utime(path, (at, at))
    failed = run("backup", folder, postgres.url("no_such_database"))
    assert failed.returncode == 1
    assert {path.name for path in folder.iterdir()} == {old.name, young.name, other.name}
    assert run("backup", folder, postgres.url("source")).returncode == 0
    assert not old.exists()
    assert young.exists()
    assert other.exists()


def test_no_password_stands_on_a_command_line(postgres: PostgresServer, folder: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    spy = tmp_path / "bin" / "pg_dump"
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\necho "$@" > {seen}\necho "$PGPASSWORD" >> {seen}\nexit 1\n')
    spy.chmod(0o755)
    path = os.pathsep.join([str(spy.parent), os.environ["PATH"]])
    run("backup", folder, postgres.url("source"), PATH=path)
    arguments, password = seen.read_text().splitlines()
    assert password == "p@ss%word"
    assert "p%40ss" not in arguments
    assert postgres.url("source") in arguments
