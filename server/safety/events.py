"""What the events of escalations look like to whoever's log they are in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import COORDINATOR
from server.ports.socket_door import LoggedEvent
from server.safety.help_queries import word_help
from server.safety.models import Escalation
from server.safety.schemas import EVENTS

_OF_COORDINATORS = ("escalation.step", "escalation.signalled", "escalation.moved")


class EscalationEvents:
    """Answers ports.socket_door.EventRenderer for the kinds of escalations."""

    KINDS = tuple(kind for kind in EVENTS if kind.startswith("escalation."))

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return each event as its owner may see it now: a coordinator of the team whom it may reach sees ids and
        codes, the youth it is about what happens next, in plain words, and nobody else anything."""
        found = Escalation.objects.filter(id__in=[(event.refs or {})["escalation"] for event in events])
        known = {str(one.id): one for one in found}
        cards = list_cards({event.user_id for event in events})
        return [_show(event, known.get((event.refs or {})["escalation"]), cards.get(event.user_id)) for event in events]


def _show(event: LoggedEvent, escalation: Escalation | None, owner: PersonCard | None) -> dict[str, Any] | None:
    if escalation is None or owner is None:
        return None
    if owner.id == str(escalation.youth_id):
        return _show_to_youth(event, escalation)
    if owner.role != COORDINATOR or owner.team_id != str(escalation.team_id) or owner.id in escalation.excluded:
        return None
    return {"kind": event.kind} | (event.refs or {})


def _show_to_youth(event: LoggedEvent, escalation: Escalation) -> dict[str, Any] | None:
    if event.kind in _OF_COORDINATORS:
        return None
    [help_state] = word_help([(event.user_id, escalation)])
    return {"kind": event.kind} | (event.refs or {}) | {"text": help_state.next}
