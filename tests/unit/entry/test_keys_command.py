"""Mara keeps the key ring from the command line; a shelf stands in for the tables that keep wrapped DEKs."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import override_settings

from server.entry.management.commands.keys import Command
from server.foundation.keyring import KeyRing, add_key, create_keyring, load_keyring, rotate
from server.foundation.sealing import (
    forget_dek_owner,
    list_dek_owners,
    register_dek_owner,
    rewrap,
    unwrap_dek,
    wrap_dek,
)

NOW = datetime(2026, 3, 1, 20, 15, tzinfo=UTC)


def states(ring: KeyRing) -> list[str]:
    return [key.state.value for key in ring.keys]


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "keyring.json"
    with override_settings(KEYRING_FILE=path, APP_ENV="dev"):
        yield path


class Shelf:
    """A fake owner of wrapped DEKs: a dict in place of a table; it stops after `steps_left` steps."""

    def __init__(self, ring: KeyRing, count: int) -> None:
        made = [wrap_dek(ring) for _ in range(count)]
        self.rows = {dek.id: (wrapped, kek_id) for dek, wrapped, kek_id in made}
        self.steps_left = 1_000

    def count_by_kek(self) -> dict[str, int]:
        ids = [kek_id for _, kek_id in self.rows.values()]
        return {kek_id: ids.count(kek_id) for kek_id in ids}

    def rewrap_some(self, ring: KeyRing, limit: int) -> int:
        if not self.steps_left:
            raise KeyboardInterrupt
        self.steps_left -= 1
        behind = [dek_id for dek_id, (_, kek_id) in self.rows.items() if kek_id != ring.active.id][:limit]
        self.rows |= {dek_id: rewrap(ring, *self.rows[dek_id]) for dek_id in behind}
        return len(behind)


@pytest.fixture
def shelf(dev: Path) -> Iterator[Shelf]:
    others = list_dek_owners()
    for owner in others:
        forget_dek_owner(owner.name)
    found = Shelf(create_keyring(dev, now=NOW), 5)
    register_dek_owner("test.shelf", found.count_by_kek, found.rewrap_some)
    yield found
    forget_dek_owner("test.shelf")
    for owner in others:
        register_dek_owner(owner.name, owner.count_by_kek, owner.rewrap_some)


def run_keys(*words: str) -> str:
    out = StringIO()
    call_command(Command(), *words, stdout=out, no_color=True)
    return out.getvalue()


def test_init_makes_a_ring_once(dev: Path) -> None:
    out = run_keys("init")
    assert load_keyring(dev).active.id in out
    with pytest.raises(CommandError, match=r"^keyring\.exists: "):
        run_keys("init")


def test_rotate_rewraps_every_dek_and_every_blob_still_opens(dev: Path, shelf: Shelf) -> None:
    old = load_keyring(dev).active.id
    out = run_keys("rotate", "--step", "2")
    ring = load_keyring(dev)
    assert shelf.count_by_kek() == {ring.active.id: 5} != {old: 5}
    assert "test.shelf: 5 DEKs rewrapped." in out
    assert [unwrap_dek(ring, dek_id, *row).id for dek_id, row in shelf.rows.items()] == list(shelf.rows)


def test_a_rotation_that_was_cut_off_is_finished_without_another_key(dev: Path, shelf: Shelf) -> None:
    shelf.steps_left = 1
    with pytest.raises(KeyboardInterrupt):
        run_keys("rotate", "--step", "2")
    active = load_keyring(dev).active.id
    assert shelf.count_by_kek()[active] == 2
    shelf.steps_left = 1_000
    assert "3 DEKs are behind" in run_keys("rotate", "--step", "2")
    assert (load_keyring(dev).active.id, shelf.count_by_kek()) == (active, {active: 5})


def test_finishing_when_nothing_is_behind_makes_no_key(dev: Path, shelf: Shelf) -> None:
    before = dev.read_bytes()
    assert "0 DEKs are behind" in run_keys("rotate", "--finish")
    assert dev.read_bytes() == before


def test_retire_refuses_when_nobody_can_say_what_the_key_wraps(dev: Path, shelf: Shelf) -> None:
    old = load_keyring(dev).active.id
    rotate(dev, now=NOW)
    forget_dek_owner("test.shelf")
    with pytest.raises(CommandError, match=r"^keyring\.no_owners: "):
        run_keys("retire", old)
    assert load_keyring(dev).get(old).secret


def test_retire_refuses_while_a_dek_is_under_the_key_and_works_after(dev: Path, shelf: Shelf) -> None:
    old = load_keyring(dev).active.id
    rotate(dev, now=NOW)
    with pytest.raises(CommandError, match=r"^keyring\.key_in_use: .* 5 DEKs of test\.shelf"):
        run_keys("retire", old)
    assert load_keyring(dev).get(old).secret
    run_keys("rotate")
    run_keys("retire", old)
    run_keys("retire", old)
    assert states(load_keyring(dev)) == ["retired", "active"]


def test_status_shows_states_ages_counts_and_keys_that_the_ring_lacks_and_changes_nothing(
    dev: Path, shelf: Shelf
) -> None:
    add_key(dev, now=NOW + timedelta(days=30))
    first = next(iter(shelf.rows))
    shelf.rows[first] = (shelf.rows[first][0], "kek-lost")
    before = dev.read_bytes()
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        lines = run_keys("status").splitlines()
    old, waiting = load_keyring(dev).keys
    assert lines == [
        f"{old.id}  active        2026-03-01  40 days  test.shelf: 4",
        f"{waiting.id}  waiting       2026-03-31  10 days  test.shelf: 0",
        "kek-lost  NOT IN THIS RING  test.shelf: 1",
    ]
    assert dev.read_bytes() == before


def test_a_database_that_is_away_is_said_to_be_so(dev: Path, shelf: Shelf) -> None:
    def fail() -> dict[str, int]:
        raise OperationalError

    register_dek_owner("test.shelf", fail, shelf.rewrap_some)
    for verb in (("status",), ("rotate",)):
        with pytest.raises(CommandError, match=r"^keys\.database: OperationalError"):
            run_keys(*verb)
    assert states(load_keyring(dev)) == ["active"]


def test_status_never_shows_a_key(dev: Path, shelf: Shelf) -> None:
    out = run_keys("status")
    assert load_keyring(dev).active.id in out
    assert base64.b64encode(load_keyring(dev).active.secret).decode() not in out


def test_add_waits_and_may_be_run_twice(dev: Path, shelf: Shelf) -> None:
    assert run_keys("add") == run_keys("add")
    assert states(load_keyring(dev)) == ["active", "decrypt_only"]


def test_rotation_stops_with_a_code_when_a_wrapped_dek_does_not_open(dev: Path, shelf: Shelf) -> None:
    first = next(iter(shelf.rows))
    shelf.rows[first] = (bytes(40), shelf.rows[first][1])
    with pytest.raises(CommandError, match=r"^seal\.broken: "):
        run_keys("rotate")


@pytest.mark.parametrize("verb", [("add",), ("rotate",), ("status",), ("retire", "kek-1")])
def test_no_verb_but_init_makes_a_ring(dev: Path, verb: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"^keyring\.missing: "):
        run_keys(*verb)
    assert not dev.exists()


def test_a_step_of_nothing_is_refused_before_anything_changes(dev: Path, shelf: Shelf) -> None:
    before = dev.read_bytes()
    with pytest.raises(CommandError, match=r"^keys\.bad_step: "):
        run_keys("rotate", "--step", "0")
    assert dev.read_bytes() == before
