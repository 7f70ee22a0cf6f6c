"""Conversations and who is in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import EXPERT
from server.availability.actions.changing import lock_hours
from server.chat.actions.gates import freshen_conversations, turn_due_gates
from server.chat.errors import ConversationNotFound
from server.chat.keys import CONVERSATION_KEYS
from server.chat.models import Conversation, Membership
from server.chat.states import CONVERSATION
from server.foundation.ids import make_id
from server.realtime.streams import EventDraft, append_events, lock_streams


def open_conversation(*, team_id: UUID, kind: str, member_ids: Sequence[UUID], now: datetime) -> Conversation:
    """Open one conversation, as `open_conversations` does."""
    return open_conversations(team_id=team_id, kind=kind, member_lists=[member_ids], now=now)[0]


def open_conversations(
    *, team_id: UUID, kind: str, member_lists: Sequence[Sequence[UUID]], now: datetime
) -> list[Conversation]:
    """Open conversations, each with its own data key and members.

    Publishes conv.new into each member's log; an expert hears of it when their gate opens. Locks: the experts' hours.
    """
    guarded = list_guarded({one for ids in member_lists for one in ids})
    with transaction.atomic():
        lock_hours(sorted(guarded), now=now)
        keys = CONVERSATION_KEYS.make(len(member_lists), now=now)
        conversations = Conversation.objects.bulk_create(
            Conversation(id=make_id(), team_id=team_id, kind=kind, state=CONVERSATION.start, key=key, created_at=now)
            for key in keys
        )
        both = list(zip(conversations, member_lists, strict=True))
        Membership.objects.bulk_create(
            Membership(
                id=make_id(), conversation=conversation, person_id=person_id, joined_at=now,
                **_start_gate(str(person_id) in guarded, 0, now),
            )
            for conversation, member_ids in both
            for person_id in member_ids
        )  # fmt: skip
        lock_streams({one for ids in member_lists for one in ids})  # all at once: in the one order
        told = [(one, conversation) for conversation, ids in both for one in ids if str(one) not in guarded]
        append_events([EventDraft(str(one), "conv.new", str(conversation.id)) for one, conversation in told], now=now)
        turn_due_gates([str(one.id) for one in conversations], now=now)
    return conversations


def close_conversation(*, conversation_id: UUID | str, now: datetime) -> None:
    """Take no more messages; history stays readable. Raises ConversationNotFound, CannotSend when closed already.

    Publishes conv.closed; experts hear of it when their gate opens. Locks: the conversation, then the streams.
    """
    freshen_conversations([str(conversation_id)], now=now)
    with transaction.atomic():
        conversation = lock_conversation(conversation_id)
        conversation.state = CONVERSATION.require_step("close", conversation.state)
        conversation.closed_at = now
        conversation.save(update_fields=["state", "closed_at"])
        _tell(conversation, "conv.closed", _open_members(conversation_id), now)


def add_member(*, conversation_id: UUID | str, person_id: UUID, from_start: bool, now: datetime) -> None:
    """Let somebody in; without `from_start` they see only what comes after. Idempotent for a present member.

    Publishes member.changed to all, conv.new to the new one; experts hear of it when their gate opens. Locks: an
    expert's hours, the conversation, then the streams.
    """
    freshen_conversations([str(conversation_id)], now=now)
    guarded = list_guarded([person_id])
    with transaction.atomic():
        lock_hours(sorted(guarded), now=now)
        conversation = lock_conversation(conversation_id)
        membership = Membership.objects.filter(conversation=conversation, person_id=person_id).first()
        if membership is not None and membership.left_at is None:
            return
        first_seq = 0 if from_start else conversation.last_seq
        defaults = {"joined_at": now, "left_at": None, "visible_from": first_seq}
        defaults |= _start_gate(bool(guarded), conversation.last_seq, now)
        Membership.objects.update_or_create(
            conversation=conversation,
            person_id=person_id,
            defaults=defaults,
            create_defaults=defaults | {"id": make_id()},
        )
        others = [one for one in _open_members(conversation_id) if one != person_id]
        lock_streams([*others, person_id])
        _tell(conversation, "member.changed", others, now, {"user": str(person_id), "change": "joined"})
        if not guarded:
            _tell(conversation, "conv.new", [person_id], now)
        turn_due_gates([str(conversation_id)], now=now)


def remove_member(*, conversation_id: UUID | str, person_id: UUID, now: datetime) -> None:
    """Take somebody out: from this commit on they receive, read and send nothing here. Raises ConversationNotFound.

    Publishes member.changed to all, the removed one included, save experts whose gate is closed: they hear of it when
    it opens. Locks: the conversation, then the streams.
    """
    freshen_conversations([str(conversation_id)], now=now)
    with transaction.atomic():
        conversation = lock_conversation(conversation_id)
        told = {*_open_members(conversation_id), person_id}
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


def list_guarded(person_ids: Iterable[object]) -> dict[str, PersonCard]:
    """Return who of these people has a gate that follows hours: the experts."""
    return {one: card for one, card in list_cards(person_ids).items() if card.role == EXPERT}


def _start_gate(guarded: bool, last_seq: int, now: datetime) -> dict[str, Any]:
    """Return the columns of a gate to begin with: an expert's is closed, and due at once."""
    return {
        "guarded": guarded,
        "gate": "closed" if guarded else "open",
        "gate_reason": "",
        "opens_at": None,
        "turns_at": now if guarded else None,
        "turned_at": now if guarded else None,
        "grace_until": None,
        "visible_upto": last_seq,
    }


def _open_members(conversation_id: UUID | str) -> list[UUID]:
    """Return who may hear of the conversation now: whoever's gate is open. The others hear when it opens."""
    present = Membership.objects.filter(conversation_id=conversation_id, left_at__isnull=True, gate="open")
    return list(present.values_list("person_id", flat=True))


def _tell(
    conversation: Conversation,
    kind: str,
    person_ids: Iterable[UUID],
    now: datetime,
    refs: dict[str, object] | None = None,
) -> None:
    drafts = [EventDraft(str(one), kind, str(conversation.id), None, refs) for one in person_ids]
    append_events(drafts, now=now)
