"""The data keys of conversations, and where a message's text belongs."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from server.chat.models import ConversationKey
from server.foundation.key_store import KeyStore
from server.foundation.sealing import Dek, Place

NAMESPACE: Final = "chat.message"
CONVERSATION_KEYS: Final = KeyStore(ConversationKey)
load_deks = CONVERSATION_KEYS.load


def place_body(conversation_id: str, message_id: str, sender_id: str, at: datetime, dek: Dek) -> Place:
    """Return where a body belongs: what is sealed with it, so that moving or swapping rows breaks the seal."""
    microseconds = int(at.timestamp()) * 1_000_000 + at.microsecond
    return Place(NAMESPACE, conversation_id, message_id, 0, sender_id, microseconds, dek.id)
