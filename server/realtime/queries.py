"""Reading logs: what a cursor missed, where heads are, whether a cursor can be resumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from server.foundation.database import as_texts, open_pipeline
from server.foundation.json_codec import encode
from server.ports.socket_door import LoggedEvent
from server.realtime.models import ServerProcess
from server.realtime.rendering import render_events


@dataclass(frozen=True, slots=True)
class MissedAsk:
    """One log from `after` (exclusive) on, at most `most` events."""

    user_id: str
    after: int
    most: int


@dataclass(slots=True)
class Missed:
    """What the log holds there: rendered items `(pos, JSON)`, `upto` the last position covered, and the head."""

    epoch: str
    head: int
    floor: int
    upto: int
    items: list[tuple[int, bytes]] = field(default_factory=list)
    ended_sessions: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a log stands."""

    epoch: str
    head: int
    floor: int


_KINDS = "int text int int int text uuid int json"
_EVENT_COLUMNS = "e.pos, e.kind, e.conversation_id, e.seq, e.refs"
_MISSED_SQL = (
    f"SELECT a.n, s.epoch, s.head, s.floor, {_EVENT_COLUMNS} "  # noqa: S608  no value of a request is in it
    "FROM unnest(%(numbers)s::int[], %(users)s::uuid[], %(after)s::bigint[], %(most)s::int[]) "
    "AS a(n, user_id, after, most) "
    "JOIN realtime_userstream s ON s.user_id = a.user_id "
    "LEFT JOIN LATERAL (SELECT * FROM realtime_userevent e WHERE e.user_id = a.user_id AND e.pos > a.after "
    "ORDER BY e.pos LIMIT a.most) e ON true ORDER BY a.n, e.pos"
)
# SQLite has no LATERAL: the same answer, one log at a time.
_MISSED_SQLITE = (
    f"SELECT %(n)s::int, s.epoch, s.head, s.floor, {_EVENT_COLUMNS} FROM realtime_userstream s "  # noqa: S608
    "LEFT JOIN (SELECT * FROM realtime_userevent WHERE user_id = %(user)s::uuid AND pos > %(after)s::bigint "
    "ORDER BY pos LIMIT %(most)s::int) e ON true WHERE s.user_id = %(user)s::uuid ORDER BY e.pos"
)


def read_missed(asks: Sequence[MissedAsk], *, now: datetime) -> list[Missed]:
    """Return, in order, what each log holds after its cursor: one snapshot of each, as its owner may see it."""
    rows = _read_rows(asks)
    found = [Missed("", 0, 0, ask.after) for ask in asks]
    logged: list[LoggedEvent] = []
    places: list[int] = []
    counts = [0] * len(asks)
    for n, epoch, head, floor, pos, kind, conversation_id, seq, refs in rows:
        one = found[n]
        one.epoch, one.head, one.floor = epoch, head, floor
        if pos is not None:
            counts[n] += 1
            one.upto = pos
            places.append(n)
            logged.append(LoggedEvent(asks[n].user_id, pos, kind, conversation_id, seq, refs))
    shown = render_events(logged, now=now)
    for n, event, item in zip(places, logged, shown, strict=True):
        _add_item(found[n], event, item)
    for ask, one, count in zip(asks, found, counts, strict=True):
        if count < ask.most:
            one.upto = max(one.head, ask.after)
    return found


def read_positions(user_ids: Sequence[str]) -> dict[str, Position]:
    """Return where the logs of these people stand."""
    with open_pipeline() as pipeline:
        answer = pipeline.ask(
            "SELECT user_id, epoch, head, floor FROM realtime_userstream WHERE user_id = ANY(%(users)s::uuid[])",
            {"users": as_texts(user_ids)},
            "uuid text int int",
        )
    return {user_id: Position(epoch, head, floor) for user_id, epoch, head, floor in answer.rows()}


def get_cursor(user_id: str) -> str:
    """Return the newest cursor of one log (a snapshot fixes it first)."""
    position = read_positions([user_id])[user_id]
    return f"{position.epoch}.{position.head}"


def split_cursor(cursor: str) -> tuple[str, int]:
    """Return epoch and position of a cursor whose form was checked."""
    epoch, _, pos = cursor.rpartition(".")
    return epoch, int(pos)


def find_reset_reason(cursor: str | None, position: Position) -> str | None:
    """Return why a log cannot be resumed (no_cursor, epoch_changed, expired, ahead_of_head), or None."""
    if cursor is None:
        return "no_cursor"
    epoch, pos = split_cursor(cursor)
    if epoch != position.epoch:
        return "epoch_changed"
    if pos > position.head:
        return "ahead_of_head"
    return "expired" if pos < position.floor else None


def _read_rows(asks: Sequence[MissedAsk]) -> list[tuple[Any, ...]]:
    with open_pipeline() as pipeline:
        if connection.vendor == "postgresql":
            params = {
                "numbers": list(range(len(asks))),
                "users": [ask.user_id for ask in asks],
                "after": [ask.after for ask in asks],
                "most": [ask.most for ask in asks],
            }
            return pipeline.ask(_MISSED_SQL, params, _KINDS).rows()
        answers = [
            pipeline.ask(_MISSED_SQLITE, {"n": n, "user": ask.user_id, "after": ask.after, "most": ask.most}, _KINDS)
            for n, ask in enumerate(asks)
        ]
        return [row for answer in answers for row in answer.rows()]


def _add_item(one: Missed, event: LoggedEvent, item: dict[str, Any] | None) -> None:
    if event.kind == "session.revoked" and event.refs:
        one.ended_sessions.append((str(event.refs["session"]), str(event.refs.get("reason", "revoked"))))
    if item is not None:
        one.items.append((event.pos, encode({"pos": event.pos} | item)))


def has_live_process(role: str, *, since: datetime) -> bool:
    """Tell whether a process of that role (server, worker) has shown itself since then."""
    return ServerProcess.objects.filter(role=role, seen_at__gte=since).exists()
