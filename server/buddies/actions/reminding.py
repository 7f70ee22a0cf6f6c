"""What the coordinators hear by themselves: who waits too long, whose papers end soon. Rows are claimed with SKIP
LOCKED, so that any number of workers may run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db import transaction

from server.accounts.queries import get_team_zone, list_standing
from server.accounts.rules.roles import COORDINATOR
from server.availability.queries import list_reachability
from server.availability.rules.reading import find_local_date
from server.availability.rules.schedule import Reachability
from server.availability.rules.wall_clock import find_instant
from server.buddies.models import BuddyRequest, ExpertProfile, ValidityNotice
from server.buddies.profile_events import REMINDER, VALIDITY
from server.buddies.rules.kinds import TRAINING, VOG
from server.buddies.rules.validity import find_next_look, find_warning
from server.buddies.states import BUDDY_REQUEST
from server.buddies.waiting import count_days, is_overdue, list_waiting_requests
from server.realtime.streams import EventDraft, append_events

_AT_ONCE: Final = 50
_DAY: Final = timedelta(days=1)
_MORNING: Final = time(9)  # a warning is for the working day
TEAM: Final = "team"
EXPERT: Final = "expert"


@dataclass(frozen=True, slots=True)
class _Warning:
    """A warning that is due, for one side."""

    person_id: str
    what: str
    until: date
    days: int
    told: str


def remind_of_waiting(*, now: datetime) -> bool:
    """Remind the coordinators of those who have waited as long as the team says, or for whom a promise has passed.

    Once a day for each. False when none was due. Publishes waiting.reminder into the logs of the team's coordinators.
    Locks the entries; those that are locked are in somebody else's hands.
    """
    with transaction.atomic():
        rows = BuddyRequest.objects.select_for_update(skip_locked=True, no_key=True)
        due = list(rows.filter(state=BUDDY_REQUEST.start, remind_at__lte=now).order_by("remind_at", "id")[:_AT_ONCE])
        BuddyRequest.objects.filter(id__in=[one.id for one in due]).update(remind_at=now + _DAY, reminded_at=now)
        by_team: dict[str, list[BuddyRequest]] = {}
        for one in due:
            by_team.setdefault(str(one.team_id), []).append(one)
        append_events([draft for team, found in by_team.items() for draft in _draft_team(team, found, now)], now=now)
    return bool(due)


def warn_of_ends(*, now: datetime) -> bool:
    """Warn of training and certificates that end: the coordinators at once, the expert within their hours.

    Each side once for each of WARNING_DAYS. False when nobody was due. Publishes validity.ending. Locks the profiles;
    those that are locked are in somebody else's hands.
    """
    with transaction.atomic():
        rows = ExpertProfile.objects.select_for_update(skip_locked=True, no_key=True)
        due = list(rows.filter(warn_at__lte=now).order_by("warn_at", "person_id")[:_AT_ONCE])
        hours = list_reachability([one.person_id for one in due], now) if due else {}
        given = _list_given(due)
        zones = {team: get_team_zone(team) for team in {one.team_id for one in due}}
        for one in due:
            _warn(one, hours[str(one.person_id)], given.get(str(one.person_id), []), zones[one.team_id], now)
    return bool(due)


def _draft_team(team_id: str, requests: Sequence[BuddyRequest], now: datetime) -> list[EventDraft]:
    zone, still = get_team_zone(team_id), {one.id for one in list_waiting_requests(team_id)}
    coordinators = list_standing([COORDINATOR], team_id)
    return [
        EventDraft(person.id, REMINDER, None, None, _show_request(one, zone, now), f"waiting:{one.id}")
        for one in requests
        if one.id in still
        for person in coordinators
    ]


def _show_request(request: BuddyRequest, zone: str, now: datetime) -> dict[str, object]:
    return {
        "request": str(request.id),
        "youth": str(request.youth_id),
        "days": count_days(request, zone, now),
        "overdue": is_overdue(request, now),
    }


def _warn(
    profile: ExpertProfile, hours: Reachability, given: Sequence[ValidityNotice], zone: str, now: datetime
) -> None:
    person, today = str(profile.person_id), find_local_date(now, zone)
    papers = _list_papers(profile)
    due = [*_list_due(person, papers, TEAM, given, today), *_list_due(person, papers, EXPERT, given, today)]
    told = [one for one in due if one.told == TEAM or hours.open]
    ValidityNotice.objects.bulk_create(
        ValidityNotice(
            person_id=profile.person_id, what=one.what, until=one.until, days=one.days, told=one.told, at=now
        )
        for one in told
    )
    append_events(_draft_warnings(told, str(profile.team_id), today), now=now)
    later = [hours.next_opening or now + _DAY] if len(told) < len(due) else []
    profile.warn_at = min([*later, *_list_looks(papers.values(), today, zone)], default=None)
    profile.save(update_fields=["warn_at"])


def _list_papers(profile: ExpertProfile) -> dict[str, date]:
    papers = {TRAINING: profile.trained_until, VOG: profile.vog_until}
    return {what: until for what, until in papers.items() if until is not None}


def _list_due(
    person_id: str, papers: Mapping[str, date], told: str, given: Sequence[ValidityNotice], today: date
) -> list[_Warning]:
    return [
        _Warning(person_id, what, until, days, told)
        for what, until in papers.items()
        for days in [find_warning(until, today, _list_days(given, what, until, told))]
        if days is not None
    ]


def _list_days(given: Sequence[ValidityNotice], what: str, until: date, told: str) -> set[int]:
    return {one.days for one in given if (one.what, one.until, one.told) == (what, until, told)}


def _draft_warnings(warnings: Sequence[_Warning], team_id: str, today: date) -> list[EventDraft]:
    coordinators = [one.id for one in list_standing([COORDINATOR], team_id)] if warnings else []
    return [
        EventDraft(reader, VALIDITY, None, None, _show_warning(one, today), f"validity:{one.person_id}:{one.what}")
        for one in warnings
        for reader in (coordinators if one.told == TEAM else [one.person_id])
    ]


def _show_warning(one: _Warning, today: date) -> dict[str, object]:
    left = (one.until - today).days
    return {"person": one.person_id, "what": one.what, "until": one.until.isoformat(), "days": left}


def _list_given(profiles: Iterable[ExpertProfile]) -> dict[str, list[ValidityNotice]]:
    given: dict[str, list[ValidityNotice]] = {}
    for one in ValidityNotice.objects.filter(person_id__in=[one.person_id for one in profiles]):
        given.setdefault(str(one.person_id), []).append(one)
    return given


def _list_looks(untils: Iterable[date], today: date, zone: str) -> list[datetime]:
    looks = (find_next_look(until, today) for until in untils)
    return [find_instant(datetime.combine(day, _MORNING), zone) for day in looks if day is not None]
