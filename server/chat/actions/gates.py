"""Gates: a closed one keeps a prefix of the conversation from its member, an opened one brings the rest in order.

An expert's gate follows their hours. It turns in three ways, all of them this code, all idempotent: the sweeper
(`step_turn_gates`), whoever comes across a gate that may not be gone by any more (`freshen_…`: sending, greeting,
reading), and a change of hours (`HoursGates`). Lock order: conversations → memberships → streams, ascending.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from server.chat.actions.answers import revise_answers
from server.chat.actions.opening import draft_changes, draft_openings, list_held, show_availability
from server.chat.errors import ConversationNotFound
from server.chat.hours import load_hours
from server.chat.models import Membership
from server.chat.rules.turns import CLOSED, OPEN, GateBefore, Turn, find_turn
from server.chat.seats import KINDS, SEATS_SQL, Seat, read_seats
from server.foundation.database import as_texts, open_pipeline
from server.realtime.streams import append_events

_LOCK_SQL = "SELECT id FROM chat_conversation WHERE id = ANY(%(conversations)s::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_DUE_AT_ONCE = 200  # gates in one transaction of the sweeper


@dataclass(frozen=True, slots=True)
class Turned:
    """A seat and what its gate became."""

    seat: Seat
    turn: Turn

    @property
    def moved(self) -> bool:
        """Whether the gate opened or closed."""
        return self.seat.gate != self.turn.state

    def is_news(self, now: datetime) -> bool:
        """Say whether the others see a difference: reachable or not, until when, from when on."""
        seat, turn = self.seat, self.turn
        before = show_availability(seat.person_id, seat.gate, seat.opens_at, seat.turns_at, now)
        return before != show_availability(seat.person_id, turn.state, turn.opens_at, turn.turns_at, now)


class HoursGates:
    """Answers ports.gates.GateMover."""

    def lock_gates(self, person_ids: Sequence[str]) -> None:
        """Lock the conversations of these people."""
        _lock_conversations(_list_conversations(person_ids))

    def turn_gates(self, person_ids: Sequence[str], *, now: datetime) -> None:
        """Turn these people's gates to what their hours say now."""
        people = set(person_ids)
        with transaction.atomic():
            seats = _lock_seats(_lock_conversations(_list_conversations(person_ids)))
            # What is due of colleagues' gates turns with them: they are told of it, or must not be told any more.
            _turn([one for one in seats if one.person_id in people or _is_due(one, now)], now, changed=people)

    def freshen_gates(self, person_ids: Sequence[str], *, now: datetime) -> None:
        """Turn what is due of these people's own gates (their greeting, their sync, their ping)."""
        due = Membership.objects.filter(person_id__in=person_ids, turns_at__lte=now, guarded=True, left_at=None)
        freshen_conversations([str(one) for one in due.values_list("conversation_id", flat=True)], now=now)


def freshen_conversations(conversation_ids: Sequence[str], *, now: datetime) -> None:
    """Turn the gates of these conversations that may not be gone by at `now` any more; nothing is due mostly.

    Publishes as `_turn`. Locks: the conversations, their memberships, then streams.
    """
    if not conversation_ids:
        return
    due = Membership.objects.filter(conversation_id__in=conversation_ids, turns_at__lte=now, guarded=True, left_at=None)
    if due.exists():
        turn_due_gates(conversation_ids, now=now)


def turn_due_gates(conversation_ids: Sequence[str], *, now: datetime) -> None:
    """Turn what is due in these conversations, without a look beforehand; publishes and locks as `_turn`."""
    with transaction.atomic():
        _turn_due(_lock_seats(_lock_conversations(conversation_ids)), now)


def freshen_all_of(person_id: UUID | str, *, now: datetime) -> None:
    """Turn what is due in all conversations of somebody who is about to look at them, their own gates and others'."""
    own = Membership.objects.filter(person_id=person_id, left_at=None).values("conversation_id")
    due = Membership.objects.filter(conversation_id__in=own, turns_at__lte=now, guarded=True, left_at=None)
    freshen_conversations([str(one) for one in due.values_list("conversation_id", flat=True)], now=now)


def step_turn_gates(now: datetime) -> bool:
    """Turn up to 200 gates that are due; say whether there were any. Conversations in use are left for the next step.

    Safe with any number of workers: what another one holds is skipped.
    """
    due = Membership.objects.filter(turns_at__lte=now, guarded=True, left_at=None).order_by("turns_at")
    wanted = [str(one) for one in due.values_list("conversation_id", flat=True)[:_DUE_AT_ONCE]]
    if not wanted:
        return False
    with transaction.atomic():
        locked = _lock_conversations(wanted, skip=True)
        return _turn_due(_lock_seats(locked), now) > 0


def close_gate(
    *, conversation_id: UUID, person_id: UUID, reason: str, opens_at: datetime | None, now: datetime
) -> bool:
    """Close a member's gate by hand, until somebody turns it or their hours change; return whether it moved.

    For trying things out and for tests. Locks: the conversation, then the membership. Raises ConversationNotFound.
    """
    return _turn_by_hand(conversation_id, person_id, CLOSED, reason, opens_at, now)[0]


def open_gate(*, conversation_id: UUID, person_id: UUID, now: datetime) -> int:
    """Open a member's gate by hand and bring what was held; return how many messages. As `close_gate` otherwise."""
    return _turn_by_hand(conversation_id, person_id, OPEN, "", None, now)[1]


def _turn_by_hand(
    conversation_id: UUID, person_id: UUID, state: str, reason: str, opens_at: datetime | None, now: datetime
) -> tuple[bool, int]:
    with transaction.atomic():
        seats = _lock_seats(_lock_conversations([str(conversation_id)]), guarded_only=False)
        seat = next((one for one in seats if one.person_id == str(person_id)), None)
        if seat is None:
            raise ConversationNotFound()
        turned = Turned(replace(seat, turns_at=None), Turn(state, reason, opens_at, None, None))
        return turned.moved, _apply([turned], now)


# --- one turn


def _turn_due(seats: Iterable[Seat], now: datetime) -> int:
    return _turn([seat for seat in seats if _is_due(seat, now)], now)


def _is_due(seat: Seat, now: datetime) -> bool:
    return seat.turns_at is not None and seat.turns_at <= now


def _turn(seats: Sequence[Seat], now: datetime, *, changed: Collection[str] = ()) -> int:
    """Turn locked seats, by themselves or because these people's hours were changed; return how many there were.

    Publishes msg.new for what was held into the members' logs, gate.opened into the senders', availability.changed
    to the others; says anew what no longer holds of the honest answers.
    """
    if not seats:
        return 0
    hours = load_hours(seats, now=now)
    _apply(
        [
            Turned(
                seat,
                find_turn(
                    GateBefore(seat.gate, seat.turns_at, seat.grace_until),
                    hours.reachability_of(seat),
                    hours.talk_of(seat),
                    hours.settings_of(seat),
                    now=now,
                    by_itself=seat.person_id not in changed,
                ),
            )
            for seat in seats
        ],
        now,
    )
    return len(seats)


def _apply(turned: Sequence[Turned], now: datetime) -> int:
    """Write the turns and tell of them; return how many held messages came through."""
    opened = [one.seat for one in turned if one.moved and one.turn.state == OPEN]
    held = list_held(opened)
    with open_pipeline() as pipeline:
        pipeline.update("chat_membership", {"id": "uuid"}, _COLUMNS, [_write(one, now) for one in turned])
    drafts = draft_openings(opened, held)
    released = sum(1 for draft in drafts if draft.kind == "msg.new")
    changed = [one for one in turned if one.is_news(now) and one.seat.turned_at != now]
    drafts += draft_changes([(one.seat, one.turn) for one in changed], now=now)
    drafts += revise_answers([(one.seat, one.turn) for one in changed], now=now)
    if drafts:
        append_events(drafts, now=now)
    return released


_COLUMNS = {
    "gate": "text",
    "gate_reason": "text",
    "opens_at": "timestamptz",
    "turns_at": "timestamptz",
    "grace_until": "timestamptz",
    "turned_at": "timestamptz",
    "visible_upto": "bigint",
    "gate_version": "int",
}


def _write(one: Turned, now: datetime) -> tuple[Any, ...]:
    seat, turn = one.seat, one.turn
    # A gate that opens or closes cuts at the newest message; one that stays closed keeps its cut.
    upto = seat.last_seq if one.moved else seat.visible_upto
    return (
        seat.id,
        turn.state,
        turn.reason,
        turn.opens_at,
        turn.turns_at,
        turn.grace_until,
        now if one.moved else seat.turned_at,
        upto,
        seat.gate_version + int(one.moved),
    )


# --- locking


def _list_conversations(person_ids: Sequence[str]) -> list[str]:
    found = Membership.objects.filter(person_id__in=person_ids, guarded=True, left_at=None)
    return [str(one) for one in found.values_list("conversation_id", flat=True)]


def _lock_conversations(conversation_ids: Iterable[str], *, skip: bool = False) -> list[str]:
    with open_pipeline() as pipeline:
        locked = pipeline.ask(
            _LOCK_SQL + (" SKIP LOCKED" if skip else ""),
            {"conversations": as_texts(conversation_ids)},
            "uuid",
        )
    return [id_ for (id_,) in locked.rows()]


def _lock_seats(conversation_ids: Sequence[str], *, guarded_only: bool = True) -> list[Seat]:
    """Return the present members' seats of locked conversations, locked."""
    if not conversation_ids:
        return []
    with open_pipeline() as pipeline:
        asked = pipeline.ask(SEATS_SQL, {"conversations": as_texts(conversation_ids)}, KINDS)
    return [seat for seat in read_seats(asked) if seat.guarded or not guarded_only]
