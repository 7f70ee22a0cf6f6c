"""Wanting a push: one delivery for each device of each person, in the transaction of the fact that causes it.

One waits for each (device, collapse); what comes meanwhile joins it. Locks: the waiting deliveries, ascending by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.accounts.device_queries import DevicePlace, list_device_places
from server.foundation.database import open_pipeline
from server.foundation.ids import make_id
from server.push.actions.noting import Note, note_decisions
from server.push.actions.tallying import tally
from server.push.rules.collapsing import name_collapse
from server.push.rules.deciding import JOINED, MERGED, QUEUED, WAITING
from server.push.rules.kinds import KINDS, MESSAGE
from server.push.rules.retrying import JOINED_WITHIN, QUIET_FOR, find_due


@dataclass(frozen=True, slots=True)
class Want:
    """That a person hears of something. `about` is what repeats share: a conversation, an escalation, a request.

    `subject` is the id that the app opens. `until` is an instant after which it is worth nothing, if there is one.
    """

    kind: str
    person_id: str
    about: str
    at: datetime
    conversation_id: str | None = None
    seq: int = 1
    subject: str | None = None
    breaks_silence: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A delivery that waits; `leased`: in a worker's hands, `held`: for its person's hours."""

    id: str
    seq: int
    breaks_silence: bool
    leased: bool
    held: bool
    due_at: datetime
    expires_at: datetime


_Key = tuple[str, str]  # device, collapse
_Row = tuple[Any, ...]
_WAITING_SQL = (
    "SELECT device_id, collapse, id, seq, breaks_silence, leased_until IS NOT NULL, held, due_at, expires_at "
    "FROM push_delivery WHERE device_id = ANY(%(devices)s::uuid[]) AND collapse = ANY(%(collapses)s::text[]) "
    "AND state = 'waiting' ORDER BY id FOR NO KEY UPDATE"
)
_SENT_SQL = (
    "SELECT device_id, collapse, max(ended_at) FROM push_delivery WHERE device_id = ANY(%(devices)s::uuid[]) "
    "AND collapse = ANY(%(collapses)s::text[]) AND state = 'sent' AND ended_at > %(since)s::timestamptz "
    "GROUP BY device_id, collapse"
)
_COLUMNS = {
    "id": "uuid",
    "device_id": "uuid",
    "person_id": "uuid",
    "platform": "text",
    "kind": "text",
    "collapse": "text",
    "conversation_id": "uuid",
    "seq": "bigint",
    "subject": "uuid",
    "breaks_silence": "boolean",
    "urgent": "boolean",
    "due_at": "timestamptz",
    "expires_at": "timestamptz",
}
_FRESH = {
    "state": ("text", WAITING),
    "held": ("boolean", False),
    "woken": ("boolean", False),
    "patient": ("boolean", False),
    "tries": ("smallint", 0),
    "reason": ("text", ""),
    "rule_id": ("text", ""),
}
# Two workers may queue for one device at once: the second joins what the first has just made.
_CONFLICT = (
    "ON CONFLICT (device_id, collapse) WHERE state = 'waiting' DO UPDATE SET "
    "seq = CASE WHEN push_delivery.kind <> 'message' THEN push_delivery.seq + 1 "
    "WHEN push_delivery.seq > excluded.seq THEN push_delivery.seq ELSE excluded.seq END, "
    "subject = excluded.subject, breaks_silence = push_delivery.breaks_silence OR excluded.breaks_silence, "
    "expires_at = CASE WHEN push_delivery.expires_at > excluded.expires_at "
    "THEN push_delivery.expires_at ELSE excluded.expires_at END"
)
_JOINED = {
    "seq": "bigint",
    "subject": "uuid",
    "breaks_silence": "boolean",
    "due_at": "timestamptz",
    "expires_at": "timestamptz",
}


def queue_pushes(wants: Sequence[Want], *, now: datetime) -> int:
    """Queue what these people are to hear of, for each of their devices; return for how many deliveries.

    For people without a device it costs one statement in all. Needs an open transaction.
    """
    people, asleep = {one.person_id for one in wants}, all(KINDS[one.kind].wakes for one in wants)
    return queue_for(list_device_places(people, asleep=asleep, now=now), wants, now=now)


def queue_for(places: Sequence[DevicePlace], wants: Sequence[Want], *, now: datetime) -> int:
    """The same for whoever has asked already where these people's devices are."""
    by_person: dict[str, list[DevicePlace]] = {}
    for place in places:
        by_person.setdefault(place.person_id, []).append(place)
    newest = _join_wants(wants)
    asked = [(place, want, count) for want, count in newest.values() for place in by_person.get(want.person_id, ())]
    if asked:
        # In one order: of two workers that make the same rows at once, one waits for the other.
        _queue(sorted(asked, key=lambda one: (one[0].id, _name(one[1]))), now)
    return len(asked)


def _queue(asked: Sequence[tuple[DevicePlace, Want, int]], now: datetime) -> None:
    made: list[_Row] = []
    joined: list[_Row] = []
    notes: list[Note] = []
    waiting, sent = _find(asked, now)
    for place, want, count in asked:
        key = (place.id, _name(want))
        if (before := waiting.get(key)) is not None:
            joined.append(_join(before, want))
            notes.append(_note_joined(before.id, want, count))
            continue
        made.append(_draft(place, want, sent.get(key)))
        notes += [_note_joined(made[-1][0], want, count - 1)] if count > 1 else []
    _write(made, joined, now)
    note_decisions(notes, now=now)
    tally((QUEUED, want.kind, "") for place, want, _ in asked if (place.id, _name(want)) not in waiting)


def _join_wants(wants: Sequence[Want]) -> dict[str, tuple[Want, int]]:
    """Return the newest want of each collapse, and how many there are of it."""
    newest: dict[str, tuple[Want, int]] = {}
    for want in sorted(wants, key=lambda one: (one.at, one.seq)):
        name = _name(want)
        newest[name] = (want, newest[name][1] + 1 if name in newest else 1)
    return newest


def _name(want: Want) -> str:
    return name_collapse(want.kind, want.person_id, want.about)


def _find(
    asked: Sequence[tuple[DevicePlace, Want, int]], now: datetime
) -> tuple[dict[_Key, _Waiting], dict[_Key, datetime]]:
    """Return what waits, locked, and when the last ones went out, as far as it matters."""
    params = {
        "devices": sorted({place.id for place, _, _ in asked}),
        "collapses": sorted({_name(want) for _, want, _ in asked}),
        "since": now - QUIET_FOR,
    }
    with open_pipeline() as pipeline:
        waiting = pipeline.ask(_WAITING_SQL, params, "uuid text uuid int bool bool bool time time")
        sent = pipeline.ask(_SENT_SQL, params, "uuid text time")
    found = {(device, collapse): _Waiting(*rest) for device, collapse, *rest in waiting.rows()}
    return found, {(device, collapse): at for device, collapse, at in sent.rows()}


def _draft(place: DevicePlace, want: Want, last_sent_at: datetime | None) -> _Row:
    kind = KINDS[want.kind]
    due_at = find_due(kind.delay, want.at, None if kind.urgent else last_sent_at)
    return (
        str(make_id()), place.id, place.person_id, place.platform, want.kind, _name(want), want.conversation_id,
        want.seq, want.subject, want.breaks_silence, kind.urgent, due_at, _find_end(want),
    )  # fmt: skip


def _find_end(want: Want) -> datetime:
    end = want.at + KINDS[want.kind].ttl
    return end if want.until is None else min(end, want.until)


def _join(waiting: _Waiting, want: Want) -> _Row:
    """Return what a waiting delivery becomes: a further call rings at once, anything else waits no longer than
    JOINED_WITHIN for tries that failed before it; unless a worker has it in hands, whose the due time is then, or it is
    held. `seq` rises, so that what is under way to the device does not count for what has joined."""
    seq = max(waiting.seq, want.seq) if want.kind == MESSAGE else waiting.seq + 1
    within = timedelta() if KINDS[want.kind].urgent else JOINED_WITHIN
    is_free = not waiting.leased and (KINDS[want.kind].urgent or not waiting.held)
    due_at = min(waiting.due_at, want.at + within) if is_free else waiting.due_at
    end = max(waiting.expires_at, _find_end(want))
    return waiting.id, seq, want.subject, waiting.breaks_silence or want.breaks_silence, due_at, end


def _note_joined(delivery_id: str, want: Want, count: int) -> Note:
    return Note(delivery_id, want.person_id, want.kind, MERGED, JOINED, JOINED, count=count)


def _write(made: Sequence[_Row], joined: Sequence[_Row], now: datetime) -> None:
    with open_pipeline() as pipeline:
        pipeline.insert(
            "push_delivery", _COLUMNS, made, shared=_FRESH | {"queued_at": ("timestamptz", now)}, conflict=_CONFLICT
        )
    with open_pipeline() as pipeline:
        pipeline.update("push_delivery", {"id": "uuid"}, _JOINED, joined)
