"""The written-down limits: one literal table, read by the limiter, by `welcome.limits`, the docs and the tests."""

from __future__ import annotations

from typing import Final

# action → (times, seconds) per device; a user's devices together have twice that (PROTOCOL §3 Limits).
DEVICE_RATES: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    "send": ((20, 10), (120, 60)),
    "read": ((5, 1),),
    "sync": ((2, 1),),
    "hello": ((10, 60),),
    "tickets": ((20, 60),),
    "withdraw": ((5, 1),),
    "import": ((6, 60), (30, 3600)),  # each reads a calendar file in a process of its own
    "write": ((60, 60),),  # every other REST call that changes something
    "query": ((20, 1), (300, 60)),  # every REST call that only reads
}
# action → (times, seconds) per key that is no signed-in user: an account name's hash or a network address.
DOOR_RATES: Final[dict[str, tuple[tuple[int, int], ...]]] = {
    "sign_in_account": ((5, 60), (20, 3600)),
    "sign_in_address": ((30, 60), (300, 3600)),
    "enrol_address": ((20, 60), (100, 3600)),
    # Whoever holds a colleague's invitation may mistype a few times, and cannot ask whose address is known here.
    "enrol_code": ((5, 60), (20, 86_400)),
    "passkey_address": ((30, 60), (300, 3600)),
    "recovery_address": ((10, 60), (50, 3600)),
    # Three of a million codes fit at a time: 40 tries a day find one in 20 years. Counted after nothing else fits them.
    "otp_account": ((5, 60), (20, 3600), (40, 86_400)),
    "calendar_address": ((60, 60), (600, 3600)),  # calendar applications look again by themselves
}
USER_FACTOR: Final = 2
# Frames of any kind per socket: a full offline outbox plus acks fits the burst; a flood is closed with 4200.
SOCKET_FRAME_BURST: Final = 128
SOCKET_FRAMES_PER_SECOND: Final = 40
