"""Taking a message back while nobody has seen it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.queries import ask_standing
from server.chat.access import access_conversation
from server.chat.actions.gates import freshen_conversations
from server.chat.errors import ConversationNotFound, NotHeld
from server.chat.models import Membership, Message
from server.chat.states import MESSAGE
from server.foundation.database import open_pipeline
from server.foundation.errors import NotSignedIn
from server.realtime.streams import EventDraft, ask_stream_locks, place_events, read_stream_heads


def withdraw_message(
    *,
    person_id: UUID | str,
    session_id: str | None,
    conversation_id: UUID | str,
    message_id: UUID | str,
    now: datetime,
) -> None:
    """Withdraw one's own held message: its text is destroyed, its place in the order stays.

    Raises ConversationNotFound (also for a message that is not one's own), NotSignedIn, NotHeld when somebody may
    see it already or it was withdrawn before. Publishes msg.update into the sender's log. Locks: the conversation,
    then the stream.
    """
    freshen_conversations([str(conversation_id)], now=now)
    with transaction.atomic():
        access_conversation(person_id, conversation_id, lock=True)
        message = Message.objects.filter(id=message_id, conversation_id=conversation_id, sender_id=person_id).first()
        if message is None:
            raise ConversationNotFound()
        with open_pipeline() as pipeline:
            locked = ask_stream_locks(pipeline, [person_id])
            standing = ask_standing(pipeline, [session_id], [], now=now)
        if not standing.is_live(session_id):
            raise NotSignedIn()
        others = Membership.objects.filter(conversation_id=conversation_id, left_at__isnull=True).exclude(
            person_id=person_id
        )
        seen = [one for one in others if one.gate == "open" or one.visible_upto >= message.seq]
        if seen or not others:
            raise NotHeld()
        state = MESSAGE.require_step("withdraw", message.state)
        Message.objects.filter(id=message.id).update(state=state, body=None, withdrawn_at=now)
        refs = {"mid": str(message.id), "state": state}
        update = EventDraft(str(person_id), "msg.update", str(conversation_id), message.seq, refs)
        with open_pipeline() as pipeline:
            place_events(pipeline, read_stream_heads(locked), [update], now=now)
