"""How events get into logs: lock the streams, number, insert, move the heads; all inside the caller's transaction.

Lock order everywhere: conversation rows ascending → memberships → user_stream rows ascending.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from server.foundation.database import Answer, Pipeline, as_texts, open_pipeline
from server.foundation.json_codec import encode
from server.realtime.announcing import announce_heads
from server.realtime.models import UserStream


@dataclass(slots=True)
class EventDraft:
    """An event on its way into one user's log. With a `slot` it takes the place of the slot's earlier event."""

    user_id: str
    kind: str
    conversation_id: str | None = None
    seq: int | None = None
    refs: dict[str, Any] | None = None
    slot: str | None = None


@dataclass(slots=True)
class PlacedEvent:
    """A draft with the position it got, and the epoch of its log."""

    draft: EventDraft
    epoch: str
    pos: int


@dataclass(slots=True)
class StreamHead:
    """A locked stream: its epoch and newest position, moved on as events are placed."""

    epoch: str
    head: int


_EVENT_COLUMNS: Mapping[str, str] = {
    "user_id": "uuid",
    "pos": "bigint",
    "kind": "text",
    "conversation_id": "uuid",
    "seq": "bigint",
    "refs": "jsonb",
    "slot": "text",
}
_LOCK_SQL = (
    "SELECT user_id, epoch, head FROM realtime_userstream WHERE user_id = ANY(%(users)s::uuid[]) "
    "ORDER BY user_id FOR NO KEY UPDATE"
)
_LOCK_OF_SQL = (
    "SELECT stream.user_id, stream.epoch, stream.head, given.* FROM ({people}) AS given "
    "JOIN realtime_userstream AS stream ON stream.user_id = given.person_id "
    "ORDER BY stream.user_id FOR NO KEY UPDATE OF stream"
)


def open_streams(user_ids: Iterable[UUID | str]) -> None:
    """Give people a log. Called once for each person, in the transaction that makes them."""
    UserStream.objects.bulk_create(
        UserStream(user_id=user_id, epoch=make_epoch(), head=0, floor=0) for user_id in user_ids
    )


def make_epoch() -> str:
    """Return a fresh epoch: 12 random URL-safe characters."""
    return secrets.token_urlsafe(9).replace("-", "a").replace("_", "b")


def ask_stream_locks(pipeline: Pipeline, user_ids: Iterable[object]) -> Answer:
    """Lock the streams of these people, ascending; the rows are what `read_stream_heads` takes."""
    return pipeline.ask(_LOCK_SQL, {"users": as_texts(user_ids)}, "uuid text int")


def ask_stream_locks_of(pipeline: Pipeline, people_sql: str, params: Mapping[str, Any], kinds: str) -> Answer:
    """Lock the streams of the people that a query of the caller's own tables names, in its column `person_id`.

    Each row holds user id, epoch and head, as `read_stream_heads` takes them, then the query's own columns (`kinds`
    names them), which are as they stood before the wait for the locks: the caller has locked what may not change.
    """
    return pipeline.ask(_LOCK_OF_SQL.format(people=people_sql), params, f"uuid text int {kinds}")


def read_stream_heads(answer: Answer) -> dict[str, StreamHead]:
    """Return the locked heads by user id."""
    return {user_id: StreamHead(epoch, head) for user_id, epoch, head, *_ in answer.rows()}


def lock_streams(user_ids: Iterable[object]) -> dict[str, StreamHead]:
    """Lock the streams of these people now. Whoever holds them decides alone what these people may do."""
    with open_pipeline() as pipeline:
        answer = ask_stream_locks(pipeline, user_ids)
    return read_stream_heads(answer)


def place_events(
    pipeline: Pipeline,
    heads: Mapping[str, StreamHead],
    drafts: Sequence[EventDraft],
    *,
    now: datetime,
    announce: bool = True,
) -> list[PlacedEvent]:
    """Number the drafts in their order, insert them and move the heads: at most three statements.

    `heads` must be locked by this transaction. Drafts for somebody without a stream are left out. After the commit
    the hubs hear of the new heads, unless the caller tells them itself (`announce=False`).
    """
    placed: list[PlacedEvent] = []
    for draft in _newest_per_slot(drafts):
        stream = heads.get(draft.user_id)
        if stream is not None:
            stream.head += 1
            placed.append(PlacedEvent(draft, stream.epoch, stream.head))
    if placed:
        _clear_slots(pipeline, placed)
        pipeline.insert("realtime_userevent", _EVENT_COLUMNS, _event_rows(placed), shared={"at": ("timestamptz", now)})
        moved = {event.draft.user_id: event.pos for event in placed}
        pipeline.update("realtime_userstream", {"user_id": "uuid"}, {"head": "bigint"}, list(moved.items()))
        if announce:
            transaction.on_commit(lambda: announce_heads(moved))
    return placed


def append_events(drafts: Sequence[EventDraft], *, now: datetime) -> list[PlacedEvent]:
    """Append events to logs outside the accept path: locks the streams, then places. Needs an open transaction."""
    heads = lock_streams(draft.user_id for draft in drafts)
    with open_pipeline() as pipeline:
        return place_events(pipeline, heads, drafts, now=now)


def _newest_per_slot(drafts: Sequence[EventDraft]) -> list[EventDraft]:
    newest = {(draft.user_id, draft.slot): draft for draft in drafts if draft.slot is not None}
    return [draft for draft in drafts if draft.slot is None or newest[draft.user_id, draft.slot] is draft]


def _clear_slots(pipeline: Pipeline, placed: Sequence[PlacedEvent]) -> None:
    slots = [(event.draft.user_id, event.draft.slot) for event in placed if event.draft.slot is not None]
    pipeline.delete("realtime_userevent", {"user_id": "uuid", "slot": "text"}, slots)


def _event_rows(placed: Sequence[PlacedEvent]) -> list[tuple[Any, ...]]:
    return [
        (
            event.draft.user_id,
            event.pos,
            event.draft.kind,
            event.draft.conversation_id,
            event.draft.seq,
            encode(event.draft.refs).decode() if event.draft.refs is not None else None,
            event.draft.slot,
        )
        for event in placed
    ]
