"""Gates: a closed one keeps a prefix of the conversation from its member, an opened one brings the rest in order.

Both turns are idempotent. Who turns them (hours, pauses, caps) is for availability to say.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.chat.access import find_visible_upto
from server.chat.actions.conversations import lock_conversation
from server.chat.errors import ConversationNotFound
from server.chat.models import Conversation, Membership, Message
from server.realtime.streams import EventDraft, append_events


def close_gate(
    *, conversation_id: UUID, person_id: UUID, reason: str, opens_at: datetime | None, now: datetime
) -> bool:
    """Close a member's gate at the newest message; return whether it moved. A closed one takes the new reason and time.

    Locks: the conversation, then the membership. Raises ConversationNotFound.
    """
    with transaction.atomic():
        conversation, membership = _lock(conversation_id, person_id)
        moved = membership.gate == "open"
        if moved:
            membership.gate, membership.visible_upto = "closed", conversation.last_seq
            membership.gate_version += 1
        membership.gate_reason, membership.opens_at = reason, opens_at
        membership.save(update_fields=["gate", "visible_upto", "gate_version", "gate_reason", "opens_at"])
    return moved


def open_gate(*, conversation_id: UUID, person_id: UUID, now: datetime) -> int:
    """Open a member's gate and bring what was held, in order; return how many messages. 0 when it was open.

    Publishes msg.new for each into the member's log and gate.opened into the senders' logs. Locks: the conversation,
    the membership, then the streams. Raises ConversationNotFound.
    """
    with transaction.atomic():
        conversation, membership = _lock(conversation_id, person_id)
        if membership.gate == "open":
            return 0
        held = _list_held(conversation, membership)
        membership.gate, membership.gate_reason, membership.opens_at = "open", "", None
        membership.visible_upto, membership.gate_version = conversation.last_seq, membership.gate_version + 1
        membership.save(update_fields=["gate", "gate_reason", "opens_at", "visible_upto", "gate_version"])
        append_events(_draft_events(conversation, str(person_id), held), now=now)
    return len(held)


def _lock(conversation_id: UUID, person_id: UUID) -> tuple[Conversation, Membership]:
    conversation = lock_conversation(conversation_id)
    membership = (
        Membership.objects.select_for_update(no_key=True)
        .filter(conversation=conversation, person_id=person_id, left_at__isnull=True)
        .first()
    )
    if membership is None:
        raise ConversationNotFound()
    return conversation, membership


def _list_held(conversation: Conversation, membership: Membership) -> list[tuple[int, str]]:
    held = Message.objects.filter(
        conversation_id=conversation.id, seq__gt=membership.visible_upto, seq__lte=conversation.last_seq
    )
    return [(seq, str(sender)) for seq, sender in held.order_by("seq").values_list("seq", "sender_id")]


def _draft_events(conversation: Conversation, person_id: str, held: list[tuple[int, str]]) -> list[EventDraft]:
    id_ = str(conversation.id)
    # The member's own messages are in their log already, from when they sent them.
    drafts = [EventDraft(person_id, "msg.new", id_, seq) for seq, sender in held if sender != person_id]
    others = list(
        Membership.objects.filter(conversation=conversation, left_at__isnull=True).exclude(person_id=person_id)
    )
    senders = {sender for _, sender in held}
    for other in others:
        if str(other.person_id) in senders:
            # A sender whose own gate is closed must not learn here how much was written meanwhile.
            upto = find_visible_upto(other, conversation.last_seq)
            drafts.append(EventDraft(str(other.person_id), "gate.opened", id_, None, {"upto": upto}))
    for other in others:
        for kind, upto in (("receipt.delivered", other.delivered_upto), ("receipt.read", other.read_upto)):
            if upto:
                refs = {"user": str(other.person_id), "upto": upto}
                drafts.append(EventDraft(person_id, kind, id_, None, refs, f"{kind}:{id_}:{other.person_id}"))
    return drafts
