"""Reading the waiting list: who waits, since when, and what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.accounts.queries import PersonCard, get_team_zone, list_cards, list_suspended
from server.availability.queries import list_on_shift
from server.availability.rules.kinds import DUTY
from server.availability.rules.reading import find_local_date
from server.buddies.files import list_filled
from server.buddies.models import BuddyRequest
from server.buddies.pairings import list_seated_youths
from server.buddies.states import BUDDY_REQUEST
from server.buddies.team_settings import get_buddy_settings


@dataclass(frozen=True, slots=True)
class WaitingYouth:
    """An entry of the list; `days` are counted on the calendar of the team's zone."""

    request: BuddyRequest
    youth: PersonCard
    days: int
    overdue: bool
    filled_in: bool


@dataclass(frozen=True, slots=True)
class WaitingList:
    """Who waits, the longest first. `duty_open`: somebody has duty now, whom a youth who waits may ask."""

    entries: Sequence[WaitingYouth]
    duty_open: bool


def get_waiting_list(team_id: str, *, now: datetime) -> WaitingList:
    """Return a team's list; a fixed number of statements.

    Who has as many pairings as the team allows does not wait, nor does somebody who is suspended.
    """
    requests = list_waiting_requests(team_id)
    youths = list_cards(one.youth_id for one in requests)
    filled, zone = list_filled(youths), get_team_zone(team_id)
    entries = [
        WaitingYouth(
            request=one,
            youth=youths[str(one.youth_id)],
            days=count_days(one, zone, now),
            overdue=is_overdue(one, now),
            filled_in=str(one.youth_id) in filled,
        )
        for one in requests
    ]
    return WaitingList(entries, bool(list_on_shift(team_id, DUTY, now)))


def list_waiting_requests(team_id: str) -> list[BuddyRequest]:
    """Return the entries of a team that wait for somebody, the oldest first; four statements."""
    waiting = BuddyRequest.objects.filter(team_id=team_id, state=BUDDY_REQUEST.start)
    requests = list(waiting.order_by("asked_at", "id"))
    most, seated = get_buddy_settings(team_id).pairings_per_youth, list_seated_youths(team_id)
    suspended = list_suspended(one.youth_id for one in requests)
    return [one for one in requests if seated.get(str(one.youth_id), 0) < most and str(one.youth_id) not in suspended]


def find_waiting_request(youth_id: str) -> BuddyRequest | None:
    """Return a youth's entry that waits, None off the list."""
    return BuddyRequest.objects.filter(youth_id=youth_id, state=BUDDY_REQUEST.start).first()


def count_days(request: BuddyRequest, zone: str, now: datetime) -> int:
    """Return for how many days somebody has waited, on the calendar of a zone."""
    return (find_local_date(now, zone) - find_local_date(request.asked_at, zone)).days


def is_overdue(request: BuddyRequest, now: datetime) -> bool:
    """Tell whether somebody was promised by now."""
    return request.due_at is not None and request.due_at < now
