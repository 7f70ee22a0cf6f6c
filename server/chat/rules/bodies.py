"""What a message may hold."""

from __future__ import annotations

from server.chat.errors import EmptyMessage, MessageTooLong

MAX_CODE_POINTS = 4_000  # PROTOCOL §3 `send`


def require_body(body: str) -> str:
    """Return the text as it was written. Raises EmptyMessage (white space only), MessageTooLong."""
    if len(body) > MAX_CODE_POINTS:
        raise MessageTooLong(f"at most {MAX_CODE_POINTS} characters")
    if not body.strip():
        raise EmptyMessage()
    return body
