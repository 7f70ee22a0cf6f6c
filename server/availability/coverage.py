"""What lies open ahead: hours without anybody, members on call whom no page would reach, youths left alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import reduce
from typing import Final
from uuid import UUID

from server.accounts.queries import get_team_zone, list_with_device
from server.availability.models import Shift, TeamHours
from server.availability.queries import find_shift_span, find_team_hours, list_shifts, load_schedules
from server.availability.rules.kinds import DUTY, ON_CALL, SHIFT_KINDS
from server.availability.rules.reachability import preview
from server.availability.rules.reading import find_local_date, restore_weekly
from server.availability.rules.rosters import (
    Span,
    clip_span,
    find_common,
    find_gaps,
    list_times_away,
    list_times_on_shift,
)
from server.availability.rules.schedule import Schedule, WeeklyWindow
from server.ports.pairings import CurrentPairing, PairingBook
from server.ports.registry import ask_port
from server.ports.rosters import PageBook

# A team that has said nothing promises nobody on duty beyond its roster, and somebody on call around the clock: an
# emergency does not wait for the morning.
_AROUND_THE_CLOCK = tuple(WeeklyWindow(weekday, time(0), time(0)) for weekday in range(1, 8))


@dataclass(frozen=True, slots=True)
class Gap:
    """Nobody stands on shifts of this kind from `start` to `end`, though the team or its roster promises somebody."""

    kind: str
    start: datetime
    end: datetime


# Why an on-call shift is weaker than it looks.
NOBODY: Final = "nobody"
NO_DEVICE: Final = "no_device"
NO_TEST_PAGE: Final = "no_test_page"
WEAKNESSES: Final = (NOBODY, NO_DEVICE, NO_TEST_PAGE)


@dataclass(frozen=True, slots=True)
class Weakness:
    """An on-call shift on which a page might reach nobody: no person, no device, no test page confirmed this month."""

    shift: Shift
    reason: str


@dataclass(frozen=True, slots=True)
class Alone:
    """A youth whose expert and backup, as far as there is one, are both away from `start` to `end`."""

    pairing: CurrentPairing
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a coordinator sees of the weeks ahead; `unreachable` are on-call shifts of people without a device."""

    gaps: Sequence[Gap]
    unreachable: Sequence[Shift]
    alone: Sequence[Alone]


def find_coverage(team_id: UUID | str, begin: datetime, end: datetime, *, now: datetime) -> Coverage:
    """Return what is open between two instants; a fixed number of statements. Raises NotFound for no team."""
    shifts = list_shifts(team_id, begin, end)
    reached = list_with_device(one.person_id for one in shifts if one.person_id)
    unreachable = [one for one in shifts if one.kind == ON_CALL and one.person_id and str(one.person_id) not in reached]
    return Coverage(_list_gaps(team_id, shifts, begin, end, now), unreachable, _list_alone(team_id, begin, end, now))


def list_gaps(team_id: UUID | str, begin: datetime, end: datetime, *, now: datetime) -> list[Gap]:
    """Return the hours between two instants with nobody on a shift of a kind. Raises NotFound for no team."""
    return _list_gaps(team_id, list_shifts(team_id, begin, end), begin, end, now)


def list_weaknesses(shifts: Sequence[Shift], *, now: datetime) -> list[Weakness]:
    """Return why a page might reach nobody on these shifts, as far as they are on call: who saves a roster is told."""
    on_call = [one for one in shifts if one.kind == ON_CALL]
    people = sorted({str(one.person_id) for one in on_call if one.person_id})
    book: PageBook = ask_port(PageBook)
    reached, unproven = list_with_device(people), book.list_unproven(people, now=now)
    return [
        Weakness(one, reason)
        for one in on_call
        for reason, applies in (
            (NOBODY, one.person_id is None),
            (NO_DEVICE, one.person_id is not None and str(one.person_id) not in reached),
            (NO_TEST_PAGE, str(one.person_id) in unproven),
        )
        if applies
    ]


def _list_alone(team_id: UUID | str, begin: datetime, end: datetime, now: datetime) -> list[Alone]:
    book: PairingBook = ask_port(PairingBook)
    pairings = book.list_current(str(team_id))
    schedules = load_schedules({person for one in pairings for person in _list_experts(one)}, now=now)
    away = {person: list_times_away(schedule, begin, end) for person, schedule in schedules.items()}
    alone = [
        Alone(one, *span)
        for one in pairings
        for span in reduce(find_common, (away[person] for person in _list_experts(one)))
    ]
    return sorted(alone, key=lambda one: (one.start, one.pairing.id))


def _list_experts(pairing: CurrentPairing) -> list[str]:
    return [one for one in (pairing.expert_id, pairing.backup_id) if one is not None]


def _list_gaps(
    team_id: UUID | str, shifts: Sequence[Shift], begin: datetime, end: datetime, now: datetime
) -> list[Gap]:
    zone, agreed = get_team_zone(team_id), find_team_hours(team_id)
    schedules = load_schedules({one.person_id for one in shifts if one.person_id}, now=now)
    gaps: list[Gap] = []
    for kind in SHIFT_KINDS:
        planned = [clip_span(find_shift_span(one), begin, end) for one in shifts if one.kind == kind]
        wanted = [*planned, *_list_promised(_find_promise(agreed, kind), zone, begin, end)]
        covered = _list_covered(schedules, kind, begin, end)
        gaps += [Gap(kind, *span) for span in find_gaps(wanted, covered)]
    return sorted(gaps, key=lambda gap: (gap.start, gap.kind))


def _find_promise(agreed: TeamHours | None, kind: str) -> tuple[WeeklyWindow, ...]:
    if kind == DUTY:
        return restore_weekly(agreed.duty_windows) if agreed is not None else ()
    return restore_weekly(agreed.on_call_windows) if agreed and agreed.on_call_windows else _AROUND_THE_CLOCK


def _list_promised(windows: tuple[WeeklyWindow, ...], zone: str, begin: datetime, end: datetime) -> list[Span]:
    first, last = find_local_date(begin, zone), find_local_date(end, zone)
    stretches = preview(Schedule(zone, windows), first, (last - first).days + 1) if windows else []
    return [clip_span((one.starts_at, one.ends_at), begin, end) for one in stretches]


def _list_covered(schedules: Mapping[str, Schedule], kind: str, begin: datetime, end: datetime) -> Iterable[Span]:
    return [span for one in schedules.values() for span in list_times_on_shift(one, kind, begin, end)]
