"""What the socket refuses."""

from __future__ import annotations

from server.foundation.errors import WarmlijnError


class NotReady(WarmlijnError):
    """A request came before the greeting was over."""

    code, http_status, retry, title = "proto.not_ready", 409, "same", "Say hello first"


class UnknownType(WarmlijnError):
    """No such request."""

    code, http_status, title = "proto.unknown_type", 400, "Unknown request type"


class UnsupportedVersion(WarmlijnError):
    """The client offers no subprotocol that the server speaks."""

    code, http_status, title = "proto.unsupported_version", 400, "Offer the subprotocol warmlijn.v1"


class AckAhead(WarmlijnError):
    """The client acknowledges what it was never sent."""

    code, http_status, title = "proto.ack_ahead", 409, "Acknowledged beyond what was sent"


class ResetRequired(WarmlijnError):
    """The cursor cannot be resumed; the client takes a snapshot. `detail` is no_cursor, epoch_changed, …"""

    code, http_status, title = "sync.reset_required", 409, "Take a snapshot and sync from its cursor"


class TooManySockets(WarmlijnError):
    """The ninth socket of one user; answered by close 4202."""

    code, http_status, retry, title = "realtime.too_many_sockets", 429, "after", "Too many connections"
