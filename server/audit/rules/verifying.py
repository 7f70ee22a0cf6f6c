"""Finding what was done to the log: walk every chain, then hold signed checkpoints against it. Memory stays small."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Protocol
from uuid import UUID

from server.audit.rules.chain import Head, Link, hash_link, start_stream
from server.audit.rules.checkpoints import Checkpoint

PAGE: Final = 500
_LOWEST: Final = -(2**63)  # nothing hides before entry 1
Place = tuple[UUID, int]


class Wrong(enum.StrEnum):
    """What is wrong with the entry that a fault names."""

    MISSING = "it is missing"
    CHANGED = "its content does not fit its hash"
    UNFITTING = "it does not follow from the entry before it"
    BEYOND_HEAD = "it lies beyond the head of its stream"
    HEAD_DIFFERS = "the head of its stream has another hash"
    NO_STREAM = "the row of its stream is missing"
    REWRITTEN = "a checkpoint has another hash for it"
    NOT_SIGNED = "a checkpoint for it is not signed by a key of this installation"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad entry of a stream. `good_upto` is the last entry that an earlier checkpoint vouches for."""

    stream_id: UUID
    number: int
    wrong: Wrong
    good_upto: int | None = None


class Ledger(Protocol):
    """The log to be checked; `rules` knows no database."""

    def find_stream_after(self, stream_id: UUID | None) -> UUID | None:
        """Return the next stream by id that has a row or an entry, or None; None begins."""

    def find_head(self, stream_id: UUID) -> Head | None:
        """Return a stream's head, None without its row."""

    def list_links(self, stream_id: UUID, after: int, most: int) -> Sequence[Link]:
        """Return the entries after a number, ascending."""

    def list_hashes(self, places: Sequence[Place]) -> Mapping[Place, bytes]:
        """Return the hashes of these entries, those that are missing left out."""

    def find_last_number(self, stream_id: UUID) -> int:
        """Return the highest number in a stream, 0 without entries."""


@dataclass(frozen=True, slots=True)
class StreamReport:
    """How a stream was found: how many entries are good, and the first bad one."""

    stream_id: UUID
    good: int
    fault: Fault | None


def check_streams(ledger: Ledger) -> Iterator[StreamReport]:
    """Yield a report on every stream, by id."""
    stream_id = ledger.find_stream_after(None)
    while stream_id is not None:
        yield _StreamWalk(ledger, stream_id).check()
        stream_id = ledger.find_stream_after(stream_id)


def check_checkpoints(
    ledger: Ledger, checkpoints: Iterable[Checkpoint], is_trusted: Callable[[Checkpoint], bool]
) -> Iterator[Fault]:
    """Yield the first fault of each stream: an entry that was there and is not, or is another one now. Beside it at
    most one checkpoint a stream that nobody here signed; such a one proves nothing and hides nothing.

    Checkpoints of one stream must come in the order in which they were written.
    """
    found = _Found()
    rest = iter(checkpoints)
    while batch := list(islice(rest, PAGE)):
        hashes = ledger.list_hashes([(one.stream_id, one.number) for one in batch])
        for one in batch:
            seen = found.faulty if is_trusted(one) else found.unsigned
            if one.stream_id in seen:
                continue
            fault = _judge(ledger, one, hashes, found) if seen is found.faulty else _blame_line(one, found)
            if fault is not None:
                seen.add(one.stream_id)
                yield fault


@dataclass(slots=True)
class _Found:
    faulty: set[UUID] = field(default_factory=set)
    unsigned: set[UUID] = field(default_factory=set)
    good_upto: dict[UUID, int] = field(default_factory=dict)


def _judge(ledger: Ledger, checkpoint: Checkpoint, hashes: Mapping[Place, bytes], found: _Found) -> Fault | None:
    stream_id, number = checkpoint.stream_id, checkpoint.number
    good_upto = found.good_upto.get(stream_id, 0)
    held = hashes.get((stream_id, number))
    if held is None:
        return Fault(stream_id, min(ledger.find_last_number(stream_id) + 1, number), Wrong.MISSING, good_upto)
    if held != checkpoint.hash:
        return Fault(stream_id, number, Wrong.REWRITTEN, good_upto)
    found.good_upto[stream_id] = max(good_upto, number)
    return None


def _blame_line(checkpoint: Checkpoint, found: _Found) -> Fault:
    good_upto = found.good_upto.get(checkpoint.stream_id, 0)
    return Fault(checkpoint.stream_id, checkpoint.number, Wrong.NOT_SIGNED, good_upto)


class _StreamWalk:
    """One walk along a stream, which may grow meanwhile: entries and head are committed together."""

    def __init__(self, ledger: Ledger, stream_id: UUID) -> None:
        self._ledger, self._stream_id = ledger, stream_id
        self._at = start_stream(stream_id)

    def check(self) -> StreamReport:
        """Return how the stream was found."""
        fault = self._walk() or self._compare_head()
        good = self._at.number if fault is None else min(self._at.number, fault.number - 1)
        return StreamReport(self._stream_id, good, fault)

    def _compare_head(self) -> Fault | None:
        """Hold the end of the walk against the head; what was recorded since is walked as well."""
        while True:
            head = self._ledger.find_head(self._stream_id)
            if head is None:
                return self._blame(1, Wrong.NO_STREAM)
            if head.number < self._at.number:
                return self._blame(head.number + 1, Wrong.BEYOND_HEAD)
            if head.number == self._at.number:
                return None if head.hash == self._at.hash else self._blame(head.number, Wrong.HEAD_DIFFERS)
            before = self._at.number
            if fault := self._walk():
                return fault
            if self._at.number == before:
                return self._blame(before + 1, Wrong.MISSING)

    def _walk(self) -> Fault | None:
        """Go on to the last entry there is; stop at the first bad one."""
        while page := self._ledger.list_links(self._stream_id, self._at.number or _LOWEST, PAGE):
            for link in page:
                if wrong := self._find_wrong(link):
                    return self._blame(self._at.number + 1, wrong)
                self._at = Head(link.number, link.hash)
        return None

    def _find_wrong(self, link: Link) -> Wrong | None:
        if link.number != self._at.number + 1:
            return Wrong.MISSING
        if hash_link(link) != link.hash:
            return Wrong.CHANGED
        return Wrong.UNFITTING if link.prev_hash != self._at.hash else None

    def _blame(self, number: int, wrong: Wrong) -> Fault:
        return Fault(self._stream_id, number, wrong)
