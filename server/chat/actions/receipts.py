"""Receipts: who has received and read how far. Only maxima count, so each lives in a slot of the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.chat.access import access_conversation, find_visible_upto
from server.chat.models import Membership
from server.foundation.database import as_texts, open_pipeline
from server.ports.receipts import Acknowledged
from server.realtime.streams import EventDraft, append_events


def mark_read(*, person_id: UUID | str, conversation_id: UUID | str, upto: int, now: datetime) -> int:
    """Raise how far a member has read, clamped to what they may see; return where it stands. Lower is no error.

    Publishes self.read to the member, receipt.read to the others whose gate is open. Raises ConversationNotFound.
    Locks: the conversation's memberships, then the streams.
    """
    with transaction.atomic():
        members = _lock_memberships([str(conversation_id)])
        access = access_conversation(person_id, conversation_id)
        own = next(one for one in members if str(one.person_id) == str(person_id))
        reached = min(upto, find_visible_upto(own, access.conversation.last_seq))
        if reached <= own.read_upto:
            return own.read_upto
        Membership.objects.filter(id=own.id).update(read_upto=reached)
        id_ = str(conversation_id)
        drafts = [EventDraft(str(person_id), "self.read", id_, None, {"upto": reached}, f"self.read:{id_}")]
        append_events(drafts + _draft_receipts("receipt.read", own, members, reached), now=now)
    return reached


class Receipts:
    """Answers ports.receipts.ReceiptTaker."""

    def take_acknowledged(self, received: Sequence[Acknowledged], *, now: datetime) -> None:
        """Raise who has received how far. Publishes receipt.delivered to the others whose gate is open.

        Inside the caller's transaction. Locks: memberships ascending, then streams.
        """
        if not received:
            return
        members = _lock_memberships(one.conversation_id for one in received)
        by_place = {(str(one.person_id), str(one.conversation_id)): one for one in members}
        drafts: list[EventDraft] = []
        raised: dict[str, tuple[str, int]] = {}
        for one in received:
            own = by_place.get((one.user_id, one.conversation_id))
            if own is not None and one.seq > own.delivered_upto:
                own.delivered_upto = one.seq
                raised[str(own.id)] = (str(own.id), one.seq)
                fellows = [other for other in members if other.conversation_id == own.conversation_id]
                drafts += _draft_receipts("receipt.delivered", own, fellows, one.seq)
        with open_pipeline() as pipeline:
            pipeline.update("chat_membership", {"id": "uuid"}, {"delivered_upto": "bigint"}, list(raised.values()))
        append_events(drafts, now=now)


def _lock_memberships(conversation_ids: Iterable[str]) -> list[Membership]:
    present = Membership.objects.filter(conversation_id__in=as_texts(conversation_ids), left_at__isnull=True)
    return list(present.select_for_update(no_key=True).order_by("id"))


def _draft_receipts(kind: str, own: Membership, members: Sequence[Membership], upto: int) -> list[EventDraft]:
    id_, refs = str(own.conversation_id), {"user": str(own.person_id), "upto": upto}
    slot = f"{kind}:{id_}:{own.person_id}"
    return [
        EventDraft(str(other.person_id), kind, id_, None, refs, slot)
        for other in members
        if other.id != own.id and other.gate == "open"
    ]
