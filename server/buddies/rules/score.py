"""How good a match would be: 0 to 100 points, each with the component that gave it.

All sums are of whole hundredths of a point, rounded down, so that the same match has the same score everywhere, parts
add up to their score, and no score is above 100. A score compares experts for one youth: what the youth left open
gives nobody points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from server.buddies.rules.hard import fits_age
from server.buddies.rules.meeting import Meeting, Team
from server.buddies.rules.sides import ExpertSide, YouthSide
from server.buddies.rules.weights import COMPONENTS

FULL_SCORE: Final = 10_000  # hundredths


@dataclass(frozen=True, slots=True)
class Part:
    """What one component gave, in hundredths of a point, always above 0; and what it found.

    `found` is sorted: the shared themes or likes, [minutes] of overlap, [free, capacity] of room, [times asked] of
    fairness; else empty. `repr` leaves it out so that no log holds it.
    """

    component: str
    hundredths: int
    found: tuple[str, ...] = field(default=(), repr=False)

    @property
    def points(self) -> float:
        """The points as people read them, with two decimals."""
        return self.hundredths / 100


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a component is there: `part` of `whole`, whole numbers, 0 ≤ part ≤ whole, whole above 0."""

    part: int
    whole: int = 1
    found: tuple[str, ...] = ()


def list_parts(meeting: Meeting, already: int = 0) -> tuple[Part, ...]:
    """Return what gives points, in the order of COMPONENTS.

    `already` counts youths that were given to the same expert earlier in this round: they take seats and count as
    asked.
    """
    shares = _list_shares(meeting) | _list_seat_shares(meeting.expert, meeting.team, already)
    parts = (
        Part(component, _count_points(component, shares[component], meeting.team), shares[component].found)
        for component in COMPONENTS
        if component in shares
    )
    return tuple(part for part in parts if part.hundredths)


def count_pair_points(meeting: Meeting) -> int:
    """Return the hundredths of all components that do not depend on how many the expert was given in this round."""
    return sum(_count_points(component, share, meeting.team) for component, share in _list_shares(meeting).items())


def count_seat_points(expert: ExpertSide, team: Team, already: int) -> int:
    """Return the hundredths of those that do; never more for a later one."""
    shares = _list_seat_shares(expert, team, already)
    return sum(_count_points(component, share, team) for component, share in shares.items())


def count_waiting_points(youth: YouthSide, team: Team) -> int:
    """Return the hundredths that a youth's waiting counts for in a joint assignment; the same for every expert."""
    most = team.weights.full_waiting_days
    return 100 * team.weights.waiting * min(max(youth.waiting_days, 0), most) // most


def _count_points(component: str, share: Share, team: Team) -> int:
    weight: int = getattr(team.weights, component)
    return FULL_SCORE * weight * share.part // (team.whole * share.whole)


def _list_shares(meeting: Meeting) -> dict[str, Share]:
    asked = ((component, measure(meeting)) for component, measure in _MEASURES.items())
    return {component: share for component, share in asked if share is not None}


def _list_seat_shares(expert: ExpertSide, team: Team, already: int) -> dict[str, Share]:
    """The room that is left, as a share of the expert's own capacity; and how seldom they were asked lately."""
    free = max(expert.capacity - expert.load - already, 0)
    most, asked = team.weights.full_asked, expert.asked_lately + already
    return {
        "room": Share(free, max(expert.capacity, 1), (str(free), str(expert.capacity))),
        "fairness": Share(max(most - asked, 0), most, (str(asked),)),
    }


def _themes(meeting: Meeting) -> Share | None:
    """Shared themes, weighted by rarity and openness, of all that the youth named and the team can offer."""
    openness, rarity = meeting.expert.themes, meeting.team.rarity
    shared = [theme for theme in meeting.youth.themes if theme in openness]
    if not shared:
        return None
    part = sum(rarity[theme] * openness[theme] for theme in shared)
    return Share(part, 3 * sum(rarity.get(theme, 0) for theme in meeting.youth.themes), tuple(sorted(shared)))


def _overlap(meeting: Meeting) -> Share | None:
    if meeting.minutes is None:
        return None
    most = meeting.team.weights.full_overlap_minutes
    return Share(min(meeting.minutes, most), most, (str(meeting.minutes),))


def _continuity(meeting: Meeting) -> Share | None:
    return Share(1) if meeting.expert.id in meeting.youth.former else None


def _gender(meeting: Meeting) -> Share | None:
    wish = meeting.youth.gender_wish
    return Share(1) if wish and wish == meeting.expert.gender else None


def _age(meeting: Meeting) -> Share | None:
    return Share(1) if fits_age(meeting) else None


def _language(meeting: Meeting) -> Share | None:
    wish = meeting.youth.language_wish
    return Share(1) if wish and wish in meeting.expert.languages else None


def _likes(meeting: Meeting) -> Share | None:
    shared = meeting.youth.likes & meeting.expert.likes
    if not shared:
        return None
    most = min(meeting.team.weights.full_likes, len(meeting.youth.likes))
    return Share(min(len(shared), most), most, tuple(sorted(shared)))


def _region(meeting: Meeting) -> Share | None:
    region = meeting.youth.region
    return Share(1) if region and region == meeting.expert.region else None


_MEASURES: Final[Mapping[str, Callable[[Meeting], Share | None]]] = {
    "themes": _themes,
    "overlap": _overlap,
    "continuity": _continuity,
    "gender": _gender,
    "age": _age,
    "language": _language,
    "likes": _likes,
    "region": _region,
}
