"""Which fault comes when: everything random is drawn from the seed before the run begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

GAP_SECONDS = (0.5, 2.0)
LENGTH_SECONDS = (0.5, 3.0)
OVERLAP = 0.2


@dataclass(frozen=True)
class Planned:
    """One fault to come: `pause` seconds after the one before, `length` long, against target number `target`.

    With `overlaps` it begins while the one before may still be going on.
    """

    kind: str
    pause: float
    length: float
    target: int
    overlaps: bool


def plan_round(kinds: Sequence[str], random: Random) -> list[Planned]:
    """Return every kind once, in an order, at times and with targets that only `random` decides."""
    shuffled = random.sample(kinds, len(kinds))
    return [_plan_one(kind, random) for kind in shuffled]


def plan_rounds(kinds: Sequence[str], random: Random, count: int) -> list[Planned]:
    """Return at least `count` faults, every kind equally often save in the last round."""
    planned: list[Planned] = []
    while len(planned) < count:
        planned += plan_round(kinds, random)
    return planned[: max(count, len(kinds))]


def _plan_one(kind: str, random: Random) -> Planned:
    return Planned(
        kind=kind,
        pause=round(random.uniform(*GAP_SECONDS), 2),
        length=round(random.uniform(*LENGTH_SECONDS), 2),
        target=random.randrange(1000),
        overlaps=random.random() < OVERLAP,
    )
