"""Check the audit log, and note a restore in it. docs/audit.md says when, and what to do about a fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from server.audit.actions import record_restore
from server.audit.actions.signers import list_trusted
from server.audit.checkpoint_file import UnreadableCounter, read_checkpoints
from server.audit.queries import StoredLedger, list_checkpoints
from server.audit.rules.checkpoints import Checkpoint
from server.audit.rules.verifying import Fault, check_checkpoints, check_streams
from server.foundation.clock import format_instant, read_clock
from server.foundation.keyring import KeyRingError, current_keyring
from server.foundation.signing import is_signed


class Command(BaseCommand):
    """`verify` changes nothing and needs no running server; `restored` adds an entry to every stream."""

    help = "Check the audit log against its chains and checkpoints, or note that a backup was restored."
    # A log must be checkable on a machine on which a server would refuse to start.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser(
            "verify", help="name the first bad entry of every stream; exit code 1 when there is one"
        )
        verify.add_argument(
            "--checkpoints", type=Path, metavar="FILE", help="a copy of AUDIT_CHECKPOINTS, best from another machine"
        )
        verbs.add_parser("restored", help="after a restore: note it in every stream")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Run one verb. Raises CommandError when there is a fault, or when something cannot be read."""
        try:
            if verb == "restored":
                self.stdout.write(f"noted in {record_restore(now=read_clock())} streams")
            else:
                self._verify(options["checkpoints"])
        except KeyRingError as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            raise CommandError(f"audit.database: {type(error).__name__}: is it up, and migrated?") from error
        except OSError as error:
            raise CommandError(f"audit.checkpoints: {error.filename}: {error.strerror}") from None

    def _verify(self, file: Path | None) -> None:
        faults = self._verify_streams() + self._verify_checkpoints("in the database", list_checkpoints())
        file = file or _find_file()
        if file is None:
            self.stdout.write("No file of checkpoints was looked at: who can write the database could have cut a tail.")
        else:
            unreadable = UnreadableCounter()
            faults += self._verify_checkpoints(f"in {file}", read_checkpoints(file, unreadable))
            if unreadable.lines:
                self.stdout.write(
                    f"{unreadable.lines} lines of {file} are no checkpoints, line {unreadable.first} first."
                )
        if faults:
            raise CommandError(f"audit.fault: {faults} found. Keep everything as it is and read docs/audit.md.")
        self.stdout.write("No fault found.")

    def _verify_streams(self) -> int:
        streams = entries = faults = 0
        for report in check_streams(StoredLedger()):
            streams, entries = streams + 1, entries + report.good
            if report.fault is not None:
                faults += 1
                self._show(report.fault)
        self.stdout.write(f"{entries} entries in {streams} streams follow one another.")
        return faults

    def _verify_checkpoints(self, where: str, checkpoints: Iterable[Checkpoint]) -> int:
        """Hold checkpoints against the log; return how many faults there are."""
        trusted = list_trusted(current_keyring())
        watched = _Watched(checkpoints)
        faults = 0
        for fault in check_checkpoints(StoredLedger(), watched, lambda one: _is_trusted(one, trusted)):
            faults += 1
            self._show(fault)
        self.stdout.write(f"{watched.describe()} {where} looked at.")
        return faults

    def _show(self, fault: Fault) -> None:
        line = f"stream {fault.stream_id} entry {fault.number}: {fault.wrong.value}"
        if fault.good_upto is not None:
            line += f" (good up to entry {fault.good_upto})"
        self.stdout.write(self.style.ERROR(line))


class _Watched:
    """Checkpoints on their way through: how many there were, and the last one's time."""

    def __init__(self, checkpoints: Iterable[Checkpoint]) -> None:
        self._checkpoints = checkpoints
        self._count = 0
        self._last: Checkpoint | None = None

    def __iter__(self) -> Iterator[Checkpoint]:
        for one in self._checkpoints:
            self._count, self._last = self._count + 1, one
            yield one

    def describe(self) -> str:
        """Say how many."""
        until = f", the last of {format_instant(self._last.at)}," if self._last else ""
        return f"{self._count} checkpoints{until}"


def _find_file() -> Path | None:
    file = settings.AUDIT_CHECKPOINTS
    return file if file.exists() else None


def _is_trusted(checkpoint: Checkpoint, trusted: dict[str, bytes]) -> bool:
    public_key = trusted.get(checkpoint.key_id)
    return public_key is not None and is_signed(public_key, checkpoint.signature, checkpoint.encode())
