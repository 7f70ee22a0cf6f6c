"""A bridge was agreed until a day. Once that has passed, the coordinators hear of it at the beginning of a working day,
every week until the pairing has ended: it never ends by itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from server.accounts.queries import get_team_zone, list_standing
from server.accounts.rules.roles import COORDINATOR
from server.availability.public_holidays import list_days_off
from server.availability.rules.reading import find_local_date
from server.availability.rules.wall_clock import find_instant
from server.buddies.events import BRIDGE
from server.buddies.models import Pairing
from server.buddies.rules.working_days import find_working_day_after
from server.buddies.states import GOES_ON, OPEN
from server.foundation.leases import do_due
from server.realtime.streams import EventDraft, append_events

_OPENS: Final = time(9)  # a reminder is for the working day
_BEFORE_A_WEEK: Final = timedelta(days=6)


def find_bridge_look(after: date, team_id: str) -> datetime:
    """Return the beginning of a team's first working day after a date."""
    off = {day for year in (after.year, after.year + 1) for day in list_days_off(year)}
    return find_instant(datetime.combine(find_working_day_after(after, off), _OPENS), get_team_zone(team_id))


def remind_of_bridge(*, now: datetime) -> bool:
    """Remind the coordinators of one bridge that is over while the two go on; say whether any was due.

    Publishes pairing.bridge_over into the logs of the team's coordinators. Locks the pairing, then their streams.
    """
    return do_due(Pairing.objects.all(), "bridge_due_at", partial(_remind, now=now), now=now)


def _remind(pairing: Pairing, now: datetime) -> None:
    team_id, until = str(pairing.team_id), pairing.bridge_until
    today = find_local_date(now, get_team_zone(team_id))
    goes_on = until is not None and pairing.state in OPEN
    pairing.bridge_due_at = find_bridge_look(today + _BEFORE_A_WEEK, team_id) if goes_on else None
    pairing.save(update_fields=["bridge_due_at"])
    if until is not None and pairing.state in GOES_ON:
        refs = {"pairing": str(pairing.id), "until": until.isoformat(), "days": (today - until).days}
        told = list_standing([COORDINATOR], team_id)
        append_events([EventDraft(one.id, BRIDGE, None, None, refs, f"bridge:{pairing.id}") for one in told], now=now)
