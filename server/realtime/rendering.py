"""Which room says what an event of its kind looks like; bound in `wiring.py`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.ports.socket_door import EventRenderer, LoggedEvent

_renderers: dict[str, EventRenderer] = {}


def bind_renderer(kinds: Sequence[str], renderer: EventRenderer) -> None:
    """Have `renderer` render these kinds. Called once for each kind, from the switchboard."""
    for kind in kinds:
        _renderers[kind] = renderer


def render_events(events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
    """Return, in order, each event as its owner may see it now, None for nothing. One call for each room."""
    shown: list[dict[str, Any] | None] = [None] * len(events)
    by_renderer: dict[int, list[int]] = {}
    owners: dict[int, EventRenderer] = {}
    for at, event in enumerate(events):
        owner = _renderers.get(event.kind, _plain)
        owners[id(owner)] = owner
        by_renderer.setdefault(id(owner), []).append(at)
    for key, places in by_renderer.items():
        rendered = owners[key].render([events[at] for at in places], now=now)
        for at, item in zip(places, rendered, strict=True):
            shown[at] = item
    return shown


class _PlainRenderer:
    """Shows the references alone: for kinds that carry nothing a person wrote."""

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return kind, conversation and references."""
        return [
            {"kind": event.kind} | ({"c": event.conversation_id} if event.conversation_id else {}) | (event.refs or {})
            for event in events
        ]


_plain = _PlainRenderer()
