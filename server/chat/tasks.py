"""What is due in the chat room: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from server.chat.actions.duty import lease_wave, send_wave

DUE_WAVES: Final = "chat_dutyrequest WHERE state = 'open' AND next_wave_at <= %(now)s::timestamptz"
DUE_GATES: Final = "chat_membership WHERE turns_at <= %(now)s::timestamptz AND guarded AND left_at IS NULL"


def step_duty_waves(now: datetime) -> bool:
    """Send one wave of the duty pool that is due; say whether there was one.

    The lease is committed first: a request whose wave fails is tried again after it, and holds up no other.
    """
    lease = lease_wave(now=now)
    if lease is None:
        return False
    send_wave(lease=lease, now=now)
    return True
