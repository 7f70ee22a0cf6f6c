"""Back onto the waiting list, after a no or a change of buddy. The caller holds the youth."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from server.accounts.queries import get_team_zone
from server.availability.public_holidays import list_days_off
from server.buddies.actions.requests import bring_back_request, open_request
from server.buddies.models import Pairing
from server.buddies.rules.kinds import CHANGE, FIRST, HANDED_BACK
from server.buddies.rules.working_days import find_due_at


def return_to_list(pairing: Pairing, *, now: datetime) -> None:
    """Put the youth of a held pairing back in their old place after a no."""
    if bring_back_request(youth_id=pairing.youth_id, now=now) is None:
        open_request(team_id=pairing.team_id, youth_id=pairing.youth_id, reason=FIRST, now=now)


def promise_another(pairing: Pairing, *, handed_back: bool, now: datetime) -> None:
    """Have the youth of a held pairing wait for somebody else, by the end of the next working day."""
    due_at = find_due(now, get_team_zone(pairing.team_id))
    reason = HANDED_BACK if handed_back else CHANGE
    open_request(team_id=pairing.team_id, youth_id=pairing.youth_id, reason=reason, due_at=due_at, now=now)


def find_due(now: datetime, zone: str) -> datetime:
    """Return the end of the next working day of a team in this zone."""
    return find_due_at(now, zone, list_days_off(now.astimezone(ZoneInfo(zone)).year))
