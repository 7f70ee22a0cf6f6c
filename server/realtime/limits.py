"""The socket's numbers (PROTOCOL §3 Limits), in one place; `welcome.limits` shows what a client must know."""

from __future__ import annotations

from typing import Any, Final

from server.foundation.json_codec import MAX_DEPTH
from server.foundation.rates import DEVICE_RATES

SUBPROTOCOL: Final = "warmlijn.v1"
FRAME_IN_BYTES: Final = 32 * 1024
HELLO_BYTES: Final = 4 * 1024
BATCH_OUT_BYTES: Final = 48 * 1024
SERVER_FLAG_BYTES: Final = 64 * 1024
CREDIT_EVENTS: Final = 200
CREDIT_BYTES: Final = 256 * 1024
INBOUND_QUEUE: Final = 32
SOCKETS_PER_USER: Final = 8
HELLO_SECONDS: Final = 5.0
HEARTBEAT_SECONDS: Final = 25
SILENCE_SECONDS: Final = 80.0  # three heartbeats and some: then the line is dead (4001)
STARVED_SECONDS: Final = 60.0  # no acknowledgement although the credit is used up (4002)
CONGESTED_SECONDS: Final = 20.0  # the network takes nothing any more (4002)
BACKLOG_BYTES: Final = 512 * 1024  # answers waiting behind a congested line (4002)
BAD_FRAMES: Final = 20  # malformed frames in one connection, then 4304
RECONCILE_SECONDS: Final = 5.0  # PROTOCOL §4: losing Redis costs at most this and some jitter
REVOKE_SWEEP_SECONDS: Final = 1.0  # PROTOCOL §4: revoking shows on open sockets within 2 s
ACK_FLUSH_SECONDS: Final = 0.4  # receipts may be this much later than the acknowledgement
ACTIVITY_SECONDS: Final = 300.0  # how often a busy session's idle clock is moved at most
PROCESS_DEAD_SECONDS: Final = 20.0  # a process not seen for so long holds no sockets


def show_limits() -> dict[str, Any]:
    """Return what `welcome` tells the client."""
    return {
        "frame_bytes": FRAME_IN_BYTES,
        "batch_bytes": BATCH_OUT_BYTES,
        "depth": MAX_DEPTH,
        "credit_events": CREDIT_EVENTS,
        "credit_bytes": CREDIT_BYTES,
        "inbound_queue": INBOUND_QUEUE,
        "sockets_per_user": SOCKETS_PER_USER,
        "body_code_points": 4000,
        "send": [list(rate) for rate in DEVICE_RATES["send"]],
    }
