"""Mara keeps the key ring; Eve damages the file in every way; no damage is taken for a ring."""

from __future__ import annotations

import base64
import copy
import json
import pickle
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from server.foundation import keyring as rings
from server.foundation.keyring import (
    KeyRing,
    KeyRingError,
    KeyState,
    add_key,
    create_keyring,
    current_keyring,
    load_keyring,
    retire,
    rotate,
)

NOW = datetime(2026, 3, 1, 20, 15, tzinfo=UTC)
Document = dict[str, Any]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keyring.json"


def refuse(path: Path, **options: bool) -> str:
    """Return the code under which the file is refused."""
    with pytest.raises(KeyRingError) as caught:
        load_keyring(path, **options)
    return caught.value.code


def states(ring: KeyRing) -> list[str]:
    return [key.state.value for key in ring.keys]


def change_file(path: Path, change: Callable[[Document], object]) -> None:
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document))


def test_a_new_ring_holds_one_active_random_key_in_a_file_for_the_owner_only(path: Path) -> None:
    ring = create_keyring(path, now=NOW)
    assert load_keyring(path) == ring
    assert (states(ring), len(ring.active.secret), ring.active.created_at) == (["active"], 32, NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["keyring.json"]


def test_the_file_has_the_form_that_the_runbook_shows(path: Path) -> None:
    ring = create_keyring(path, now=NOW)
    document = json.loads(path.read_bytes())
    key = base64.b64encode(ring.active.secret).decode()
    at = "2026-03-01T20:15:00+00:00"
    assert (set(document), document["version"]) == ({"version", "sentinel", "keys"}, 1)
    assert document["keys"] == [{"id": ring.active.id, "state": "active", "created_at": at, "key": key}]


def test_making_a_ring_never_overwrites_one(path: Path) -> None:
    create_keyring(path, now=NOW)
    before = path.read_bytes()
    with pytest.raises(KeyRingError) as caught:
        create_keyring(path, now=NOW)
    assert (caught.value.code, path.read_bytes()) == ("keyring.exists", before)


def test_a_ring_that_is_not_there_or_cannot_be_read_is_refused(path: Path) -> None:
    assert refuse(path) == "keyring.missing"
    assert refuse(path / "below" / "keyring.json") == "keyring.missing"
    path.mkdir()
    assert refuse(path) == "keyring.unreadable"
    with pytest.raises(KeyRingError) as caught:
        rotate(path.parent / "no" / "keyring.json", now=NOW)
    assert caught.value.code == "keyring.missing"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b" " * (rings.FILE_LIMIT + 1),
        b'{"version": 1, "sentinel": "", "keys": {}}x',
        b'{"version": 2, "sentinel": "", "keys": []}',
        b'{"version": 1, "sentinel": 5, "keys": []}',
        b'{"version": 1, "sentinel": "", "keys": 5}',
        b'{"version": 1, "sentinel": "", "keys": [5]}',
        b'{"version": 1, "sentinel": "", "keys": [{}]}',
        b'{"version": 1, "sentinel": "", "keys": [], "more": 1}',
    ],
    ids=lambda content: ascii(content[:40]),
)
def test_what_is_not_a_ring_is_unreadable(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    assert refuse(path) == "keyring.unreadable"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "kek-other", "keyring.wrong"),
        ("id", "", "keyring.wrong"),
        ("id", "\ud800", "keyring.unreadable"),
        ("id", "kek\n", "keyring.unreadable"),
        ("id", None, "keyring.unreadable"),
        ("state", "decrypt_only", "keyring.wrong"),
        ("state", "retired", "keyring.short"),
        ("state", "lost", "keyring.unreadable"),
        ("created_at", "2026-03-01T20:15:01+00:00", "keyring.wrong"),
        ("created_at", "2026-03-01T20:15:00", "keyring.unreadable"),
        ("created_at", "yesterday", "keyring.unreadable"),
        ("key", base64.b64encode(bytes(range(32))).decode(), "keyring.wrong"),
        ("key", base64.b64encode(bytes(range(31))).decode(), "keyring.short"),
        ("key", base64.b64encode(bytes(range(33))).decode(), "keyring.short"),
        ("key", base64.b64encode(bytes(32)).decode(), "keyring.short"),
        ("key", base64.b64encode(b"changeme" * 4).decode(), "keyring.short"),
        ("key", "", "keyring.short"),
        ("key", "no base64!", "keyring.unreadable"),
        ("key", "A" * 42 + "B=", "keyring.unreadable"),  # bits that no byte holds
        ("key", "é" * 44, "keyring.unreadable"),
        ("key", 5, "keyring.unreadable"),
    ],
)
def test_every_field_of_a_key_is_proven(path: Path, field: str, value: object, code: str) -> None:
    create_keyring(path, now=NOW)
    change_file(path, lambda document: document["keys"][0].update({field: value}))
    assert refuse(path) == code


@pytest.mark.parametrize("field", ["id", "state", "created_at", "key", "more"])
def test_a_key_with_a_field_missing_or_one_too_many_is_unreadable(path: Path, field: str) -> None:
    create_keyring(path, now=NOW)
    change_file(path, lambda ring: ring["keys"][0].pop(field, None) or ring["keys"][0].update(more=1))
    assert refuse(path) == "keyring.unreadable"


def test_keys_that_are_missing_doubled_reordered_or_of_another_ring_are_refused(path: Path) -> None:
    create_keyring(path, now=NOW)
    rotate(path, now=NOW)
    good = path.read_bytes()
    other = path.with_name("other.json")
    create_keyring(other, now=NOW)
    foreign = json.loads(other.read_bytes())
    changes: list[tuple[Callable[[Document], object], str]] = [
        (lambda document: document["keys"].pop(0), "keyring.wrong"),
        (lambda document: document["keys"].reverse(), "keyring.wrong"),
        (lambda document: document["keys"].append(foreign["keys"][0]), "keyring.wrong"),
        (lambda document: document.update(sentinel=foreign["sentinel"]), "keyring.wrong"),
        (lambda document: document.update(sentinel=""), "keyring.wrong"),
        (lambda document: document["keys"].clear(), "keyring.wrong"),
        (lambda document: document["keys"].append(document["keys"][0]), "keyring.unreadable"),
    ]
    for change, code in changes:
        path.write_bytes(good)
        change_file(path, change)
        assert refuse(path) == code


def test_any_byte_of_the_file_changed_is_refused_or_is_the_same_ring(path: Path) -> None:
    ring = create_keyring(path, now=NOW)
    good = path.read_bytes()
    refused = 0
    for at in range(len(good)):
        for changed in (good[:at] + bytes((good[at] ^ 1,)) + good[at + 1 :], good[:at]):
            path.write_bytes(changed)
            try:
                assert load_keyring(path) == ring
            except KeyRingError:
                refused += 1
    assert refused > 2 * len(good) - 20


@pytest.mark.parametrize("count", [0, 2])
def test_a_whole_ring_without_exactly_one_active_key_is_refused(path: Path, count: int) -> None:
    create_keyring(path, now=NOW)
    state = KeyState.ACTIVE if count else KeyState.DECRYPT_ONLY
    keys = [rings._draw(state, NOW) for _ in range(2)]
    path.write_bytes(rings._serialise(KeyRing(tuple(keys))))
    assert refuse(path) == "keyring.no_active_key"


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o601, 0o644, 0o620, 0o666])
def test_a_file_open_to_others_is_refused_or_warned_about(
    path: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    ring = create_keyring(path, now=NOW)
    path.chmod(mode)
    assert refuse(path) == "keyring.too_open"
    assert load_keyring(path, refuse_open=False) == ring
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["keyring.too_open"]


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_the_owner_and_a_service_group_may_read_the_file(path: Path, mode: int) -> None:
    ring = create_keyring(path, now=NOW)
    path.chmod(mode)
    assert load_keyring(path) == ring


def test_rotation_makes_a_new_key_active_and_keeps_the_old_for_reading(path: Path) -> None:
    before = create_keyring(path, now=NOW)
    after = rotate(path, now=NOW)
    assert load_keyring(path) == after
    assert states(after) == ["decrypt_only", "active"]
    assert after.get(before.active.id).secret == before.active.secret
    assert after.active.secret != before.active.secret
    assert after.waiting is None


def test_an_added_key_waits_only_once_and_is_the_one_that_rotation_makes_active(path: Path) -> None:
    before = create_keyring(path, now=NOW)
    added = add_key(path, now=NOW)
    assert (states(added), added.active) == (["active", "decrypt_only"], before.active)
    assert add_key(path, now=NOW) == added
    rotated = rotate(path, now=NOW)
    assert added.waiting is not None
    assert (states(rotated), rotated.active.id) == (["decrypt_only", "active"], added.waiting.id)


def test_retiring_destroys_the_bytes_and_keeps_the_id(path: Path) -> None:
    first = create_keyring(path, now=NOW).active
    rotate(path, now=NOW)
    ring = retire(path, first.id)
    assert load_keyring(path) == ring == retire(path, first.id)
    assert states(ring) == ["retired", "active"]
    assert base64.b64encode(first.secret) not in path.read_bytes()
    with pytest.raises(KeyRingError) as caught:
        ring.get(first.id)
    assert caught.value.code == "keyring.unknown_key"
    assert states(rotate(path, now=NOW)) == ["retired", "decrypt_only", "active"]


def test_the_active_and_the_unknown_key_are_not_retired(path: Path) -> None:
    ring = create_keyring(path, now=NOW)
    for kek_id, code in ((ring.active.id, "keyring.key_active"), ("kek-none", "keyring.unknown_key")):
        with pytest.raises(KeyRingError) as caught:
            retire(path, kek_id)
        assert caught.value.code == code
    assert load_keyring(path) == ring


def test_a_damaged_ring_is_never_written_over(path: Path) -> None:
    create_keyring(path, now=NOW)
    change_file(path, lambda document: document.update(sentinel=""))
    damaged = path.read_bytes()
    for change in (add_key, rotate):
        with pytest.raises(KeyRingError):
            change(path, now=NOW)
    assert path.read_bytes() == damaged


def test_a_change_keeps_mode_owner_and_link_and_leaves_nothing_behind(path: Path) -> None:
    create_keyring(path, now=NOW)
    path.chmod(0o640)
    link = path.with_name("link.json")
    link.symlink_to(path)
    ring = rotate(link, now=NOW)
    assert (link.is_symlink(), load_keyring(path)) == (True, ring)
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["keyring.json", "link.json"]


def test_a_file_that_cannot_be_replaced_is_said_to_be_so(path: Path) -> None:
    blocked = path.parent / "file"
    blocked.write_text("")
    with pytest.raises(KeyRingError) as caught:
        create_keyring(blocked / "keyring.json", now=NOW)
    assert caught.value.code == "keyring.unwritable"


def test_two_who_make_a_ring_at_once_get_one(path: Path) -> None:
    codes: list[str] = []
    barrier = threading.Barrier(8)

    def create() -> None:
        barrier.wait()
        try:
            codes.append(create_keyring(path, now=NOW).active.id)
        except KeyRingError as error:
            codes.append(error.code)

    run_together(create, 8)
    assert codes.count("keyring.exists") == 7
    assert load_keyring(path).active.id in codes


def test_the_databases_sentinel_opens_with_its_ring_after_rotation_and_with_no_other(path: Path) -> None:
    ring = create_keyring(path, now=NOW)
    sentinel = ring.seal_sentinel()
    rotated = rotate(path, now=NOW)
    assert rotated.open_sentinel(memoryview(sentinel)) == ring.active.id  # type: ignore[arg-type]
    assert rotated.open_sentinel(rotated.seal_sentinel()) == rotated.active.id
    other = create_keyring(path.with_name("other.json"), now=NOW)
    for opener, row in (
        (other, sentinel),
        (ring, rotated.seal_sentinel()),
        (retire(path, ring.active.id), sentinel),
        (ring, sentinel[:-1]),
        (ring, b""),
    ):
        with pytest.raises(KeyRingError) as caught:
            opener.open_sentinel(row)
        assert caught.value.code == "keyring.wrong"


def test_no_key_is_shown_or_leaves_the_process(path: Path) -> None:
    ring = create_keyring(path, now=NOW)
    shown = f"{ring!r} {ring} {ring.keys!r} {ring.active!r}"
    secret = ring.active.secret
    for form in (repr(secret), secret.hex(), base64.b64encode(secret).decode()):
        assert form not in shown
    for escape in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            escape(ring)


# The ring of this process


@pytest.fixture
def dev(path: Path) -> Iterator[Path]:
    with override_settings(KEYRING_FILE=path, APP_ENV="dev"):
        yield path


def test_dev_makes_its_ring_on_first_use_and_keeps_it(dev: Path) -> None:
    ring = current_keyring()
    assert load_keyring(dev) == ring
    assert current_keyring() is current_keyring()


def test_prod_makes_no_ring_and_refuses_an_open_one(dev: Path) -> None:
    with override_settings(APP_ENV="prod"):
        with pytest.raises(KeyRingError) as caught:
            current_keyring()
        assert (caught.value.code, dev.exists()) == ("keyring.missing", False)
        create_keyring(dev, now=NOW)
        dev.chmod(0o644)
        with pytest.raises(KeyRingError) as caught:
            current_keyring()
        assert caught.value.code == "keyring.too_open"


def test_a_rotation_by_another_process_is_seen(dev: Path) -> None:
    before = current_keyring()
    after = rotate(dev, now=NOW)
    assert current_keyring() == after != before


def test_a_ring_that_was_good_stays_in_use_when_its_file_is_damaged_or_gone(
    dev: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ring = current_keyring()
    dev.write_bytes(b"")
    assert [current_keyring(), current_keyring()] == [ring, ring]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    dev.unlink()
    assert current_keyring() is ring
    assert not dev.exists()


def test_threads_that_come_first_together_get_one_ring(dev: Path) -> None:
    found: list[str] = []
    barrier = threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        found.append(current_keyring().active.id)

    run_together(ask, 8)
    assert found == [load_keyring(dev).active.id] * 8


def run_together(work: Callable[[], None], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
