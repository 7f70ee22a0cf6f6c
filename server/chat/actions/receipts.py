"""Receipts: who has received and read how far. Only maxima count, so each lives in a slot of the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.queries import Standing, ask_standing
from server.chat.access import access_conversation
from server.chat.actions.gates import freshen_conversations
from server.chat.models import Membership
from server.foundation.database import as_texts, open_pipeline
from server.foundation.errors import NotSignedIn
from server.ports.receipts import Acknowledged
from server.realtime.streams import EventDraft, StreamHead, ask_stream_locks, place_events, read_stream_heads


def mark_read(
    *, person_id: UUID | str, session_id: str | None, conversation_id: UUID | str, upto: int, now: datetime
) -> int:
    """Raise how far a member has read, clamped to what they may see; return where it stands. Lower is no error.

    Publishes self.read to the member, receipt.read to the others whose gate is open and with whom there is no block.
    Raises ConversationNotFound, NotSignedIn. Locks: the conversation's memberships, then the members' streams.
    """
    id_, reader = str(conversation_id), str(person_id)
    freshen_conversations([id_], now=now)
    with transaction.atomic():
        seats = _lock_seats([id_])
        access = access_conversation(person_id, conversation_id)
        own = next(seat for seat in seats if seat.person_id == reader)
        heads, standing = _lock_streams(seats, [session_id], [reader], now)
        if not standing.is_live(session_id):
            raise NotSignedIn()
        reached = min(upto, access.visible_upto)
        if reached <= own.read_upto:
            return own.read_upto
        Membership.objects.filter(id=own.id).update(read_upto=reached)
        drafts = [EventDraft(reader, "self.read", id_, None, {"upto": reached}, f"self.read:{id_}")]
        drafts += _draft_receipts("receipt.read", own, seats, standing, reached)
        with open_pipeline() as pipeline:
            place_events(pipeline, heads, drafts, now=now)
    return reached


class Receipts:
    """Answers ports.receipts.ReceiptTaker."""

    def take_acknowledged(self, received: Sequence[Acknowledged], *, now: datetime) -> None:
        """Raise who has received how far. Publishes receipt.delivered to the others whose gate is open, unblocked.

        Inside the caller's transaction. Locks: memberships ascending, then streams.
        """
        if not received:
            return
        freshen_conversations(as_texts(one.conversation_id for one in received), now=now)
        seats = _lock_seats(one.conversation_id for one in received)
        by_conversation: dict[str, list[_Seat]] = {}
        for seat in seats:
            by_conversation.setdefault(seat.conversation_id, []).append(seat)
        by_place = {(seat.person_id, seat.conversation_id): seat for seat in seats}
        raised: dict[str, tuple[_Seat, int]] = {}
        for one in received:
            own = by_place.get((one.user_id, one.conversation_id))
            if own is not None and one.seq > raised.get(own.id, (own, own.delivered_upto))[1]:
                raised[own.id] = own, one.seq
        if not raised:
            return
        heads, standing = _lock_streams(seats, [], [own.person_id for own, _ in raised.values()], now)
        drafts = [
            draft
            for own, seq in raised.values()
            for draft in _draft_receipts("receipt.delivered", own, by_conversation[own.conversation_id], standing, seq)
        ]
        rows = [(id_, seq) for id_, (_, seq) in raised.items()]
        with open_pipeline() as pipeline:
            pipeline.update("chat_membership", {"id": "uuid"}, {"delivered_upto": "bigint"}, rows)
            place_events(pipeline, heads, drafts, now=now)


@dataclass(frozen=True, slots=True)
class _Seat:
    """A present member's row, locked."""

    id: str
    conversation_id: str
    person_id: str
    gate: str
    delivered_upto: int
    read_upto: int


def _lock_seats(conversation_ids: Iterable[str]) -> list[_Seat]:
    with open_pipeline() as pipeline:
        answer = pipeline.ask(
            "SELECT id, conversation_id, person_id, gate, delivered_upto, read_upto FROM chat_membership "
            "WHERE conversation_id = ANY(%(conversations)s::uuid[]) AND left_at IS NULL ORDER BY id FOR NO KEY UPDATE",
            {"conversations": as_texts(conversation_ids)},
            "uuid uuid uuid text int int",
        )
    return [_Seat(*row) for row in answer.rows()]


def _lock_streams(
    seats: Sequence[_Seat], session_ids: Sequence[str | None], person_ids: Sequence[str], now: datetime
) -> tuple[dict[str, StreamHead], Standing]:
    """Lock the members' streams, then ask who may be heard: in this order nothing slips past a revocation."""
    with open_pipeline() as pipeline:
        locked = ask_stream_locks(pipeline, [seat.person_id for seat in seats])
        standing = ask_standing(pipeline, session_ids, person_ids, now=now)
    return read_stream_heads(locked), standing


def _draft_receipts(kind: str, own: _Seat, seats: Sequence[_Seat], standing: Standing, upto: int) -> list[EventDraft]:
    id_, refs = own.conversation_id, {"user": own.person_id, "upto": upto}
    slot = f"{kind}:{id_}:{own.person_id}"
    return [
        EventDraft(other.person_id, kind, id_, None, refs, slot)
        for other in seats
        if other.id != own.id and other.gate == "open" and not standing.is_blocked(own.person_id, other.person_id)
    ]
