"""What other rooms and our own edges may ask about hours. Ids go in as UUID or text and come out as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Sum
from django.db.models.functions import TruncWeek

from server.accounts.queries import PersonCard
from server.availability.models import (
    CalendarFeed,
    CapClosure,
    Extension,
    Hours,
    HoursAbsence,
    HoursException,
    LedgerEntry,
    Pause,
    Shift,
    ShiftSwap,
    TeamHours,
    TeamHoursVersion,
)
from server.availability.rules.kinds import SIGNAL_KINDS
from server.availability.rules.reachability import find_shift, reachability
from server.availability.rules.reading import find_local_date
from server.availability.rules.rosters import Span, find_span
from server.availability.rules.schedule import REST, Reachability, Schedule
from server.availability.rules.schedule import Shift as ShiftRule
from server.availability.rules.team_settings import narrow_settings, read_settings
from server.availability.rules.wind_down import HoursSettings
from server.availability.schedules import ask_hours, load_schedules, read_schedules
from server.foundation.database import as_texts

__all__ = ["ask_hours", "load_schedules", "read_schedules"]

MOST_ENTRIES = 1000
MOST_VERSIONS = 50
# A shift lasts a day at most, and its zone's date may be one off.
_SHIFT_REACH = timedelta(days=2)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OwnHours:
    """Everything that a person sees of their own hours."""

    schedule: Schedule
    reachability: Reachability
    row: Hours | None
    exceptions: Sequence[HoursException]
    absences: Sequence[HoursAbsence]
    pause: Pause | None
    rest: CapClosure | None
    extensions: dict[str, datetime]  # by conversation: until when


@dataclass(frozen=True, slots=True)
class Signal:
    """How often something happened at a person's boundaries in the week of a Monday, and for how many minutes."""

    week: datetime
    kind: str
    count: int
    minutes: int


def find_reachability(person_id: UUID | str, at: datetime) -> Reachability:
    """Return whether somebody may be reached at an instant, until when, and when again.

    Who has no hours, also who does not exist, is never reachable.
    """
    return list_reachability([person_id], at)[str(person_id)]


def list_reachability(person_ids: Iterable[object], at: datetime) -> dict[str, Reachability]:
    """Return the answer of `find_reachability` for each, by id; as many statements as `load_schedules`."""
    schedules = load_schedules(person_ids, now=at)
    return {one: reachability(schedule, at) for one, schedule in schedules.items()}


def list_shift_reachability(person_ids: Iterable[object], kind: str, at: datetime) -> dict[str, Reachability]:
    """Return the answer of `rules.reachability.find_shift` for each, by id; as many statements as `load_schedules`."""
    schedules = load_schedules(person_ids, now=at)
    return {one: find_shift(schedule, kind, at) for one, schedule in schedules.items()}


def get_hours(person_id: UUID | str, *, now: datetime) -> OwnHours:
    """Return a person's whole schedule: what of it is not over yet, the pause, the rest and the extensions that run."""
    schedule = load_schedules([person_id], now=now)[str(person_id)]
    today = find_local_date(now, schedule.zone)
    return OwnHours(
        schedule=schedule,
        reachability=reachability(schedule, now),
        row=Hours.objects.filter(person_id=person_id).first(),
        exceptions=list(
            HoursException.objects.filter(person_id=person_id, last_on__gte=today).order_by("first_on", "id")
        ),
        absences=list(
            HoursAbsence.objects.filter(person_id=person_id, last_on__gte=today, ended_at=None).order_by(
                "first_on", "id"
            )
        ),
        pause=find_pause(person_id, now=now),
        rest=find_rest(person_id, now=now),
        extensions={c: until for (_, c), until in list_extensions([person_id], now=now).items()},
    )


def find_pause(person_id: UUID | str, *, now: datetime) -> Pause | None:
    """Return the pause that a person is in, or None."""
    pause = Pause.objects.filter(person_id=person_id, ended_at=None).first()
    return pause if pause is not None and (pause.until is None or pause.until > now) else None


def find_rest(person_id: UUID | str, *, now: datetime) -> CapClosure | None:
    """Return the rest that a person declared and that goes on, or None."""
    return CapClosure.objects.filter(person_id=person_id, reason=REST, until__gt=now, ended_at=None).first()


def list_ledger(person_id: UUID | str, begin: datetime, end: datetime) -> list[LedgerEntry]:
    """Return a person's entries from `begin` until before `end`, the newest first, MOST_ENTRIES at most."""
    found = LedgerEntry.objects.filter(person_id=person_id, at__gte=begin, at__lt=end)
    return list(found.order_by("-at", "-id")[:MOST_ENTRIES])


def list_signals(person_id: UUID | str, begin: datetime, end: datetime) -> list[Signal]:
    """Return what a coordinator sees of a ledger: counts by week (of UTC) and kind, nothing of single entries."""
    found = LedgerEntry.objects.filter(person_id=person_id, at__gte=begin, at__lt=end, kind__in=SIGNAL_KINDS)
    grouped = found.annotate(week=TruncWeek("at")).values("week", "kind").order_by("week", "kind")
    counted = grouped.annotate(count=Count("id"), sum=Sum("minutes"))
    return [Signal(one["week"], one["kind"], one["count"], one["sum"] or 0) for one in counted]


def get_settings_of_team(team_id: UUID | str) -> HoursSettings:
    """Return a team's numbers; the house's own where it has set none."""
    return list_settings_of_teams([team_id])[str(team_id)]


def list_settings_of_teams(team_ids: Iterable[object]) -> dict[str, HoursSettings]:
    """Return the numbers of these teams by id, with one query."""
    ids = as_texts(team_ids)
    found = TeamHours.objects.filter(team_id__in=ids).values_list("team_id", "settings")
    known = {str(one): read_settings(given) for one, given in found}
    return {one: known.get(one) or HoursSettings() for one in ids}


def get_settings_of_person(person: PersonCard) -> HoursSettings:
    """Return the numbers that count for somebody: the team's, narrowed by their own caps."""
    return list_settings_of_people([person])[person.id]


def list_settings_of_people(people: Sequence[PersonCard]) -> dict[str, HoursSettings]:
    """Return the answer of `get_settings_of_person` for each, by id, with two queries."""
    teams = list_settings_of_teams(one.team_id for one in people)
    rows = Hours.objects.filter(person_id__in=[one.id for one in people]).values_list("person_id", "caps")
    own = {str(one): caps for one, caps in rows}
    return {one.id: narrow_settings(teams[one.team_id], own.get(one.id, {})) for one in people}


def find_team_hours(team_id: UUID | str) -> TeamHours | None:
    """Return what a team has agreed, None when it has agreed nothing of its own."""
    return TeamHours.objects.filter(team_id=team_id).first()


def list_team_versions(team_id: UUID | str) -> list[TeamHoursVersion]:
    """Return what a team has agreed over time, the newest first, MOST_VERSIONS at most."""
    return list(TeamHoursVersion.objects.filter(team_id=team_id).order_by("-version")[:MOST_VERSIONS])


def list_extensions(person_ids: Iterable[object], *, now: datetime) -> dict[tuple[str, str], datetime]:
    """Return until when these people have extended their talks, by (person, conversation)."""
    running = Extension.objects.filter(person_id__in=as_texts(person_ids), until__gt=now, cancelled_at=None)
    found = running.order_by("until").values_list("person_id", "conversation_id", "until")
    return {(str(person), str(conversation)): until for person, conversation, until in found}


def list_shifts(team_id: UUID | str, begin: datetime, end: datetime, *, kind: str | None = None) -> list[Shift]:
    """Return the shifts of a team that have a part in [begin, end), in order."""
    found = Shift.objects.filter(
        team_id=team_id,
        on__gte=(begin - _SHIFT_REACH).date(),
        on__lte=(end + _SHIFT_REACH).date(),
        removed_at=None,
    )
    found = found.filter(kind=kind) if kind else found
    spans = [(find_shift_span(one), one) for one in found.order_by("on", "start", "id")]
    return [one for (start, stop), one in spans if start < end and begin < stop]


def list_people_on_shifts(kind: str, begin: datetime, end: datetime) -> list[str]:
    """Return who of any team has a shift of this kind on the days from `begin` to `end`. Ids ascending; one query."""
    found = Shift.objects.filter(kind=kind, on__gte=begin.date(), on__lte=end.date(), removed_at=None)
    return as_texts(found.filter(person_id__isnull=False).values_list("person_id", flat=True).distinct())


def find_shift_span(shift: Shift) -> Span:
    """Return the instants at which a shift begins and ends."""
    return find_span(ShiftRule(str(shift.id), shift.kind, shift.on, shift.start, shift.end), shift.zone)


def list_on_shift(team_id: UUID | str, kind: str, at: datetime) -> list[str]:
    """Return who stands on a shift of this kind at an instant: absences and pauses taken off. Ids ascending."""
    planned = {one.person_id for one in list_shifts(team_id, at, at + _INSTANT, kind=kind) if one.person_id}
    schedules = load_schedules(planned, now=at)
    return sorted(one for one, schedule in schedules.items() if find_shift(schedule, kind, at).open)


def list_swaps(person_id: UUID | str) -> list[ShiftSwap]:
    """Return the swaps that a person proposed or was asked for, with their shifts, the newest first; 200 at most."""
    own = ShiftSwap.objects.select_related("shift").filter(from_person_id=person_id)
    asked = ShiftSwap.objects.select_related("shift").filter(to_person_id=person_id)
    return list((own | asked).order_by("-proposed_at", "-id")[:200])


def find_feed_owner(token_hash: bytes) -> str | None:
    """Return whose live calendar feed this is, or None."""
    found = CalendarFeed.objects.filter(token_hash=token_hash, revoked_at=None)
    owner = found.values_list("person_id", flat=True).first()
    return str(owner) if owner else None
