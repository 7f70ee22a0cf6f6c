"""Answers ports.talks.TalkKeeper (conversations for the rooms that decide who is in them) and ports.calls.DutyCalls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.availability.actions.changing import lock_hours
from server.chat.access import access_conversation
from server.chat.actions.conversations import (
    add_member,
    close_conversation,
    list_guarded,
    lock_conversation,
    open_conversation,
    remove_member,
)
from server.chat.actions.gates import freshen_conversations
from server.chat.errors import ConversationNotFound
from server.chat.models import Conversation, DutyRequest, Membership, Message
from server.chat.states import CONVERSATION, DUTY_REQUEST
from server.foundation.database import as_texts, open_pipeline
from server.ports.talks import TalkCard, Waiting
from server.realtime.streams import lock_streams

_UNREAD = (
    "SELECT max(m.seq) FROM chat_message m WHERE m.conversation_id = s.conversation_id AND m.seq > s.read_upto "
    "AND m.seq > s.visible_from AND m.sender_id <> s.person_id AND m.state = 'accepted'"
)
_WAITING_SQL = (
    "SELECT s.person_id, s.conversation_id, c.kind, s.opens_at, "  # noqa: S608  our own names
    f"({_UNREAD} AND (s.gate = 'open' OR m.seq <= s.visible_upto)), "
    f"({_UNREAD} AND s.gate <> 'open' AND m.seq > s.visible_upto) "
    "FROM chat_membership s JOIN chat_conversation c ON c.id = s.conversation_id "
    "WHERE s.conversation_id = ANY(%(conversations)s::uuid[]) AND s.person_id = ANY(%(people)s::uuid[]) "
    "AND s.left_at IS NULL"
)


class Talks:
    """The chat room's conversations."""

    def lock_talks(self, *, person_ids: Sequence[str], conversation_ids: Sequence[str], now: datetime) -> None:
        """Lock the experts' hours, the conversations, their members' seats and everybody's streams, each ascending."""
        lock_hours(sorted(list_guarded(person_ids)), now=now)
        found = Conversation.objects.select_for_update(no_key=True).filter(id__in=as_texts(conversation_ids))
        list(found.order_by("id").values_list("id"))
        seats = Membership.objects.select_for_update(no_key=True).filter(
            conversation_id__in=as_texts(conversation_ids), left_at=None
        )
        members = [str(one) for one in seats.order_by("id").values_list("person_id", flat=True)]
        lock_streams({*members, *map(str, person_ids)})

    def open_talk(self, *, team_id: str, kind: str, member_ids: Sequence[str], now: datetime) -> str:
        """Open a conversation with these members; return its id."""
        members = [UUID(str(one)) for one in member_ids]
        return str(open_conversation(team_id=UUID(str(team_id)), kind=kind, member_ids=members, now=now).id)

    def admit(self, *, conversation_id: str, person_id: str, from_start: bool, now: datetime) -> None:
        """Let somebody in."""
        add_member(conversation_id=conversation_id, person_id=UUID(str(person_id)), from_start=from_start, now=now)

    def dismiss(self, *, conversation_id: str, person_id: str, now: datetime) -> None:
        """Take somebody out, if they are in it."""
        own = Membership.objects.filter(conversation_id=conversation_id, person_id=person_id, left_at=None)
        with transaction.atomic():
            lock_conversation(conversation_id)
            if own.exists():
                remove_member(conversation_id=conversation_id, person_id=UUID(str(person_id)), now=now)

    def close_talk(self, *, conversation_id: str, now: datetime) -> None:
        """Take no more messages, unless it is closed already."""
        with transaction.atomic():
            if lock_conversation(conversation_id).state == CONVERSATION.start:
                close_conversation(conversation_id=conversation_id, now=now)

    def find_talk(self, conversation_id: str) -> TalkCard | None:
        """Return the card, or None."""
        found = Conversation.objects.filter(id=conversation_id).first()
        return _show([found])[0] if found else None

    def list_talks_of(self, person_ids: Sequence[str]) -> dict[str, tuple[TalkCard, ...]]:
        """Return the open conversations in which each of these people is present, the newest first; three queries."""
        own = Membership.objects.filter(person_id__in=as_texts(person_ids), left_at=None)
        places = [(str(person), str(talk)) for person, talk in own.values_list("person_id", "conversation_id")]
        open_ones = Conversation.objects.filter(id__in={talk for _, talk in places}, state=CONVERSATION.start)
        cards = _show(open_ones.order_by("-created_at", "id"))
        present = set(places)
        return {
            person: tuple(card for card in cards if (person, card.id) in present) for person in as_texts(person_ids)
        }

    def find_view(self, *, person_id: str, conversation_id: str, now: datetime) -> tuple[int, int] | None:
        """Return (after, up to) of the seqs that a present member may see now; their gate is asked anew."""
        freshen_conversations([conversation_id], now=now)
        try:
            access = access_conversation(person_id, conversation_id)
        except ConversationNotFound:
            return None
        return access.membership.visible_from, access.visible_upto

    def find_sender(self, *, conversation_id: str, seq: int) -> str | None:
        """Return who wrote a message, or None."""
        found = Message.objects.filter(conversation_id=conversation_id, seq=seq)
        return next((str(one) for one in found.values_list("sender_id", flat=True)), None)

    def list_waiting(self, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Waiting]:
        """Return what waits at each of these places."""
        params = {
            "people": as_texts(person for person, _ in places),
            "conversations": as_texts(conversation for _, conversation in places),
        }
        with open_pipeline() as pipeline:
            rows = pipeline.ask(_WAITING_SQL, params, "uuid uuid text time int int").rows()
        return {
            (person, conversation): Waiting(kind, seq or 0, hidden is not None, opens_at)
            for person, conversation, kind, opens_at, seq, hidden in rows
        }


class DutyDesk:
    """Answers ports.calls.DutyCalls."""

    def list_open_offers(self, request_ids: Sequence[str]) -> set[str]:
        """Return which of these requests are open."""
        found = DutyRequest.objects.filter(id__in=as_texts(request_ids), state=DUTY_REQUEST.start)
        return {str(one) for one in found.values_list("id", flat=True)}


def _show(conversations: Iterable[Conversation]) -> list[TalkCard]:
    found = list(conversations)
    members: dict[UUID, list[str]] = {}
    present = Membership.objects.filter(conversation_id__in=[one.id for one in found], left_at=None)
    for talk, person in present.order_by("joined_at", "id").values_list("conversation_id", "person_id"):
        members.setdefault(talk, []).append(str(person))
    return [
        TalkCard(str(one.id), str(one.team_id), one.kind, one.state, tuple(members.get(one.id, ())), one.last_seq)
        for one in found
    ]
