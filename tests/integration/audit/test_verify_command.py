"""`python -m server audit verify`: the operator checks; Eve, who owns the database, has been there before."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from server.audit.actions.signers import count_by_kek
from server.audit.models import AuditEntry
from server.audit.queries import list_entries
from server.audit.rules.checkpoints import EVERY
from server.audit.rules.verifying import Wrong
from server.audit.tasks import step_checkpoint
from tests.cast import Cast
from tests.integration.audit.log import record_looks, spoil


@pytest.fixture
def log(cast: Cast, file: Path, now: datetime) -> Cast:
    """Six entries, checkpoints after the third and the sixth."""
    for at in (now, now + timedelta(hours=1)):
        record_looks(cast, 3, now=at)
        step_checkpoint(at + EVERY)
    return cast


def verify(*arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it said."""
    said = StringIO()
    try:
        call_command("audit", "verify", *arguments, stdout=said, no_color=True)
    except CommandError as problem:
        return problem.returncode, said.getvalue() + str(problem)
    return 0, said.getvalue()


def test_a_log_that_nobody_touched(log: Cast, file: Path) -> None:
    code, said = verify()
    assert code == 0
    assert "6 entries in 1 streams follow one another." in said
    assert "2 checkpoints, the last of 2026-11-24T23:00:00.000Z, in the database looked at." in said
    assert f"in {file} looked at." in said
    assert said.endswith("No fault found.\n")


# what Eve does, and the first bad entry that is named, and how
CUT = "DELETE FROM audit_auditentry WHERE number > 4"
SPOILINGS = {
    "change": (["UPDATE audit_auditentry SET actor_role = 'expert' WHERE number = 2"], 2, Wrong.CHANGED),
    "whom": (["UPDATE audit_auditentry SET subject_id = NULL WHERE number = 4"], 4, Wrong.CHANGED),
    "delete": (["DELETE FROM audit_auditentry WHERE number = 3"], 3, Wrong.MISSING),
    "insert": (["UPDATE audit_auditentry SET number = 9 WHERE number = 6"], 6, Wrong.MISSING),
    "reorder": (
        [f"UPDATE audit_auditentry SET number = {to} WHERE number = {at}" for at, to in ((2, 99), (5, 2), (99, 5))],
        2,
        Wrong.CHANGED,
    ),
    "cut": ([CUT], 5, Wrong.MISSING),
    "head": (["UPDATE audit_auditstream SET head = 5"], 6, Wrong.BEYOND_HEAD),
    "stream": (["DELETE FROM audit_auditstream"], 1, Wrong.NO_STREAM),
}


@pytest.mark.parametrize("name", sorted(SPOILINGS))
def test_what_was_done_is_named(log: Cast, name: str) -> None:
    statements, number, wrong = SPOILINGS[name]
    for statement in statements:
        spoil(statement)
    code, said = verify()
    assert code == 1
    assert said.splitlines()[0] == f"stream {log.team.id} entry {number}: {wrong.value}"
    assert "audit.fault" in said


def cut_with_head(log: Cast) -> None:
    """Cut the tail and set the head to what is left: the chain alone looks whole."""
    last = list_entries(log.team.id)[3]
    spoil(CUT)
    spoil(f"UPDATE audit_auditstream SET head = 4, head_hash = {as_bytes(last.hash)}")


def as_bytes(value: bytes) -> str:
    """Return bytes as both databases write them in a statement."""
    return f"'\\x{value.hex()}'::bytea" if connection.vendor == "postgresql" else f"x'{value.hex()}'"


def test_a_cut_tail_is_named_by_the_checkpoints_in_the_database(log: Cast) -> None:
    cut_with_head(log)
    code, said = verify()
    assert (code, f"entry 5: {Wrong.MISSING.value} (good up to entry 3)" in said) == (1, True)


def test_a_cut_tail_is_named_by_the_file_when_the_database_forgets(log: Cast, file: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.jsonl"
    elsewhere.write_bytes(file.read_bytes())
    cut_with_head(log)
    spoil("DELETE FROM audit_auditcheckpoint WHERE number > 4")
    file.unlink()
    code, said = verify()
    assert (code, "could have cut a tail" in said) == (0, True)
    code, said = verify("--checkpoints", str(elsewhere))
    assert (code, f"entry 5: {Wrong.MISSING.value} (good up to entry 3)" in said) == (1, True)


def test_a_stream_deleted_as_a_whole_is_named_by_the_file(log: Cast, file: Path) -> None:
    for table in ("audit_auditentry", "audit_auditstream", "audit_auditcheckpoint", "audit_auditsigner"):
        spoil(f"DELETE FROM {table}")
    assert count_by_kek() == {}
    code, said = verify("--checkpoints", str(file))
    assert code == 1
    assert "0 entries in 0 streams" in said
    assert f"stream {log.team.id} entry 1: {Wrong.MISSING.value}" in said


def test_a_line_that_somebody_changed_is_named(log: Cast, file: Path) -> None:
    file.write_text(file.read_text().replace('"number":6', '"number":5'))
    code, said = verify("--checkpoints", str(file))
    assert (code, f"entry 5: {Wrong.NOT_SIGNED.value}" in said) == (1, True)


def test_a_line_that_is_none_is_told_and_is_no_fault(log: Cast, file: Path) -> None:
    file.write_text(file.read_text() + '{"v":1,"str')
    code, said = verify("--checkpoints", str(file))
    assert (code, f"1 lines of {file} are no checkpoints, line 3 first." in said) == (0, True)


def test_a_file_that_is_not_there_is_no_clean_bill(log: Cast, tmp_path: Path) -> None:
    code, said = verify("--checkpoints", str(tmp_path / "nowhere"))
    assert (code, "audit.checkpoints" in said) == (1, True)


def test_a_ring_that_is_not_there_is_no_clean_bill(log: Cast, settings: Settings, tmp_path: Path) -> None:
    settings.KEYRING_FILE, settings.APP_ENV = tmp_path / "nowhere.json", "prod"
    code, said = verify()
    assert (code, "keyring.missing" in said) == (1, True)


def test_a_restore_is_noted_in_every_stream(log: Cast) -> None:
    said = StringIO()
    call_command("audit", "restored", stdout=said)
    assert said.getvalue() == "noted in 1 streams\n"
    last = AuditEntry.objects.get(number=7)
    assert (last.action, last.actor_role, last.process) == ("audit.restored", "operator", "command")
    assert verify()[0] == 0
