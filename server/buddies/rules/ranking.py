"""For one youth: every expert, as a candidate with reasons or as excluded with the rules that did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from server.buddies.rules.hard import Broken, list_broken_rules
from server.buddies.rules.meeting import Meeting, arrange_meetings, see_team
from server.buddies.rules.score import Part, list_parts
from server.buddies.rules.sides import ExpertSide, YouthSide
from server.buddies.rules.weights import TeamWeights


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert whom no hard rule excludes. `hundredths` is the sum of the parts, 0 to 10,000."""

    expert_id: str
    hundredths: int
    parts: tuple[Part, ...]

    @property
    def score(self) -> float:
        """The score as people read it: 0 to 100 with two decimals."""
        return self.hundredths / 100


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An expert who is excluded, with every rule that a match would break; never empty."""

    expert_id: str
    rules: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The candidates, best first, and the excluded, in the order of `break_tie`. Each expert is in one of them."""

    candidates: tuple[Candidate, ...]
    excluded: tuple[Exclusion, ...]


def rank_candidates(youth: YouthSide, experts: Sequence[ExpertSide], weights: TeamWeights, today: date) -> Ranking:
    """Return the experts of a team for one youth. Equal scores are in the order of `break_tie`.

    `experts` are all of the team, the full and the untrained too: how rare a theme is, is counted over them.
    Raises ZoneInfoNotFoundError.
    """
    judged = [
        (meeting, list_broken_rules(meeting)) for meeting in arrange_meetings(youth, see_team(experts, weights, today))
    ]
    candidates = [make_candidate(meeting) for meeting, broken in judged if not broken]
    excluded = [Exclusion(meeting.expert.id, broken) for meeting, broken in judged if broken]
    candidates.sort(key=lambda one: (-one.hundredths, break_tie(youth.id, one.expert_id)))
    excluded.sort(key=lambda one: break_tie(youth.id, one.expert_id))
    return Ranking(tuple(candidates), tuple(excluded))


def make_candidate(meeting: Meeting, already: int = 0) -> Candidate:
    """Return the expert of a meeting as a candidate; `already` as in `list_parts`."""
    parts = list_parts(meeting, already)
    return Candidate(meeting.expert.id, sum(part.hundredths for part in parts), parts)


def break_tie(*ids: str) -> bytes:
    """Return what decides where all else is equal: a hash of the ids, so that neither name, age of the account nor
    the order of the rows does, and the same two always come out the same way.
    """
    return sha256("\0".join(ids).encode()).digest()
