"""Conversations and who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.chat.errors import ConversationNotFound
from server.chat.keys import make_keys
from server.chat.models import Conversation, Membership
from server.chat.states import CONVERSATION
from server.foundation.ids import make_id
from server.realtime.streams import EventDraft, append_events


def open_conversation(*, team_id: UUID, kind: str, member_ids: Sequence[UUID], now: datetime) -> Conversation:
    """Open one conversation, as `open_conversations` does."""
    return open_conversations(team_id=team_id, kind=kind, member_lists=[member_ids], now=now)[0]


def open_conversations(
    *, team_id: UUID, kind: str, member_lists: Sequence[Sequence[UUID]], now: datetime
) -> list[Conversation]:
    """Open conversations, each with its own data key and members. Publishes conv.new into each member's log."""
    with transaction.atomic():
        keys = make_keys(len(member_lists), now=now)
        conversations = Conversation.objects.bulk_create(
            Conversation(id=make_id(), team_id=team_id, kind=kind, state=CONVERSATION.start, key=key, created_at=now)
            for key in keys
        )
        both = list(zip(conversations, member_lists, strict=True))
        Membership.objects.bulk_create(
            Membership(id=make_id(), conversation=conversation, person_id=person_id, joined_at=now)
            for conversation, member_ids in both
            for person_id in member_ids
        )
        drafts = [EventDraft(str(one), "conv.new", str(conversation.id)) for conversation, ids in both for one in ids]
        append_events(drafts, now=now)
    return conversations


def close_conversation(*, conversation_id: UUID | str, now: datetime) -> None:
    """Take no more messages; history stays readable. Raises ConversationNotFound, CannotSend when closed already.

    Publishes conv.closed. Locks: the conversation, then the members' streams.
    """
    with transaction.atomic():
        conversation = lock_conversation(conversation_id)
        conversation.state = CONVERSATION.require_step("close", conversation.state)
        conversation.closed_at = now
        conversation.save(update_fields=["state", "closed_at"])
        _tell(conversation, "conv.closed", _present_members(conversation_id), now)


def add_member(*, conversation_id: UUID | str, person_id: UUID, from_start: bool, now: datetime) -> None:
    """Let somebody in; without `from_start` they see only what comes after. Idempotent for a present member.

    Publishes member.changed to all, conv.new to the new one. Locks: the conversation, then the streams.
    """
    with transaction.atomic():
        conversation = lock_conversation(conversation_id)
        membership = Membership.objects.filter(conversation=conversation, person_id=person_id).first()
        if membership is not None and membership.left_at is None:
            return
        first_seq = 0 if from_start else conversation.last_seq
        Membership.objects.update_or_create(
            conversation=conversation,
            person_id=person_id,
            defaults={
                "joined_at": now,
                "left_at": None,
                "visible_from": first_seq,
                "gate": "open",
                "gate_reason": "",
                "opens_at": None,
            },
            create_defaults={"id": make_id(), "joined_at": now, "visible_from": first_seq},
        )
        others = [one for one in _present_members(conversation_id) if one != person_id]
        _tell(conversation, "member.changed", others, now, {"user": str(person_id), "change": "joined"})
        _tell(conversation, "conv.new", [person_id], now)


def remove_member(*, conversation_id: UUID | str, person_id: UUID, now: datetime) -> None:
    """Take somebody out: from this commit on they receive, read and send nothing here. Raises ConversationNotFound.

    Publishes member.changed to all, the removed one included. Locks: the conversation, then the streams.
    """
    with transaction.atomic():
        conversation = lock_conversation(conversation_id)
        told = _present_members(conversation_id)
        left = Membership.objects.filter(conversation=conversation, person_id=person_id, left_at__isnull=True)
        if left.update(left_at=now) != 1:
            raise ConversationNotFound()
        _tell(conversation, "member.changed", told, now, {"user": str(person_id), "change": "left"})


def lock_conversation(conversation_id: UUID | str) -> Conversation:
    """Return the locked row. Raises ConversationNotFound."""
    found = Conversation.objects.select_for_update(no_key=True).filter(id=conversation_id).first()
    if found is None:
        raise ConversationNotFound()
    return found


def _present_members(conversation_id: UUID | str) -> list[UUID]:
    present = Membership.objects.filter(conversation_id=conversation_id, left_at__isnull=True)
    return list(present.values_list("person_id", flat=True))


def _tell(
    conversation: Conversation,
    kind: str,
    person_ids: Sequence[UUID],
    now: datetime,
    refs: dict[str, object] | None = None,
) -> None:
    drafts = [EventDraft(str(one), kind, str(conversation.id), None, refs) for one in person_ids]
    append_events(drafts, now=now)
