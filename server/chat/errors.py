"""What the chat room refuses."""

from __future__ import annotations

from datetime import datetime

from server.foundation.clock import format_instant
from server.foundation.errors import WarmlijnError


class ConversationNotFound(WarmlijnError):
    """No such conversation, or it is not yours: never told apart."""

    code, http_status, title = "conv.not_found", 404, "Not found"


class CannotSend(WarmlijnError):
    """The conversation takes no message from you now: closed, or one of you has blocked the other."""

    code, http_status, title = "conv.cannot_send", 409, "This conversation takes no new messages"


class EmptyMessage(WarmlijnError):
    """Nothing but white space."""

    code, http_status, title = "msg.empty", 422, "The message is empty"


class MessageTooLong(WarmlijnError):
    """More than 4,000 code points."""

    code, http_status, title = "msg.too_long", 422, "The message is too long"


class IdempotencyConflict(WarmlijnError):
    """The same `m` came before with another text, reply or conversation."""

    code, http_status, title = "msg.idempotency_conflict", 409, "This message id was used for another message"


class NotHeld(WarmlijnError):
    """The message is with its reader already, or was withdrawn before."""

    code, http_status, title = "msg.not_held", 409, "The message can no longer be withdrawn"


class OutsideWindow(WarmlijnError):
    """The expert sends outside their hours. `next_opening` says when they may again, null when nobody knows."""

    code, http_status, title = "expert.outside_window", 409, "Outside your hours"

    def __init__(self, next_opening: datetime | None) -> None:
        super().__init__(extra={"next_opening": format_instant(next_opening) if next_opening else None})


class DutyClosed(WarmlijnError):
    """Nobody of the team stands on a duty shift now: the pool's door is closed."""

    code, http_status, title = "duty.closed", 409, "Nobody has duty now"


class DutyTaken(WarmlijnError):
    """The youth no longer waits: a colleague was first, or the request has ended without a talk."""

    code, http_status, title = "duty.taken", 409, "Nobody waits here any more"


class OffDuty(WarmlijnError):
    """The expert stands on no duty shift of that team now."""

    code, http_status, title = "duty.off_shift", 409, "You have no duty now"


class DutyBusy(WarmlijnError):
    """The expert is in a running talk, or has just taken another line."""

    code, http_status, title = "duty.in_talk", 409, "You are in a talk"
