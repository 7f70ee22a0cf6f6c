"""Loading what the matching looks at: files, hours, blocks and earlier pairings, into the sides of `rules`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from server.accounts.queries import PersonCard, Standing, ask_standing, get_team_zone, list_cards, list_standing
from server.accounts.rules.roles import EXPERT
from server.availability.queries import load_schedules
from server.availability.rules.reading import find_local_date, restore_weekly
from server.availability.rules.schedule import Schedule
from server.buddies.files import EXPERT_FILE, YOUTH_FILE, OpenFile, list_files
from server.buddies.models import BuddyRequest
from server.buddies.pairings import FormerPairings, count_asked, count_loads, list_former
from server.buddies.rules.assignment import Assignment, assign
from server.buddies.rules.intake import fold_name
from server.buddies.rules.kinds import BRIDGE, BUDDY, find_middle_age
from server.buddies.rules.ranking import Ranking, rank_candidates
from server.buddies.rules.settings import BuddySettings
from server.buddies.rules.sides import ExpertSide, YouthSide
from server.buddies.states import BUDDY_REQUEST
from server.buddies.team_settings import get_buddy_settings
from server.buddies.waiting import count_days, list_waiting_requests
from server.foundation.database import open_pipeline

ASKED_LATELY: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Team:
    """A team's experts as the matching sees them, their cards, what the team has agreed, and its day."""

    id: str
    experts: Sequence[ExpertSide]
    cards: Mapping[str, PersonCard]
    settings: BuddySettings
    zone: str
    today: date


def load_team(team_id: str, *, only: Sequence[PersonCard] | None = None, now: datetime) -> Team:
    """Return a team's experts, the full and the untrained too, none who is suspended; a fixed number of statements.

    Who has no profile is there as well, with nothing on record. `only` stands in for the whole team where no score is
    asked for. Raises SealBroken.
    """
    people = list_standing([EXPERT], team_id) if only is None else only
    ids = [one.id for one in people]
    settings, zone = get_buddy_settings(team_id), get_team_zone(team_id)
    today = find_local_date(now, zone)
    files, schedules = list_files(EXPERT_FILE, people), load_schedules(ids, now=now)
    loads, asked = count_loads(ids), count_asked(ids, now - ASKED_LATELY)
    experts = [
        _see_expert(files[one], schedules[one], settings, today, loads.get(one, 0), asked.get(one, 0)) for one in ids
    ]
    return Team(team_id, experts, {one.id: one for one in people}, settings, zone, today)


def load_youths(team: Team, youths: Sequence[PersonCard], *, now: datetime) -> list[YouthSide]:
    """Return these youths of a team as the matching sees them, in order; a fixed number of statements.

    Raises SealBroken.
    """
    ids = [one.id for one in youths]
    files, former = list_files(YOUTH_FILE, youths), list_former(ids)
    waiting = BuddyRequest.objects.filter(youth_id__in=ids, state=BUDDY_REQUEST.start)
    days = {str(one.youth_id): count_days(one, team.zone, now) for one in waiting}
    with open_pipeline() as pipeline:
        standing = ask_standing(pipeline, [], ids, now=now)
    return [
        _see_youth(files[one], team, former.get(one, FormerPairings()), _list_blocked(one, team, standing), days)
        for one in ids
    ]


def rank_for(youth: PersonCard, *, now: datetime) -> tuple[Team, Ranking]:
    """Return every expert of a youth's team as a candidate or as excluded. Raises SealBroken."""
    team = load_team(youth.team_id, now=now)
    side = load_youths(team, [youth], now=now)[0]
    return team, rank_candidates(side, team.experts, team.settings.weights, team.today)


def assign_waiting(team_id: str, *, now: datetime) -> tuple[Team, Mapping[str, PersonCard], Assignment]:
    """Return the best joint proposal for a team's waiting list, and the youths on it by id. Raises SealBroken."""
    team = load_team(team_id, now=now)
    youths = list_cards(one.youth_id for one in list_waiting_requests(team_id))
    sides = load_youths(team, list(youths.values()), now=now)
    return team, youths, assign(sides, team.experts, team.settings.weights, team.today)


def _see_expert(
    file: OpenFile, schedule: Schedule, settings: BuddySettings, today: date, load: int, asked: int
) -> ExpertSide:
    told = file.values
    return ExpertSide(
        id=file.person.id,
        themes={one["theme"]: one["openness"] for one in told["themes"]},
        no_go=frozenset(told["no_go"]),
        languages=frozenset(told["languages"]),
        gender=told["gender"],
        age=None if told["born_in"] is None else today.year - told["born_in"],
        region=fold_name(told["region"]),
        likes=_fold(told["likes"]),
        kinds=frozenset(told["kinds"]),
        takes_new=told["takes_new"],
        capacity=settings.default_capacity if told["capacity"] is None else told["capacity"],
        load=load,
        trained_until=told["trained_until"],
        vog_until=told["vog_until"],
        institutions=_fold(told["institutions"]),
        places=_fold(told["places"]),
        people_known=_fold(told["people_known"]),
        windows=schedule.windows,
        zone=schedule.zone,
        asked_lately=asked,
    )


def _see_youth(
    file: OpenFile, team: Team, former: FormerPairings, blocked: frozenset[str], days: Mapping[str, int]
) -> YouthSide:
    told = file.values
    return YouthSide(
        id=file.person.id,
        themes=frozenset(told["themes"]),
        languages=frozenset(told["languages"]),
        language_wish=told["language_wish"],
        gender_wish=told["gender_wish"],
        age=find_middle_age(told["age_band"]),
        age_distance=tuple(told["age_distance"]) if told["age_distance"] else None,
        needs=frozenset(told["needs"]),
        not_from=_fold(told["not_from"]),
        region=fold_name(told["region"]),
        likes=_fold(told["likes"]),
        kind=BRIDGE if _has_bridge(told, team.today) else BUDDY,
        institutions=_fold(told["institutions"]),
        places=_fold(told["places"]),
        people_known=_fold(told["people_known"]),
        times=restore_weekly(told["times"]),
        zone=told["zone"] or team.zone,
        blocked=blocked,
        declined=former.declined,
        former=former.closed,
        left=former.left,
        waiting_days=days.get(file.person.id, 0),
    )


def _has_bridge(told: Mapping[str, Any], today: date) -> bool:
    return told["bridge_until"] is not None and told["bridge_until"] >= today


def _list_blocked(youth_id: str, team: Team, standing: Standing) -> frozenset[str]:
    return frozenset(one.id for one in team.experts if standing.is_blocked(youth_id, one.id))


def _fold(names: Iterable[str]) -> frozenset[str]:
    return frozenset(fold_name(name) for name in names)
