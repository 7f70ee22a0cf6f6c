"""What the waiting list does about facts of other rooms. Facts come at least once: the handler is idempotent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.buddies.actions.requests import open_missing_requests
from server.events.facts import YouthEnrolled


def on_youth_enrolled(facts: Sequence[YouthEnrolled], now: datetime) -> None:
    """Put youths who came in onto the waiting list of their team."""
    by_team: dict[str, list[str]] = {}
    for fact in facts:
        by_team.setdefault(fact.team_id, []).append(fact.person_id)
    for team_id, youth_ids in sorted(by_team.items()):
        open_missing_requests(team_id=team_id, youth_ids=youth_ids, now=now)
