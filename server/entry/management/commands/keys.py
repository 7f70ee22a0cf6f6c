"""Keep the key ring: make it, add a key, rotate, look, retire. docs/runbooks/keys.md says when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from server.foundation import keyring as rings
from server.foundation.clock import read_clock
from server.foundation.keyring import Kek, KeyRing, KeyRingError, KeyState
from server.foundation.sealing import SealBroken, list_dek_owners

STEP = 500


class Command(BaseCommand):
    """Change or show the key ring at KEYRING_FILE; `status` is the only verb that changes nothing."""

    help = "Keep the key ring: init, add, rotate, status, retire."
    # The checks refuse a missing or a wrong ring, which is what this command is there to mend.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("init", help="write a new key ring; refuses when there is one")
        verbs.add_parser("add", help="add a key that the next rotation makes active")
        rotate = verbs.add_parser("rotate", help="make a new key active and rewrap every DEK; run again to resume")
        rotate.add_argument("--step", type=int, default=STEP, help="DEKs rewrapped in one transaction")
        rotate.add_argument("--finish", action="store_true", help="rewrap what is behind, make no key active")
        verbs.add_parser("status", help="show keys and what each still wraps")
        retire = verbs.add_parser("retire", help="destroy a key that wraps nothing any more")
        retire.add_argument("kek_id")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Run one verb. Raises CommandError that begins with the error's code."""
        path = Path(settings.KEYRING_FILE)
        try:
            match verb:
                case "init":
                    self._init(path, read_clock())
                case "add":
                    self._add(path, read_clock())
                case "rotate":
                    self._rotate(path, read_clock(), step=options["step"], finish=options["finish"])
                case "status":
                    self._show(_load(path), read_clock())
                case "retire":
                    self._retire(path, options["kek_id"])
        except KeyRingError as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            raise CommandError(f"keys.database: {type(error).__name__}: is it up, and migrated?") from error
        except SealBroken:
            raise CommandError("seal.broken: a wrapped DEK does not open with this ring") from None

    def _init(self, path: Path, now: datetime) -> None:
        ring = rings.create_keyring(path, now=now)
        self.stdout.write(f"{path}: new key ring, {ring.active.id} is active.")
        self.stdout.write("Keep a copy of it, never beside a copy of the database.")

    def _add(self, path: Path, now: datetime) -> None:
        _load(path)
        newest = rings.add_key(path, now=now).keys[-1]
        self.stdout.write(f"{newest.id} waits: bring the file to every machine, then rotate.")

    def _rotate(self, path: Path, now: datetime, *, step: int, finish: bool) -> None:
        if step < 1:
            raise CommandError("keys.bad_step: --step must be 1 or more")
        ring = _load(path)
        behind = sum(owner.count_behind(ring) for owner in list_dek_owners())
        if behind or finish:
            self.stdout.write(f"{behind} DEKs are behind {ring.active.id}: no new key before they are done.")
        else:
            ring = rings.rotate(path, now=now)
            self.stdout.write(f"{ring.active.id} is active.")
        for owner in list_dek_owners():
            self.stdout.write(f"{owner.name}: {owner.rewrap_all(ring, step)} DEKs rewrapped.")

    def _retire(self, path: Path, kek_id: str) -> None:
        _load(path).find(kek_id)
        if not list_dek_owners():
            raise KeyRingError("keyring.no_owners", "nobody here can say what this key still wraps")
        for owner in list_dek_owners():
            count = owner.count_by_kek().get(kek_id, 0)
            if count:
                detail = f"{kek_id} still wraps {count} DEKs of {owner.name}: rotate first"
                raise KeyRingError("keyring.key_in_use", detail)
        rings.retire(path, kek_id)
        self.stdout.write(f"{kek_id} is retired: its bytes are gone from {path}.")

    def _show(self, ring: KeyRing, now: datetime) -> None:
        counts = {owner.name: owner.count_by_kek() for owner in list_dek_owners()}
        for key in ring.keys:
            self.stdout.write(_describe(key, ring, now) + _describe_counts(key.id, counts))
        known = {key.id for key in ring.keys if key.state is not KeyState.RETIRED}
        for kek_id in sorted({kek_id for by_kek in counts.values() for kek_id in by_kek} - known):
            self.stdout.write(self.style.ERROR(f"{kek_id}  NOT IN THIS RING{_describe_counts(kek_id, counts)}"))


def _load(path: Path) -> KeyRing:
    return rings.load_keyring(path, refuse_open=settings.APP_ENV == "prod")


def _describe(key: Kek, ring: KeyRing, now: datetime) -> str:
    state = "waiting" if key is ring.waiting else key.state.value
    return f"{key.id}  {state:12}  {key.created_at:%Y-%m-%d}  {(now - key.created_at).days} days"


def _describe_counts(kek_id: str, counts: Mapping[str, Mapping[str, int]]) -> str:
    return "".join(f"  {name}: {by_kek.get(kek_id, 0)}" for name, by_kek in sorted(counts.items()))
