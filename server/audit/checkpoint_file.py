"""The file of checkpoints: appended to with fsync, read line by line. Its disk should be another machine's as well."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from server.audit.rules.checkpoints import LINE_LIMIT, Checkpoint, UnreadableLine, read_line, write_line


def append_checkpoints(path: Path, checkpoints: Sequence[Checkpoint]) -> None:
    """Append one line each, and return when they are on the disk. Raises OSError.

    The file is only ever opened to append, so that the system may forbid everything else (`chattr +a`). What a crash
    cut off stays as a line that cannot be read.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    created = not path.exists()
    with os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "rb+", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = _end_last_line(file.fileno()) + "".join(map(write_line, checkpoints)).encode()
        written = file.write(lines)
        if written != len(lines):
            raise OSError(f"the disk took {written} of {len(lines)} bytes of checkpoints")
        os.fsync(file.fileno())
    if created:
        _sync_directory(path.parent)


def read_checkpoints(path: Path, on_unreadable: UnreadableCounter) -> Iterator[Checkpoint]:
    """Yield the checkpoints in the order in which they were written; other lines are counted. Raises OSError."""
    with path.open("r", encoding="utf-8", errors="replace") as file:
        number = 0
        while line := file.readline(LINE_LIMIT):
            number += 1
            try:
                yield read_line(line)
            except UnreadableLine:
                on_unreadable.count(number)


class UnreadableCounter:
    """How many lines could not be read, and the first of them."""

    def __init__(self) -> None:
        self.lines = 0
        self.first = 0

    def count(self, number: int) -> None:
        """Take note of a line by its number, from 1."""
        self.lines += 1
        self.first = self.first or number


def _end_last_line(file: int) -> bytes:
    size = os.fstat(file).st_size
    return b"" if size == 0 or os.pread(file, 1, size - 1) == b"\n" else b"\n"


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
