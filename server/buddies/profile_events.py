"""The events of the waiting list and of papers that end, and how the owner of a log sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from server.availability.queries import list_reachability
from server.ports.socket_door import LoggedEvent

REMINDER: Final = "waiting.reminder"
VALIDITY: Final = "validity.ending"


class ProfileEvents:
    """Answers ports.socket_door.EventRenderer."""

    KINDS = (REMINDER, VALIDITY)

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return each event as it was written down; to an expert outside their hours nothing.

        What an expert misses by it they see in their profile. As many statements as `list_reachability` needs.
        """
        experts = {event.user_id for event in events if _is_own(event)}
        hours = list_reachability(experts, now) if experts else {}
        return [
            None if _is_own(event) and not hours[event.user_id].open else {"kind": event.kind} | (event.refs or {})
            for event in events
        ]


def _is_own(event: LoggedEvent) -> bool:
    return event.kind == VALIDITY and (event.refs or {}).get("person") == event.user_id
