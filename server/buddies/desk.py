"""What the desk shows of pairings at a glance: papers that end, youths who are silent, figures of the waiting list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from server.accounts.figures import Days
from server.accounts.people import list_team_ids
from server.accounts.queries import PersonCard, get_team_zone, list_cards
from server.accounts.rules.roles import EXPERT
from server.availability.rules.reading import find_local_date
from server.buddies.models import BuddyRequest, ExpertProfile, Pairing, PairingWarmth
from server.buddies.pairings import MOST_SHOWN, count_loads
from server.buddies.states import GOES_ON, PAIRING
from server.buddies.team_settings import get_buddy_settings
from server.foundation.figures import Row, Sample, find_percentile, is_crowd

WEEK, STATE = "week", "state"
FIGURE_CUTS: Final = (WEEK, STATE)
FIGURE_NUMBERS: Final = ("pairings", "begun", "ended", "asked", "placed", "median_days", "p90_days")
_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Papers:
    """An expert's training and certificate of conduct, as the last valid days (None: nothing is on record), and how
    many seats of theirs are taken; `capacity` is their own or the team's."""

    expert: PersonCard
    trained_until: date | None
    vog_until: date | None
    takes_new: bool
    capacity: int
    pairings: int
    today: date


@dataclass(frozen=True, slots=True)
class Quiet:
    """A pairing and for how many days its youth has said nothing; `silent` when that is as long as is waited."""

    pairing: Pairing
    youth: PersonCard
    expert: PersonCard
    warmth: PairingWarmth | None
    days: int | None
    silence_days: int

    @property
    def silent(self) -> bool:
        """Tell whether the silence, while it is counted, has lasted as long as the team or the pairing waits."""
        is_counted = self.warmth is not None and self.warmth.due_at is not None
        return is_counted and self.days is not None and self.days >= self.silence_days


def list_papers(team_id: str, *, now: datetime) -> list[Papers]:
    """Return the papers of every expert of a team, by name; six queries however many."""
    cards = list_cards(list_team_ids(team_id, EXPERT))
    profiles = {str(one.person_id): one for one in ExpertProfile.objects.filter(person_id__in=list(cards))}
    loads, usual = count_loads(cards), get_buddy_settings(team_id).default_capacity
    today = find_local_date(now, get_team_zone(team_id))
    experts = sorted(cards.values(), key=lambda one: (one.display_name, one.id))
    return [_draw_papers(one, profiles.get(one.id), loads.get(one.id, 0), usual, today) for one in experts]


def list_quiet(team_id: str, *, now: datetime) -> list[Quiet]:
    """Return the pairings of a team that go on, the longest silence first, MOST_SHOWN at most; five queries."""
    found = Pairing.objects.filter(team_id=team_id, state__in=GOES_ON).select_related("warmth").order_by("id")
    pairings = list(found[:MOST_SHOWN])
    cards = list_cards(one for pairing in pairings for one in (pairing.youth_id, pairing.expert_id))
    zone, usual = get_team_zone(team_id), get_buddy_settings(team_id).silence_days
    quiet = [_draw_quiet(one, cards, usual, zone, now) for one in pairings]
    return sorted(quiet, key=lambda one: -1 if one.days is None else one.days, reverse=True)


def measure_buddies(team_id: str, days: Days) -> list[Row]:
    """Return by week (those of the month's Mondays) how many asked, were placed and after how many days, how
    many pairings began and ended; and by state how many pairings there are now. Four queries.

    The counts are the coordinators' own work and stand open; the days are hidden where fewer than LEAST_PEOPLE youths
    are behind them.
    """
    weeks_of = days.weeks
    asked, placed = _list_requests(team_id, weeks_of, "asked_at"), _list_requests(team_id, weeks_of, "ended_at")
    begun, ended = _count_pairings(team_id, weeks_of, "active_at"), _count_pairings(team_id, weeks_of, "ended_at")
    weeks = [
        _draw_row(WEEK, monday.isoformat(), None, placed.get(monday, []))
        | {"begun": begun[monday], "ended": ended[monday], "asked": len(asked.get(monday, []))}
        for monday in days.mondays
    ]
    return weeks + _list_states(team_id)


def _draw_papers(expert: PersonCard, profile: ExpertProfile | None, load: int, usual: int, today: date) -> Papers:
    own = profile or ExpertProfile()
    return Papers(
        expert=expert,
        trained_until=own.trained_until,
        vog_until=own.vog_until,
        takes_new=own.takes_new,
        capacity=usual if own.capacity is None else own.capacity,
        pairings=load,
        today=today,
    )


def _draw_quiet(pairing: Pairing, cards: dict[str, PersonCard], usual: int, zone: str, now: datetime) -> Quiet:
    warmth: PairingWarmth | None = getattr(pairing, "warmth", None)
    heard_on = find_local_date(warmth.heard_at, zone) if warmth else None
    days = (find_local_date(now, zone) - heard_on).days if heard_on else None
    own = warmth.silence_days if warmth else None
    youth, expert = cards[str(pairing.youth_id)], cards[str(pairing.expert_id)]
    return Quiet(pairing, youth, expert, warmth, days, own or usual)


def _list_requests(team_id: str, days: Days, name: str) -> dict[date, list[Sample[float]]]:
    """Return who asked, or who was placed and after how many days, by the Monday of the instant `name`."""
    found = BuddyRequest.objects.filter(**{"team_id": team_id, f"{name}__gte": days.begin, f"{name}__lt": days.end})
    found = found.filter(state="placed") if name == "ended_at" else found
    weeks: dict[date, list[Sample[float]]] = {}
    for one in found:
        at: datetime = getattr(one, name)
        waited = (at - one.asked_at).total_seconds() / _DAY_SECONDS
        weeks.setdefault(_find_monday(days, at), []).append(Sample(days.read_wall(at), (str(one.youth_id),), waited))
    return weeks


def _count_pairings(team_id: str, days: Days, name: str) -> Counter[date]:
    found = Pairing.objects.filter(**{"team_id": team_id, f"{name}__gte": days.begin, f"{name}__lt": days.end})
    instants: Sequence[datetime] = list(found.values_list(name, flat=True))
    return Counter(_find_monday(days, at) for at in instants)


def _list_states(team_id: UUID | str) -> list[Row]:
    counted = Counter(Pairing.objects.filter(team_id=team_id).values_list("state", flat=True))
    return [_draw_row(STATE, None, state, []) | {"pairings": counted[state]} for state in PAIRING.states]


def _draw_row(cut: str, on: str | None, state: str | None, placed: Sequence[Sample[float]]) -> Row:
    hidden = not is_crowd(placed)
    waits = [] if hidden else [one.what for one in placed]
    numbers = dict.fromkeys(FIGURE_NUMBERS) | {
        "median_days": find_percentile(waits, 0.5),
        "p90_days": find_percentile(waits, 0.9),
        "placed": len(placed) if cut == WEEK else None,
    }
    return {"cut": cut, "on": on, "state": state, "hidden": hidden} | numbers


def _find_monday(days: Days, at: datetime) -> date:
    on = days.read_wall(at).date()
    return on - timedelta(days=on.weekday())
