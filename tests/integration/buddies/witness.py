"""Looks into the logs of the people of a pairing."""

from __future__ import annotations

from typing import Any

from server.realtime.models import UserEvent
from tests.cast import Player


def list_events(player: Player, kind: str) -> list[dict[str, Any]]:
    """Return what the events of a kind in somebody's log refer to, in order."""
    rows = UserEvent.objects.filter(user_id=player.id, kind=kind).order_by("pos")
    return [one.refs or {} for one in rows]
