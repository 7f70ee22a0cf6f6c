"""What the events about complaints look like to whoever's log they are in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.ports.socket_door import LoggedEvent
from server.safety.complaint_queries import ADVICE_ASKED, MOVED, list_hearing


class ComplaintEvents:
    """Answers ports.socket_door.EventRenderer for complaints."""

    KINDS = (MOVED, ADVICE_ASKED)

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return the references, nothing outside an expert's hours: REST tells it at any time."""
        hearing = set(list_hearing({event.user_id for event in events}, now=now))
        return [{"kind": one.kind} | (one.refs or {}) if one.user_id in hearing else None for one in events]
