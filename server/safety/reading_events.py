"""What the events about reading look like to whoever's log they are in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.accounts.queries import Voice, list_cards, list_voices
from server.accounts.rules.roles import ADMIN, COORDINATOR
from server.foundation.clock import format_instant
from server.ports.socket_door import LoggedEvent
from server.safety.models import GlassOpening
from server.safety.reading_queries import GLASS_OPENED, GLASS_REVIEW_DUE
from server.safety.rules.glass import write_reason


class GlassEvents:
    """Answers ports.socket_door.EventRenderer for the kinds about broken glass."""

    KINDS = (GLASS_OPENED, GLASS_REVIEW_DUE)

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return each event as its owner may see it now: the youth who was told, and who reviews in the team. Three
        statements."""
        found = GlassOpening.objects.filter(id__in=[(event.refs or {})["glass"] for event in events])
        openings = {str(one.id): one for one in found}
        owners = {event.user_id for event in events}
        voices, cards = list_voices(owners), list_cards(owners)
        teams = {one.id: one.team_id for one in cards.values() if one.role in (COORDINATOR, ADMIN)}
        return [_show(event, openings.get((event.refs or {})["glass"]), voices, teams) for event in events]


def _show(
    event: LoggedEvent, opening: GlassOpening | None, voices: dict[str, Voice], teams: dict[str, str]
) -> dict[str, Any] | None:
    if opening is None:
        return None
    if event.user_id == str(opening.youth_id):
        return _show_to_youth(opening, voices[event.user_id].language)
    if teams.get(event.user_id) != str(opening.team_id):
        return None
    if event.kind == GLASS_REVIEW_DUE:
        return {"kind": event.kind, "glass": str(opening.id), "due_at": format_instant(opening.review_due_at)}
    people = {"glass": str(opening.id), "coordinator": str(opening.coordinator_id), "youth": str(opening.youth_id)}
    return _show_opened(opening) | people


def _show_to_youth(opening: GlassOpening, language: str) -> dict[str, Any] | None:
    told = {"text": write_reason(opening.reason_code, language)}
    return None if opening.told_at is None else _show_opened(opening) | told


def _show_opened(opening: GlassOpening) -> dict[str, Any]:
    return {
        "kind": GLASS_OPENED,
        "c": str(opening.conversation_id),
        "at": format_instant(opening.opened_at),
        "until": format_instant(opening.until),
        "role": COORDINATOR,
        "reason_code": opening.reason_code,
    }
