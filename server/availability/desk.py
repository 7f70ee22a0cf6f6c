"""What the coordinators' desk asks about hours tonight and this week: who stands where now and next, who is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from server.accounts.queries import PersonCard, list_cards, list_standing, list_with_device
from server.accounts.rules.roles import EXPERT
from server.availability.coverage import Gap, list_gaps
from server.availability.models import Shift, ShiftSwap
from server.availability.queries import find_shift_span, list_shifts, load_schedules
from server.availability.rules.kinds import ON_CALL
from server.availability.rules.reachability import Stretch, find_shift, preview, reachability
from server.availability.rules.schedule import Reachability
from server.ports.registry import ask_port
from server.ports.rosters import PageBook

TONIGHT: Final = timedelta(hours=24)
MOST_SWAPS: Final = 200


@dataclass(frozen=True, slots=True)
class Post:
    """A shift of tonight and who stands there; `person` None for nobody's.

    `there` is False while they are absent or in a pause; why is theirs. `device` and `proven` (by a test page this
    month) say whether a page would reach them; `proven` is None for duty, which nobody pages.
    """

    shift: Shift
    starts_at: datetime
    ends_at: datetime
    person: PersonCard | None
    there: bool
    device: bool
    proven: bool | None


@dataclass(frozen=True, slots=True)
class Tonight:
    """The shifts that run, those that begin within TONIGHT, and the hours of it with nobody on a shift."""

    now: Sequence[Post]
    next: Sequence[Post]
    gaps: Sequence[Gap]


@dataclass(frozen=True, slots=True)
class Opening:
    """An expert, whether they may be reached now, and when in the days that were asked about."""

    person: PersonCard
    zone: str
    reachability: Reachability
    stretches: Sequence[Stretch]


def find_tonight(team_id: UUID | str, *, now: datetime) -> Tonight:
    """Return who stands on the team's shifts now and next; a fixed number of statements. Raises NotFound for no team.

    In `next` stands what begins within TONIGHT; `there` is asked for the instant at which it begins.
    """
    shifts = list_shifts(team_id, now, now + TONIGHT)
    posts = sorted(_list_posts(shifts, now), key=lambda one: (one.starts_at, one.shift.kind, one.shift.id))
    return Tonight(
        now=[one for one in posts if one.starts_at <= now],
        next=[one for one in posts if one.starts_at > now],
        gaps=list_gaps(team_id, now, now + TONIGHT, now=now),
    )


def list_openings(team_id: UUID | str, first: date, days: int, *, now: datetime) -> list[Opening]:
    """Return when each expert of a team who is not suspended may be reached on these days, by name.

    Only when; what closes the other hours is the expert's own. As many statements as `load_schedules` and one.
    """
    people = sorted(list_standing([EXPERT], team_id), key=lambda one: (one.display_name, one.id))
    schedules = load_schedules([one.id for one in people], now=now)
    return [
        Opening(
            person=one,
            zone=schedules[one.id].zone,
            reachability=reachability(schedules[one.id], now),
            stretches=preview(schedules[one.id], first, days),
        )
        for one in people
    ]


def list_team_swaps(team_id: UUID | str) -> list[ShiftSwap]:
    """Return the swaps of a team with their shifts, those that wait for an answer first; MOST_SWAPS at most."""
    found = ShiftSwap.objects.select_related("shift").filter(shift__team_id=team_id).order_by("-proposed_at", "-id")
    return sorted(found[:MOST_SWAPS], key=lambda one: one.decided_at is not None)


def _list_posts(shifts: Sequence[Shift], now: datetime) -> list[Post]:
    people = sorted({str(one.person_id) for one in shifts if one.person_id})
    on_call = sorted({str(one.person_id) for one in shifts if one.person_id and one.kind == ON_CALL})
    cards, reached = list_cards(people), list_with_device(people)
    book: PageBook = ask_port(PageBook)
    unproven, schedules = book.list_unproven(on_call, now=now), load_schedules(people, now=now)
    posts: list[Post] = []
    for shift in shifts:
        (starts_at, ends_at), person_id = find_shift_span(shift), str(shift.person_id)
        is_there = (
            shift.person_id is not None and find_shift(schedules[person_id], shift.kind, max(starts_at, now)).open
        )
        proven = person_id not in unproven if shift.kind == ON_CALL and shift.person_id else None
        posts.append(Post(shift, starts_at, ends_at, cards.get(person_id), is_there, person_id in reached, proven))
    return posts
