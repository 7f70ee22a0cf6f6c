"""How far devices are, for the room that sends pushes: what a device has acknowledged needs none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.foundation.database import as_texts, open_pipeline
from server.realtime import limits

# A message that somebody may just have read is among the newest of their log; what lies deeper is pushed.
_NEWEST = 200
_LINKS_SQL = (
    "SELECT l.user_id, l.session_id, l.acked_pos, l.socket_id IS NOT NULL AND p.id IS NOT NULL "
    "FROM realtime_devicelink l LEFT JOIN realtime_serverprocess p ON p.id = l.process_id "
    "AND p.seen_at > %(alive_after)s::timestamptz WHERE l.user_id = ANY(%(users)s::uuid[])"
)
_PLACES_SQL = (
    "SELECT e.user_id, e.conversation_id, e.seq, e.pos FROM realtime_userstream s "
    "JOIN realtime_userevent e ON e.user_id = s.user_id AND e.pos > s.head - %(newest)s::bigint "
    "WHERE s.user_id = ANY(%(users)s::uuid[]) AND e.kind = 'msg.new' "
    "AND e.conversation_id = ANY(%(conversations)s::uuid[])"
)
_HEADS_SQL = "SELECT user_id, head FROM realtime_userstream WHERE user_id = ANY(%(users)s::uuid[])"


@dataclass(frozen=True, slots=True)
class Progress:
    """One device's way through its owner's log; `connected`: it holds a socket of a process that lives."""

    session_id: str | None
    acked_pos: int
    connected: bool


@dataclass(frozen=True, slots=True)
class Progresses:
    """How far everybody's devices are, where their logs end, and where messages stand in them."""

    devices: Mapping[str, Sequence[Progress]] = field(default_factory=dict)
    heads: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[tuple[str, str, int], int] = field(default_factory=dict)

    def find_place(self, user_id: str, conversation_id: str | None, seq: int) -> int | None:
        """Return where a message stands in a log, without a conversation the log's end; None: too far back."""
        if conversation_id is None:
            return self.heads.get(user_id)
        return self.places.get((user_id, conversation_id, seq))

    def has_acked(self, user_id: str, session_id: str, place: int | None) -> bool:
        """Tell whether the device of a session has acknowledged up to a place."""
        own = (one for one in self.devices.get(user_id, ()) if one.session_id == session_id)
        return place is not None and any(one.acked_pos >= place for one in own)

    def has_elsewhere(self, user_id: str, session_id: str, place: int | None) -> bool:
        """Tell whether another device, connected now, has acknowledged up to a place."""
        others = (one for one in self.devices.get(user_id, ()) if one.session_id != session_id and one.connected)
        return place is not None and any(one.acked_pos >= place for one in others)


def load_progresses(user_ids: Iterable[object], conversation_ids: Iterable[object], *, now: datetime) -> Progresses:
    """Return how far the devices of these people are, as to messages in these conversations; three statements."""
    params = {
        "users": as_texts(user_ids),
        "conversations": as_texts(conversation_ids),
        "alive_after": now - timedelta(seconds=limits.PROCESS_DEAD_SECONDS),
        "newest": _NEWEST,
    }
    with open_pipeline() as pipeline:
        links = pipeline.ask(_LINKS_SQL, params, "uuid uuid int bool")
        heads = pipeline.ask(_HEADS_SQL, params, "uuid int")
        places = pipeline.ask(_PLACES_SQL, params, "uuid uuid int int")
    devices: dict[str, list[Progress]] = {}
    for user_id, *rest in links.rows():
        devices.setdefault(user_id, []).append(Progress(*rest))
    return Progresses(devices, dict(heads.rows()), {(user, talk, seq): pos for user, talk, seq, pos in places.rows()})
