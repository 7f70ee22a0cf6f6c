"""Devices that are connected, as the tables know them, without a socket."""

from __future__ import annotations

from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.realtime.models import DeviceLink, ServerProcess, UserStream
from tests.cast import Player


def connect(player: Player, session_id: str, device: str, *, behind: int = 0) -> None:
    """Seat a device of somebody's session that has acknowledged all of their log but the newest `behind` events."""
    now = read_clock()
    process = ServerProcess.objects.create(id=make_id(), role="server", started_at=now, seen_at=now)
    DeviceLink.objects.create(
        id=make_id(),
        user_id=player.id,
        device_id=device,
        acked_pos=UserStream.objects.get(user_id=player.id).head - behind,
        session_id=session_id,
        socket_id=make_id(),
        process_id=process.id,
        connected_at=now,
        seen_at=now,
    )
