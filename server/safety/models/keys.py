"""Keys of what people wrote in this room."""

from __future__ import annotations

from server.foundation.key_store import DataKey


class SafetyKey(DataKey):
    """The wrapped data key of one escalation or one file; destroying it makes its texts unreadable."""
