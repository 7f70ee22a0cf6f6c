"""When devices could reach the product at all, and how long calls for help took: by the clock, and of that time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from tests.faults import journal as j

Stretch = tuple[float, float]


@dataclass(frozen=True)
class HelpWait:
    """How long one call took from the first press to the answer; `served`: of that, while somebody could answer."""

    seconds: float
    served: float


def list_outages(away: Sequence[j.Away]) -> list[Stretch]:
    """Return the stretches without a database, or without a server behind any door, in order and apart."""
    points = sorted({at for one in away for at in (one.started, one.at)})
    return [(begin, end) for begin, end in pairwise(points) if _is_out([o for o in away if _covers(o, begin, end)])]


def list_help_waits(presses: Sequence[j.HelpPressed], outages: Sequence[Stretch]) -> list[HelpWait]:
    """Return how long each call took that was answered: the first answer to any of its presses ended it."""
    ended: dict[tuple[str, float], float] = {}
    for press in presses:
        if press.escalation:
            ended[press.device, press.began] = min(press.at, ended.get((press.device, press.began), press.at))
    return [_measure(began, at, outages) for (_, began), at in ended.items()]


def list_unanswered(presses: Sequence[j.HelpPressed]) -> Iterator[j.HelpPressed]:
    """Yield the last press of every call that nobody ever answered."""
    calls: dict[tuple[str, float], list[j.HelpPressed]] = defaultdict(list)
    for press in presses:
        calls[press.device, press.began].append(press)
    for made in calls.values():
        if not any(press.escalation or 300 <= press.status < 500 for press in made):
            yield made[-1]


def describe_waits(waits: Sequence[HelpWait]) -> str:
    """Return the sentence about all calls of a run."""
    clock, served = sorted(wait.seconds for wait in waits), sorted(wait.served for wait in waits)
    return (
        f"help: {len(waits)} calls answered; from the first press p99 {find_p99(clock):.1f} s, the slowest "
        f"{clock[-1]:.1f} s; of that with a server and a database there p99 {find_p99(served):.1f} s, the slowest "
        f"{served[-1]:.1f} s."
    )


def find_p99(rising: Sequence[float]) -> float:
    """Return the 99th percentile by nearest rank."""
    return rising[ceil(0.99 * len(rising)) - 1]


def _is_out(away: Sequence[j.Away]) -> bool:
    gone = {one.way for one in away}
    return j.EVERY_WAY in gone or any(gone.issuperset(range(one.ways)) for one in away)


def _covers(one: j.Away, begin: float, end: float) -> bool:
    return one.started <= begin and end <= one.at


def _measure(began: float, at: float, outages: Sequence[Stretch]) -> HelpWait:
    lost = sum(max(0.0, min(at, end) - max(began, begin)) for begin, end in outages)
    return HelpWait(at - began, at - began - lost)
