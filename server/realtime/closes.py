"""Why the server closes a socket: PROTOCOL §3, one literal table. The hundreds tell the client what to do next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Close:
    """A close code with its reason, and how long the client should wait at least before it comes back."""

    code: int
    reason: str
    retry_after_ms: int = 0


DRAIN = Close(4000, "drain", 500)
HEARTBEAT = Close(4001, "heartbeat", 1_000)
SLOW_CONSUMER = Close(4002, "slow_consumer", 2_000)
SERVER_ERROR = Close(4003, "server_error", 2_000)
HELLO_TIMEOUT = Close(4100, "hello_timeout")
TICKET_INVALID = Close(4101, "ticket_invalid")
SESSION_EXPIRED = Close(4102, "session_expired")
RATE = Close(4200, "rate", 10_000)
OVERLOADED = Close(4201, "overloaded", 5_000)
TOO_MANY_SOCKETS = Close(4202, "too_many_sockets", 30_000)
SIGNED_OUT = Close(4300, "signed_out")
SUSPENDED = Close(4301, "suspended")
VERSION = Close(4302, "version")
REPLACED = Close(4303, "replaced")
PROTOCOL_ERROR = Close(4304, "protocol_error")

ALL: tuple[Close, ...] = (
    DRAIN, HEARTBEAT, SLOW_CONSUMER, SERVER_ERROR, HELLO_TIMEOUT, TICKET_INVALID, SESSION_EXPIRED, RATE,
    OVERLOADED, TOO_MANY_SOCKETS, SIGNED_OUT, SUSPENDED, VERSION, REPLACED, PROTOCOL_ERROR,
)  # fmt: skip

# How the end of a session closes its sockets.
BY_SESSION_END: dict[str, Close] = {
    "signed_out": SIGNED_OUT,
    "revoked": SIGNED_OUT,
    "suspended": SUSPENDED,
    "expired": SESSION_EXPIRED,
}
# How a refused hello closes its socket; a code that is not named here leaves with SERVER_ERROR.
BY_REFUSED_HELLO: dict[str, Close] = {
    "auth.ticket_invalid": TICKET_INVALID,
    "auth.session_revoked": SIGNED_OUT,
    "auth.forbidden": SIGNED_OUT,
    "rate.limited": RATE,
    "server.overloaded": OVERLOADED,
    "realtime.too_many_sockets": TOO_MANY_SOCKETS,
    "proto.bad_frame": PROTOCOL_ERROR,
}
