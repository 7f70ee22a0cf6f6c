"""Reading the log: who looked at somebody, what a stream holds, and all of it for the verifier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from server.audit.models import AuditCheckpoint, AuditEntry, AuditStream
from server.audit.rules.actions import LOOKS, TELLING
from server.audit.rules.chain import Head, Link
from server.audit.rules.checkpoints import Checkpoint
from server.audit.rules.entries import Id
from server.audit.rules.verifying import PAGE, Place

_MOST: Final = 100  # a page


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked. Ids as text; `actor_id` is None for the server; `(at, number)` is where the next page begins."""

    at: datetime
    number: int
    action: str
    actor_id: str | None
    actor_role: str
    object_kind: str
    object_id: str | None
    purpose: str
    emergency: bool


def list_looks(
    subject_id: Id, *, now: datetime, before: tuple[datetime, int] | None = None, most: int = _MOST
) -> list[Look]:
    """Return who looked at a person, newest first: for that person's own page. Two queries.

    Left out: their own looks, what was refused, and what they are not to be told before an instant that has not come.
    The last `shown_from` that was recorded for a break-glass counts for every look under it.
    """
    found = AuditEntry.objects.filter(subject_id=subject_id, action__in=LOOKS, outcome="done")
    found = found.exclude(actor_id=subject_id).exclude(shown_from__gt=now)
    found = found.exclude(authorisation_id__in=_list_untold(subject_id, now))
    if before is not None:
        found = found.filter(Q(at__lt=before[0]) | Q(at=before[0], number__lt=before[1]))
    return [_show_look(one) for one in found.order_by("-at", "-number")[: min(most, _MOST)]]


@dataclass(frozen=True, slots=True)
class Change:
    """Something was changed about somebody; by themselves, or by somebody else."""

    action: str
    at: datetime
    is_own: bool


def list_changes(subject_id: Id, actions: Sequence[str], *, most: int) -> list[Change]:
    """Return what was changed about a person by these actions, newest first: for that person's own page. One query."""
    found = AuditEntry.objects.filter(subject_id=subject_id, action__in=actions, outcome="done")
    rows = found.order_by("-at", "-number").values_list("action", "at", "actor_id")[: min(most, _MOST)]
    return [Change(action, at, str(actor) == str(subject_id)) for action, at, actor in rows]


def list_entries(stream_id: Id, *, after: int = 0, most: int = _MOST) -> list[Link]:
    """Return a page of a stream's entries by number, ascending: for the desk's admins, whom the caller has checked."""
    return _list_links(stream_id, after, min(most, _MOST))


def list_checkpoints() -> Iterator[Checkpoint]:
    """Yield every checkpoint that was written, in the order in which that was done, page by page."""
    after: tuple[datetime, UUID, int] | None = None
    while page := _list_checkpoint_page(after):
        yield from page
        after = (page[-1].at, page[-1].stream_id, page[-1].number)


class StoredLedger:
    """The log in the database, for `rules.verifying`. Needs no transaction: it may grow while it is read."""

    def find_stream_after(self, stream_id: UUID | None) -> UUID | None:
        """Return the next stream by id that has a row or an entry, or None."""
        streams, entries = AuditStream.objects.order_by("id"), AuditEntry.objects.order_by("stream_id")
        if stream_id is not None:
            streams, entries = streams.filter(id__gt=stream_id), entries.filter(stream_id__gt=stream_id)
        found = [*streams.values_list("id", flat=True)[:1], *entries.values_list("stream_id", flat=True)[:1]]
        return min(found, default=None)

    def find_head(self, stream_id: UUID) -> Head | None:
        """Return a stream's head, None without its row."""
        row = AuditStream.objects.filter(id=stream_id).first()
        return None if row is None else Head(row.head, bytes(row.head_hash))

    def list_links(self, stream_id: UUID, after: int, most: int) -> Sequence[Link]:
        """Return the entries after a number, ascending."""
        return _list_links(stream_id, after, most)

    def list_hashes(self, places: Sequence[Place]) -> dict[Place, bytes]:
        """Return the hashes of these entries, those that are missing left out."""
        rows = AuditEntry.objects.filter(pk__in=list(set(places))).values_list("stream_id", "number", "hash")
        return {(stream_id, number): bytes(hash_) for stream_id, number, hash_ in rows}

    def find_last_number(self, stream_id: UUID) -> int:
        """Return the highest number in a stream, 0 without entries."""
        numbers = AuditEntry.objects.filter(stream_id=stream_id).order_by("-number").values_list("number", flat=True)
        return numbers.first() or 0


def _list_untold(subject_id: Id, now: datetime) -> list[UUID]:
    """Return the authorisations of which the person is not to be told yet."""
    told = AuditEntry.objects.filter(subject_id=subject_id, action__in=TELLING, authorisation_id__isnull=False)
    rows = told.order_by("at", "number").values_list("authorisation_id", "shown_from")
    last = {authorisation_id: shown_from for authorisation_id, shown_from in rows if authorisation_id is not None}
    return [one for one, shown_from in last.items() if shown_from is not None and shown_from > now]


def _show_look(one: AuditEntry) -> Look:
    return Look(
        at=one.at,
        number=one.number,
        action=one.action,
        actor_id=_text(one.actor_id),
        actor_role=one.actor_role,
        object_kind=one.object_kind,
        object_id=_text(one.object_id),
        purpose=one.purpose,
        emergency=one.emergency,
    )


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _list_links(stream_id: Id, after: int, most: int) -> list[Link]:
    found = AuditEntry.objects.filter(stream_id=stream_id, number__gt=after).order_by("number")
    rows = found.values_list(*Link._fields)[:most]
    return [Link._make((*row[:-2], bytes(row[-2]), bytes(row[-1]))) for row in rows]


def _list_checkpoint_page(after: tuple[datetime, UUID, int] | None) -> list[Checkpoint]:
    found = AuditCheckpoint.objects.order_by("at", "stream_id", "number")
    if after is not None:
        at, stream_id, number = after
        same = Q(at=at, stream_id__gt=stream_id) | Q(at=at, stream_id=stream_id, number__gt=number)
        found = found.filter(Q(at__gt=at) | same)
    return [row.read() for row in found[:PAGE]]
