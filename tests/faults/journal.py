"""What devices and the harness write down as it happens; the checker reads nothing else of them.

`at` is the running loop's monotonic clock in seconds, the same for everybody in one run.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing that happened on one device of one person."""

    at: float
    device: str
    user: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempted(Entry):
    """A message left the device; every retry writes its own entry."""

    c: str
    m: str
    body: str
    route: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Acknowledged(Entry):
    """A `sent` answer, or its REST twin, arrived."""

    c: str
    m: str
    dup: bool
    state: str
    seq: int
    mid: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused(Entry):
    """An error answered a send; `final` means that the device gave the message up."""

    c: str
    m: str
    code: str
    final: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Unanswered(Entry):
    """An attempt ended without an answer: the outcome is unknown until a retry tells."""

    m: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied(Entry):
    """One event of a batch that the device applied. Message fields are None for other kinds."""

    epoch: str
    pos: int
    kind: str
    c: str | None = None
    seq: int | None = None
    mid: str | None = None
    sender: str | None = None
    body: str | None = None
    m: str | None = None
    upto: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotTaken(Entry):
    """The device threw its state away and started from a snapshot: (conversation, last_seq, visible_upto)."""

    cursor: str
    conversations: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryRead(Entry):
    """One message of a history page, in the page's order."""

    c: str
    seq: int
    mid: str
    sender: str
    body: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pried(Entry):
    """Somebody asked for a conversation that is not theirs and got this HTTP status or error code."""

    c: str
    answer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpPressed(Entry):
    """A youth pressed the help button at `started` and got this HTTP status, 0 for no answer at all.

    `began` is when they began to press, and with the device names the call: who gets no answer presses again.
    """

    began: float
    started: float
    status: int
    escalation: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LineChanged(Entry):
    """The socket opened, was reset by the server, said goodbye or broke."""

    what: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drained(Entry):
    """From here on the device must hold exactly what the table holds; `how` is resume or fresh."""

    how: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GateMoved(Entry):
    """The harness closed or opened `user`'s gate between `started` and `at`."""

    c: str
    closed: bool
    started: float


@dataclass(frozen=True, kw_only=True, slots=True)
class FaultDone(Entry):
    """The harness broke something between `started` and `at`."""

    kind: str
    started: float
    detail: str = ""


EVERY_WAY = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class Away(Entry):
    """From `started` to `at` nothing could answer through one of `ways` doors, or, without a database, through any.

    The server behind it was killed or stood still, or the line to it was a black hole.
    """

    way: int
    ways: int
    started: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CaughtUp(Entry):
    """The device stood at its head `seconds` after the last fault, or did not within the limit.

    With `without_redis` the wait was one with Redis away, so that only the reconciler could help.
    """

    seconds: float
    in_time: bool
    without_redis: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Odd(Entry):
    """Something no fault explains: a process that fell over by itself, an exit code, a device sent away."""

    what: str


KINDS: dict[str, type[Entry]] = {
    kind.__name__: kind
    for kind in (
        Attempted, Acknowledged, Refused, Unanswered, Applied, SnapshotTaken, HistoryRead, Pried, HelpPressed,
        LineChanged, Drained, GateMoved, FaultDone, Away, CaughtUp, Odd,
    )
}  # fmt: skip


@dataclass
class Journal:
    """Entries in memory, and as JSON lines when a file is given: what was written survives a crash."""

    entries: list[Entry] = field(default_factory=list)
    file: TextIO | None = None

    def write(self, entry: Entry) -> None:
        """Append one entry and flush it."""
        self.entries.append(entry)
        if self.file is not None:
            self.file.write(encode_entry(entry) + "\n")
            self.file.flush()


def encode_entry(entry: Entry) -> str:
    """Write an entry as one line of JSON."""
    return json.dumps({"entry": type(entry).__name__} | asdict(entry), ensure_ascii=False)


def decode_entry(line: str) -> Entry:
    """Read what `encode_entry` wrote."""
    fields = json.loads(line)
    if "conversations" in fields:
        fields["conversations"] = tuple(tuple(item) for item in fields["conversations"])
    return KINDS[fields.pop("entry")](**fields)


def read_journals(directory: Path) -> list[Entry]:
    """Return the entries of every `*.jsonl` file in a directory, by time."""
    return sort_entries(_read_lines(directory.glob("*.jsonl")))


def sort_entries(entries: Iterable[Entry]) -> list[Entry]:
    """Order by time; entries of one instant keep the order in which they were written."""
    return sorted(entries, key=lambda entry: entry.at)


def _read_lines(files: Iterable[Path]) -> Iterator[Entry]:
    for file in files:
        # Not splitlines(): a body may hold characters that it takes for ends of lines.
        lines = file.read_text(encoding="utf-8").split("\n")
        yield from (decode_entry(line) for line in lines if line)
