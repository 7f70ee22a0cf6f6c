"""A log in memory, made by the real chaining, for the verifier to look at and for Eve to spoil."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from server.audit.rules.chain import Head, Link, chain_entries, start_stream
from server.audit.rules.checkpoints import Checkpoint
from server.audit.rules.entries import Entry, Id
from server.audit.rules.verifying import Fault, Place, Wrong, check_checkpoints, check_streams

NOW = datetime(2026, 11, 24, 21, 55, tzinfo=UTC)
NORTH, SOUTH = UUID(int=1), UUID(int=2)
ADA, MARA = UUID(int=11), UUID(int=12)


def make_entry(stream_id: Id = NORTH, **more: Any) -> Entry:
    """Return what Mara did: she read Ada's conversation."""
    known: dict[str, Any] = {
        "stream_id": stream_id,
        "action": "conversation.read",
        "actor_id": MARA,
        "actor_role": "coordinator",
        "subject_id": ADA,
        "object_id": UUID(int=13),
        "session_id": UUID(int=14),
        "purpose": "safety",
    }
    return Entry(**known | more)


def change_column(link: Link, name: str, value: Any) -> Link:
    """Return the link with another value in one column, whatever that does to its hash."""
    columns = link._asdict() | {name: value}
    return Link(**columns)


@dataclass
class MemoryLedger:
    """Streams as lists of links, in any state that Eve leaves them in."""

    heads: dict[UUID, Head] = field(default_factory=dict)
    links: dict[UUID, list[Link]] = field(default_factory=dict)

    def record(self, *entries: Entry) -> None:
        """Record entries one after the other, as the action does."""
        for entry in entries:
            stream_id = UUID(str(entry.stream_id))
            head = self.heads.get(stream_id) or start_stream(stream_id)
            (link,) = chain_entries(head, [entry], now=NOW)
            self.links.setdefault(stream_id, []).append(link)
            self.heads[stream_id] = Head(link.number, link.hash)

    def sign(self, stream_id: UUID = NORTH) -> Checkpoint:
        """Return a checkpoint of a stream as it stands."""
        head = self.heads[stream_id]
        return Checkpoint(stream_id, head.number, head.hash, NOW, "kek", b"signed")

    def find_stream_after(self, stream_id: UUID | None) -> UUID | None:
        """As the verifier asks."""
        known = {*self.heads, *(one for one, links in self.links.items() if links)}
        return min((one for one in known if stream_id is None or one > stream_id), default=None)

    def find_head(self, stream_id: UUID) -> Head | None:
        """As the verifier asks."""
        return self.heads.get(stream_id)

    def list_links(self, stream_id: UUID, after: int, most: int) -> Sequence[Link]:
        """As the verifier asks."""
        found = sorted((one for one in self.links.get(stream_id, []) if one.number > after), key=lambda one: one.number)
        return found[:most]

    def list_hashes(self, places: Sequence[Place]) -> dict[Place, bytes]:
        """As the verifier asks."""
        held = {(one.stream_id, one.number): one.hash for links in self.links.values() for one in links}
        return {place: held[place] for place in places if place in held}

    def find_last_number(self, stream_id: UUID) -> int:
        """As the verifier asks."""
        return max((one.number for one in self.links.get(stream_id, [])), default=0)

    def copy(self) -> MemoryLedger:
        """Return a log of its own with the same content."""
        return dataclasses.replace(self, heads=dict(self.heads), links={key: [*of] for key, of in self.links.items()})


def find_faults(ledger: MemoryLedger, *checkpoints: Checkpoint) -> list[Fault]:
    """Return what the verifier finds: first along the chains, then by the checkpoints (all of them well signed)."""
    walked = [report.fault for report in check_streams(ledger) if report.fault]
    return walked + list(check_checkpoints(ledger, checkpoints, lambda one: one.signature == b"signed"))


def name_faults(ledger: MemoryLedger, *checkpoints: Checkpoint) -> list[tuple[UUID, int, Wrong]]:
    """Return which entry of which stream is bad, and how."""
    return [(one.stream_id, one.number, one.wrong) for one in find_faults(ledger, *checkpoints)]
