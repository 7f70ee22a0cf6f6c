"""Looks into what people are shown, and into the audit."""

from __future__ import annotations

from typing import Any

from server.audit.queries import list_entries
from server.audit.rules.chain import Link
from server.foundation.clock import read_clock
from server.ports.socket_door import LoggedEvent
from server.realtime.models import UserEvent
from server.realtime.rendering import render_events
from tests.cast import Cast, Player
from tests.frames import check_sent_by_server


def list_seen(player: Player, *kinds: str) -> list[dict[str, Any]]:
    """Return somebody's events of these kinds as their devices get them now, each held against the published form."""
    rows = list(UserEvent.objects.filter(user_id=player.id, kind__in=kinds).order_by("pos"))
    logged = [
        LoggedEvent(str(one.user_id), one.pos, one.kind, _text(one.conversation_id), one.seq, one.refs) for one in rows
    ]
    shown = zip(logged, render_events(logged, now=read_clock()), strict=True)
    items = [{"pos": event.pos} | item for event, item in shown if item is not None]
    check_sent_by_server({"type": "events", "from": "a.0", "to": "a.1", "more": False, "ev": items})
    return [{name: value for name, value in item.items() if name != "pos"} for item in items]


def list_recorded(cast: Cast, *actions: str) -> list[Link]:
    """Return the audit entries of the cast's team with these actions, in order."""
    return [one for one in list_entries(cast.team.id) if one.action in actions]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
