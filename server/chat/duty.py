"""Reading the duty pool: who asks, who may be asked, and what each of them may know of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count

from server.accounts.queries import PersonCard, ask_standing, get_team_zone, list_cards
from server.accounts.rules.roles import YOUTH
from server.availability.queries import (
    get_settings_of_team,
    list_on_shift,
    list_settings_of_people,
    load_schedules,
)
from server.availability.rules.kinds import DUTY
from server.availability.rules.reachability import find_shift
from server.availability.rules.wind_down import BOUNDS, find_evening, find_evening_start
from server.chat.hours import Place, list_written
from server.chat.models import DutyOffer, DutyRequest
from server.chat.policies import require_claim_duty
from server.chat.rules.turns import is_running
from server.chat.states import DUTY_REQUEST
from server.foundation.clock import format_instant
from server.foundation.database import as_texts, open_pipeline
from server.foundation.errors import NotFound
from server.ports.socket_door import LoggedEvent

OFFERED: Final = "duty.offered"
TAKEN: Final = "duty.taken"
CLAIMED: Final = "duty.claimed"
CLOSED: Final = "duty.closed"
_LONGEST_TALK: Final = timedelta(minutes=BOUNDS["talk_minutes"][1])


def access_offer(person_id: str, request_id: UUID | str) -> DutyRequest:
    """Return a request that was offered to this person. Raises NotFound for any other, and for none."""
    offer = DutyOffer.objects.select_related("request").filter(request__id=request_id, person_id=person_id).first()
    if offer is None:
        raise NotFound()
    return offer.request


def find_own_duty(youth_id: str) -> DutyRequest | None:
    """Return the last request of a youth, or None."""
    return DutyRequest.objects.filter(youth_id=youth_id).order_by("-asked_at", "-id").first()


def find_running_duty(youth_id: str, *, now: datetime) -> DutyRequest | None:
    """Return what a youth who asks again is answered with: the open request, or the claimed one while its talk runs."""
    last = find_own_duty(youth_id)
    if last is None or last.state == DUTY_REQUEST.start:
        return last
    if last.claimed_by is None:
        return None
    expert = str(last.claimed_by)
    runs = (expert, str(last.line_id)) in list_running([expert], now=now)
    return last if runs and not list_blocked([expert], youth_id, now=now) else None


def list_duty(person: PersonCard, *, now: datetime) -> list[DutyRequest]:
    """Return a youth's own last request, an expert's offers. Raises Forbidden for who takes no part in it."""
    if person.role == YOUTH:
        last = find_own_duty(person.id)
        return [last] if last else []
    require_claim_duty(person)
    return list_offered(person, now=now)


def list_offered(person: PersonCard, *, now: datetime) -> list[DutyRequest]:
    """Return the open requests that an expert may claim now, the oldest first: none off their shift or in a talk."""
    if person.id not in list_on_shift(person.team_id, DUTY, now) or list_running([person.id], now=now):
        return []
    offered = DutyRequest.objects.filter(
        offers__person_id=person.id, state=DUTY_REQUEST.start, team_id=person.team_id
    ).order_by("asked_at", "id")
    blocked = list_blocked([str(one.youth_id) for one in offered], person.id, now=now)
    return [one for one in offered if str(one.youth_id) not in blocked]


def list_running(person_ids: Iterable[object], *, now: datetime) -> set[Place]:
    """Return where these experts are in a running talk: they wrote there, or took the line, within `talk_minutes`."""
    people = as_texts(person_ids)
    settings = list_settings_of_people(list(list_cards(people).values()))
    # Who has taken a line and not written there yet is in a talk as well. A claim under way has no line as yet.
    taken = DutyRequest.objects.filter(
        claimed_by__in=people, claimed_at__gt=now - _LONGEST_TALK, line__closed_at=None, line__isnull=False
    )
    rows = taken.values_list("claimed_by", "line_id", "claimed_at")
    begun = {(str(person), str(line)): at for person, line, at in rows} | list_written(people, now=now)
    return {place for place, at in begun.items() if is_running(at, settings[place[0]], now)}


def list_blocked(person_ids: Iterable[str], with_id: str, *, now: datetime) -> set[str]:
    """Return between whom of these people and somebody there is a block, whoever placed it."""
    with open_pipeline() as pipeline:
        standing = ask_standing(pipeline, [], [with_id], now=now)
    return {one for one in person_ids if standing.is_blocked(one, with_id)}


def list_free(person_ids: Sequence[str], youth_id: str, *, now: datetime) -> list[str]:
    """Return who of these experts may be asked for this youth: in no running talk, no block between them."""
    busy = {person for person, _ in list_running(person_ids, now=now)}
    blocked = list_blocked(person_ids, youth_id, now=now)
    return [one for one in person_ids if one not in busy | blocked]


def list_having_duty(person_ids: Iterable[object], *, now: datetime) -> set[str]:
    """Return who of these people stands on a duty shift now."""
    schedules = load_schedules(person_ids, now=now)
    return {one for one, schedule in schedules.items() if find_shift(schedule, DUTY, now).open}


def count_offers(person_ids: Iterable[str], team_id: str, *, now: datetime) -> dict[str, int]:
    """Return how often each of these experts was asked this evening; who was not is left out."""
    zone, starts = get_team_zone(team_id), get_settings_of_team(team_id).evening_starts
    since = find_evening_start(find_evening(now, zone, starts), zone, starts)
    offers = DutyOffer.objects.filter(person_id__in=list(person_ids), offered_at__gte=since)
    counted = offers.values_list("person_id").annotate(count=Count("id")).order_by()
    return {str(one): count for one, count in counted}


def show_duty(request: DutyRequest) -> dict[str, Any]:
    """Return a request as the wire shows it: nothing of who asks."""
    return {
        "id": str(request.id),
        "state": request.state,
        "asked_at": format_instant(request.asked_at),
        "c": str(request.line_id) if request.line_id else None,
    }


class DutyEvents:
    """Answers ports.socket_door.EventRenderer for the duty pool's kinds."""

    KINDS = (OFFERED, TAKEN, CLAIMED, CLOSED)

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return each event as its owner may see it now: nothing for an expert whose shift is over, and no offer that
        is not to be had any more. Two statements, and what `load_schedules` needs."""
        found = DutyRequest.objects.filter(id__in=[(event.refs or {})["request"] for event in events])
        requests = {str(one.id): one for one in found}
        youths = {str(one.youth_id) for one in requests.values()}
        on_duty = list_having_duty({event.user_id for event in events} - youths, now=now)
        return [self._show(event, requests.get((event.refs or {})["request"]), on_duty) for event in events]

    def _show(self, event: LoggedEvent, request: DutyRequest | None, on_duty: set[str]) -> dict[str, Any] | None:
        if request is None or event.user_id not in {str(request.youth_id), *on_duty}:
            return None
        if event.kind == OFFERED and request.state != DUTY_REQUEST.start:
            return None
        return {"kind": event.kind} | (event.refs or {})
