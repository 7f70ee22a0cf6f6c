"""A youth and an expert side by side, with all that the rules look at: who, whose numbers, which day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log2
from typing import Final

from server.buddies.rules.overlap import count_shared_minutes, lay_out_week
from server.buddies.rules.sides import ExpertSide, YouthSide
from server.buddies.rules.weights import TeamWeights

_THOUSANDTHS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Team:
    """All experts of a team, with what is worked out once for all youths.

    `whole` is the sum of the weights of all components; `rarity` says of each theme how much it tells, in whole
    thousandths; `hours` are the experts' laid-out weeks, in the order of `experts`.
    """

    experts: tuple[ExpertSide, ...]
    weights: TeamWeights
    today: date
    whole: int
    rarity: Mapping[str, int]
    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A youth and an expert; `minutes` a week are what their times share, None when the youth named no times."""

    youth: YouthSide
    expert: ExpertSide
    minutes: int | None
    team: Team


def see_team(experts: Sequence[ExpertSide], weights: TeamWeights, today: date) -> Team:
    """Return the experts as a team. Raises ZoneInfoNotFoundError."""
    hours = tuple(lay_out_week(expert.windows, expert.zone, today) for expert in experts)
    return Team(tuple(experts), weights, today, weights.sum_components(), _weigh_themes(experts), hours)


def arrange_meetings(youth: YouthSide, team: Team) -> list[Meeting]:
    """Return the youth beside every expert, in the order of `team.experts`. Raises ZoneInfoNotFoundError."""
    if not youth.times:
        return [Meeting(youth, expert, None, team) for expert in team.experts]
    times = lay_out_week(youth.times, youth.zone, team.today)
    shared = [count_shared_minutes(times, hours) for hours in team.hours]
    return [Meeting(youth, expert, minutes, team) for expert, minutes in zip(team.experts, shared, strict=True)]


def _weigh_themes(experts: Sequence[ExpertSide]) -> dict[str, int]:
    """Return log2(1 + experts / experts who talk about it) of each theme, in whole thousandths.

    The inverse document frequency of text search (Spärck Jones, 1972): what everybody has lived through counts 1,
    what one of fifteen has counts 4.
    """
    known = Counter(theme for expert in experts for theme in expert.themes)
    return {theme: round(_THOUSANDTHS * log2(1 + len(experts) / count)) for theme, count in known.items()}
