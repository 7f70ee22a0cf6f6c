"""The chain: every entry holds the hash of the one before it, the first one that of its stream's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

from server.audit.rules.entries import Entry, Id
from server.audit.rules.framing import frame

_STREAM_DOMAIN: Final = "warmlijn/audit/stream/1"
_ENTRY_DOMAIN: Final = "warmlijn/audit/entry/1"


class Link(NamedTuple):
    """An entry in its place, as the table holds it; the hash covers every column before it."""

    stream_id: UUID
    number: int
    at: datetime
    action: str
    actor_id: UUID | None
    actor_role: str
    acting_for_id: UUID | None
    subject_id: UUID | None
    object_kind: str
    object_id: UUID | None
    session_id: UUID | None
    process: str
    purpose: str
    emergency: bool
    outcome: str
    authorisation_id: UUID | None
    shown_from: datetime | None
    prev_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """Where a stream stands: number and hash of its last entry; number 0 and the stream's own hash before the first."""

    number: int
    hash: bytes


def start_stream(stream_id: Id) -> Head:
    """Return the head of a stream without entries."""
    return Head(0, sha256(frame(_STREAM_DOMAIN, as_uuid(stream_id))).digest())


def hash_link(link: Link) -> bytes:
    """Return the SHA-256 that belongs to a link's content."""
    return sha256(frame(_ENTRY_DOMAIN, *link[:-1])).digest()


def chain_entries(head: Head, entries: Sequence[Entry], *, now: datetime) -> list[Link]:
    """Return the entries of one stream as links that follow its head, in the order given."""
    links: list[Link] = []
    for entry in entries:
        link = _place(entry, head, now)
        head = Head(link.number, hash_link(link))
        links.append(link._replace(hash=head.hash))
    return links


def as_uuid(value: Id) -> UUID:
    """Return an id as a UUID, however it was written."""
    return value if isinstance(value, UUID) else UUID(value)


def _place(entry: Entry, head: Head, now: datetime) -> Link:
    return Link(
        stream_id=as_uuid(entry.stream_id),
        number=head.number + 1,
        at=now,
        action=entry.action,
        actor_id=_maybe(entry.actor_id),
        actor_role=entry.actor_role,
        acting_for_id=_maybe(entry.acting_for_id),
        subject_id=_maybe(entry.subject_id),
        object_kind=entry.object_kind,
        object_id=_maybe(entry.object_id),
        session_id=_maybe(entry.session_id),
        process=entry.process,
        purpose=entry.purpose,
        emergency=entry.emergency,
        outcome=entry.outcome,
        authorisation_id=_maybe(entry.authorisation_id),
        shown_from=entry.shown_from,
        prev_hash=head.hash,
        hash=b"",
    )


def _maybe(value: Id | None) -> UUID | None:
    return None if value is None else as_uuid(value)
