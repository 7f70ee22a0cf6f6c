"""What a team finds important in a match, as numbers that it may set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from server.buddies.errors import WeightsInvalid

# What can give points, in the order in which reasons are shown.
COMPONENTS: Final = (
    "themes",
    "overlap",
    "continuity",
    "gender",
    "age",
    "language",
    "likes",
    "region",
    "room",
    "fairness",
)
# Smallest and largest value of every other number.
BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    **dict.fromkeys(COMPONENTS, (0, 100)),
    "waiting": (0, 200),
    "least_overlap_minutes": (0, 600),
    "full_overlap_minutes": (1, 2_520),
    "full_likes": (1, 10),
    "full_asked": (1, 50),
    "full_waiting_days": (1, 730),
}


@dataclass(frozen=True, slots=True)
class TeamWeights:
    """A team's numbers, with the house's own as defaults. Raises ValueError for one outside of BOUNDS.

    No report gives numbers; the order of the defaults is that of Movisie §4.2: the lived theme first, or else being on
    the same wavelength, and the hours, without which nobody meets. Each of COMPONENTS is a weight: what it may give,
    as a share of the sum of all, which is 100 points (the defaults add up to it, so each is its points).

    `least_overlap_minutes` a week is a hard rule: twice the half hour in the evening that VJI §3.3 tells of.
    `full_overlap_minutes` and more give all points of `overlap`: four evenings of an hour. `full_likes` shared likes
    give all of `likes`. Who was asked `full_asked` times in 90 days gets nothing of `fairness`: once a fortnight, the
    pace of Team ED's talks. `waiting` is no part of a score: somebody who has waited `full_waiting_days`, a quarter
    of a year, comes before somebody new as if their match were that many points better; by default always.
    """

    themes: int = 30
    overlap: int = 20
    continuity: int = 10
    gender: int = 5
    age: int = 5
    language: int = 5
    likes: int = 5
    region: int = 5
    room: int = 10
    fairness: int = 5
    waiting: int = 100
    least_overlap_minutes: int = 60
    full_overlap_minutes: int = 240
    full_likes: int = 3
    full_asked: int = 6
    full_waiting_days: int = 90

    def __post_init__(self) -> None:
        for name, (least, most) in BOUNDS.items():
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                raise ValueError(f"{name}: a whole number from {least} to {most} was expected")
        if self.full_overlap_minutes < self.least_overlap_minutes:
            raise ValueError("full_overlap_minutes: not less than least_overlap_minutes was expected")
        if self.sum_components() == 0:
            raise ValueError("at least one weight above 0 was expected")

    def sum_components(self) -> int:
        """Return the sum of the weights of COMPONENTS: the 100 points are shared out over it."""
        return sum(getattr(self, name) for name in COMPONENTS)


def read_weights(given: Mapping[str, Any]) -> TeamWeights:
    """Return the weights of these numbers, defaults where one is missing. Raises WeightsInvalid naming the wrong."""
    try:
        return TeamWeights(**given)
    except (TypeError, ValueError) as problem:
        raise WeightsInvalid(str(problem)[:100]) from None


def show_weights(weights: TeamWeights) -> dict[str, int]:
    """Return the weights as the wire and the table write them."""
    return asdict(weights)
