"""The worker signs where streams stand, and writes it down where the database's owner cannot reach."""

from __future__ import annotations

import dataclasses
import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from server.audit.actions import signers
from server.audit.checkpoint_file import UnreadableCounter, read_checkpoints
from server.audit.models import AuditCheckpoint, AuditSigner
from server.audit.queries import list_checkpoints
from server.audit.rules.checkpoints import EVERY, EVERY_ENTRIES, Checkpoint
from server.audit.rules.verifying import PAGE
from server.audit.tasks import step_checkpoint
from server.foundation.keyring import KeyRingError, current_keyring, retire, rotate
from server.foundation.signing import is_signed
from tests.cast import Cast
from tests.integration.audit.log import make_look, record, record_looks, spoil

TICK = timedelta(microseconds=1)


def read(file: Path) -> list[Checkpoint]:
    return list(read_checkpoints(file, UnreadableCounter()))


def is_good(checkpoint: Checkpoint) -> bool:
    public_key = signers.list_trusted(current_keyring()).get(checkpoint.key_id)
    return public_key is not None and is_signed(public_key, checkpoint.signature, checkpoint.encode())


def test_a_checkpoint_is_due_when_its_first_entry_has_waited(cast: Cast, file: Path, now: datetime) -> None:
    assert not step_checkpoint(now)
    *_, last = record_looks(cast, 3, now=now)
    assert not step_checkpoint(now + EVERY - TICK)
    assert not file.exists()
    assert step_checkpoint(now + EVERY)
    (written,) = read(file)
    assert (written.stream_id, written.number, written.hash) == (cast.team.id, 3, last.hash)
    assert written.at == now + EVERY
    assert is_good(written)
    assert list(list_checkpoints()) == [written]
    assert not step_checkpoint(now + 99 * EVERY), "nothing new, nothing to sign"


def test_a_checkpoint_is_due_after_so_many_entries(cast: Cast, file: Path, now: datetime) -> None:
    record(*[make_look(cast)] * (EVERY_ENTRIES - 1), now=now)
    assert not step_checkpoint(now)
    record_looks(cast, 1, now=now)
    assert step_checkpoint(now)
    record(*[make_look(cast)] * (EVERY_ENTRIES - 1), now=now)
    assert not step_checkpoint(now)
    assert [one.number for one in read(file)] == [EVERY_ENTRIES]


def test_every_stream_has_its_own(cast: Cast, file: Path, now: datetime) -> None:
    record(make_look(cast), make_look(cast, stream_id=cast.eve.person.team_id), now=now)
    record_looks(cast, 1, now=now + EVERY)
    assert step_checkpoint(now + EVERY)
    assert {(one.stream_id, one.number) for one in read(file)} == {(cast.team.id, 2), (cast.eve.person.team_id, 1)}


def test_a_disk_that_takes_nothing_leaves_nothing_recorded(cast: Cast, file: Path, now: datetime) -> None:
    record_looks(cast, 1, now=now)
    file.parent.write_text("a file where a folder should be")
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        step_checkpoint(now + EVERY)
    assert not AuditCheckpoint.objects.exists()
    file.parent.unlink()
    assert step_checkpoint(now + EVERY)
    assert len(read(file)) == 1


def test_the_file_is_its_owners_and_a_line_cut_off_spoils_no_other(cast: Cast, file: Path, now: datetime) -> None:
    record_looks(cast, 1, now=now)
    step_checkpoint(now + EVERY)
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    with file.open("a") as torn:
        torn.write('{"v":1,"stream":')
    record_looks(cast, 1, now=now)
    step_checkpoint(now + EVERY)
    counter = UnreadableCounter()
    assert [one.number for one in read_checkpoints(file, counter)] == [1, 2]
    assert (counter.lines, counter.first) == (1, 2)


def test_written_ones_are_listed_page_by_page(cast: Cast, file: Path, now: datetime) -> None:
    step_checkpoint(now)
    rows = [
        AuditCheckpoint(stream_id=cast.team.id, number=at + 1, hash=b"", at=now, key_id="kek", signature=b"")
        for at in range(PAGE * 2 + 1)
    ]
    AuditCheckpoint.objects.bulk_create(rows)
    assert [one.number for one in list_checkpoints()] == [one.number for one in rows]


def test_a_key_that_is_rotated_and_retired_leaves_its_signatures_good(cast: Cast, file: Path, now: datetime) -> None:
    ring_file = file.parents[1] / "ring" / "keyring.json"
    old = current_keyring().active.id
    record_looks(cast, 1, now=now)
    step_checkpoint(now + EVERY)
    for turn in range(2):
        ring = rotate(ring_file, now=now + (turn + 1) * EVERY)
        assert signers.count_by_kek() == {ring.keys[-2].id: turn + 1}, "retire refuses while this is so"
        assert signers.rewrap_some(ring, 10) == turn + 1
        assert signers.rewrap_some(ring, 10) == 0
        assert signers.count_by_kek() == {ring.active.id: turn + 1}
        retire(ring_file, ring.keys[-2].id)
        record_looks(cast, 1, now=now)
        step_checkpoint(now + EVERY)
    signed_by = [one.key_id for one in read(file)]
    assert signed_by[0] == old
    assert len(set(signed_by)) == 3
    assert all(is_good(one) for one in read(file))
    assert not is_good(dataclasses.replace(read(file)[0], number=2))


def test_eve_cannot_have_her_own_key_vouched_for(cast: Cast, file: Path, now: datetime) -> None:
    record_looks(cast, 1, now=now)
    step_checkpoint(now + EVERY)
    AuditSigner.objects.create(key_id="kek-eve", public_key=b"e" * 32, since=now, vouched_by="kek-eve", vouch=b"")
    trusted = signers.list_trusted(current_keyring())
    assert trusted.keys() == {current_keyring().active.id}
    ring = rotate(file.parents[1] / "ring" / "keyring.json", now=now)
    with pytest.raises(KeyRingError, match="kek-eve"):
        signers.rewrap_some(ring, 10)


def test_a_changed_key_row_takes_trust_away_and_gives_none(cast: Cast, file: Path, now: datetime) -> None:
    old = current_keyring().active.id
    record_looks(cast, 1, now=now)
    step_checkpoint(now + EVERY)
    ring_file = file.parents[1] / "ring" / "keyring.json"
    signers.rewrap_some(rotate(ring_file, now=now), 10)
    retire(ring_file, old)
    assert is_good(read(file)[0])
    spoil("UPDATE audit_auditsigner SET public_key = vouch")
    assert signers.list_trusted(current_keyring()).keys() == {current_keyring().active.id}
