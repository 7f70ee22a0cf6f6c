"""For the whole waiting list: the best joint assignment. The one door to SciPy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from server.buddies.rules.hard import Broken, list_broken_rules
from server.buddies.rules.meeting import Meeting, Team, arrange_meetings, see_team
from server.buddies.rules.ranking import Candidate, break_tie, make_candidate
from server.buddies.rules.score import FULL_SCORE, count_pair_points, count_seat_points, count_waiting_points
from server.buddies.rules.sides import ExpertSide, YouthSide
from server.buddies.rules.weights import TeamWeights

# Why a youth is left without a proposal.
NO_EXPERT: Final = "no_expert"  # the team has none at all
NO_CANDIDATE: Final = "no_candidate"  # each is excluded by a rule
NO_SEAT: Final = "no_seat"  # there are candidates, and their seats went to others of the list

# Of each youth, in the order of the experts: what a match would give without its seat, None where a rule forbids it.
Row = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A proposal. The candidate's score counts the youths who were given to the same expert before this one."""

    youth_id: str
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A youth without a proposal: why, and how many experts each hard rule excludes, the most frequent first."""

    youth_id: str
    why: str
    rules: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """The proposals and the youths left without one, each who has waited longest first.

    `hundredths` is what was made as large as it can be among all assignments that place as many: the scores of the
    pairs and, of each youth placed, what their waiting counts for.
    """

    pairs: tuple[Pair, ...]
    unplaced: tuple[Unplaced, ...]
    hundredths: int


@dataclass(frozen=True, slots=True)
class _Judged:
    """A youth beside every expert, with the rules each match would break."""

    youth: YouthSide
    meetings: list[Meeting]
    broken: list[tuple[Broken, ...]]


def assign(youths: Sequence[YouthSide], experts: Sequence[ExpertSide], weights: TeamWeights, today: date) -> Assignment:
    """Return the best joint assignment of a team's waiting list: at most one expert each, nobody beyond capacity.

    First as many youths as possible are placed; then the sum over those placed of score and waiting is the largest.
    As one number: each pair counts PLACED + score + waiting, where PLACED is larger than all scores and waitings
    together. The nth youth with one expert is scored as if the earlier ones were paired already (`room` and `fairness`
    give less), so that a few do not carry all. Equal sums are settled by the order of `break_tie`: the order in which
    people are handed in changes nothing. Raises ZoneInfoNotFoundError.
    """
    team = see_team(sorted(experts, key=lambda one: break_tie(one.id)), weights, today)
    judged = [_judge(youth, team) for youth in sorted(youths, key=_order_waiting)]
    chosen = _choose_experts(judged, team)
    pairs = _make_pairs(judged, chosen)
    unplaced = [_explain(one) for one, place in zip(judged, chosen, strict=True) if place is None]
    waiting = sum(
        count_waiting_points(one.youth, team) for one, place in zip(judged, chosen, strict=True) if place is not None
    )
    return Assignment(pairs, tuple(unplaced), waiting + sum(pair.candidate.hundredths for pair in pairs))


def _order_waiting(youth: YouthSide) -> tuple[int, bytes]:
    return -youth.waiting_days, break_tie(youth.id)


def _judge(youth: YouthSide, team: Team) -> _Judged:
    meetings = arrange_meetings(youth, team)
    return _Judged(youth, meetings, [list_broken_rules(meeting) for meeting in meetings])


def _choose_experts(judged: Sequence[_Judged], team: Team) -> list[int | None]:
    """Return for each youth the place of the expert in `team.experts`, or None."""
    seats = _list_seats(team, len(judged))
    placed = 1 + sum(FULL_SCORE + count_waiting_points(one.youth, team) for one in judged)
    rows = [_value_row(one, team, placed) for one in judged]
    # A forbidden pair is worth nothing, so that the solver takes one only for a youth who cannot be placed.
    table = [[0 if (pair := row[place]) is None else pair + points for place, points in seats] for row in rows]
    taken = [None if column is None else seats[column][0] for column in _solve(table)]
    return [None if place is None or row[place] is None else place for row, place in zip(rows, taken, strict=True)]


def _list_seats(team: Team, most: int) -> list[tuple[int, int]]:
    """Return (place of the expert, points of the seat) of every free seat, of one expert no more than `most`.

    The later seats of an expert give less, so that an optimum fills the first ones first.
    """
    return [
        (place, count_seat_points(expert, team, already))
        for place, expert in enumerate(team.experts)
        for already in range(min(expert.capacity - expert.load, most))
    ]


def _value_row(one: _Judged, team: Team, placed: int) -> Row:
    waiting = count_waiting_points(one.youth, team)
    return tuple(
        None if broken else placed + waiting + count_pair_points(meeting)
        for meeting, broken in zip(one.meetings, one.broken, strict=True)
    )


def _solve(table: Sequence[Sequence[int]]) -> list[int | None]:
    """Return for each row its column in the assignment of the largest sum; None for a row that is left over.

    SciPy reckons in doubles, which are exact for whole numbers to 2^53: with a list of 20,000 that is hundreds of times
    the largest sum.
    """
    if not table or not table[0]:
        return [None] * len(table)
    # Loaded here, not at the start: it takes a second and 60 MB, and most processes never match anybody.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table, maximize=True)
    found: list[int | None] = [None] * len(table)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        found[row] = column
    return found


def _make_pairs(judged: Sequence[_Judged], chosen: Sequence[int | None]) -> tuple[Pair, ...]:
    given: Counter[int] = Counter()
    pairs = []
    for one, place in zip(judged, chosen, strict=True):
        if place is not None:
            pairs.append(Pair(one.youth.id, make_candidate(one.meetings[place], given[place])))
            given[place] += 1
    return tuple(pairs)


def _explain(one: _Judged) -> Unplaced:
    counted = Counter(broken.rule for rules in one.broken for broken in rules)
    why = NO_EXPERT if not one.meetings else NO_CANDIDATE if all(one.broken) else NO_SEAT
    return Unplaced(one.youth.id, why, tuple(counted.most_common()))
