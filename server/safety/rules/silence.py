"""When an unanswered message becomes a signal: the clock runs only while somebody who could answer is reachable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from server.availability.rules.schedule import Reachability

# Minutes that a team may choose, and the house's own by the level of the signal.
LEAST_MINUTES: Final = 10
MOST_MINUTES: Final = 240
DEFAULT_MINUTES: Final = {"concern": 60, "urgent": 30}
# Hours change while a clock runs: it is worked out again as often as this.
LOOK_AGAIN: Final = timedelta(minutes=15)
_MOST_STRETCHES: Final = 100

Look = Callable[[datetime], Iterable[Reachability]]


@dataclass(frozen=True, slots=True)
class Wait:
    """How a talk stands: the first and the last question that nobody has answered, and the last answer.

    Seqs are 0 and instants None where there is none. Facts may come twice and in any order: what is known only grows.
    """

    first_seq: int = 0
    first_at: datetime | None = None
    last_seq: int = 0
    last_at: datetime | None = None
    answered_seq: int = 0

    @property
    def running(self) -> bool:
        """Whether a question waits."""
        return self.first_at is not None


def ask(wait: Wait, seq: int, at: datetime) -> Wait:
    """Return how the talk stands after a message of the youth."""
    if seq <= wait.answered_seq:
        return wait
    first = (wait.first_seq, wait.first_at) if wait.running and wait.first_seq <= seq else (seq, at)
    last = (wait.last_seq, wait.last_at) if wait.running and wait.last_seq >= seq else (seq, at)
    return replace(wait, first_seq=first[0], first_at=first[1], last_seq=last[0], last_at=last[1])


def answer(wait: Wait, seq: int) -> Wait:
    """Return how the talk stands after an answer, or after somebody said that up to here none is needed."""
    answered = max(wait.answered_seq, seq)
    if not wait.running or answered >= wait.last_seq:
        return Wait(answered_seq=answered)
    if answered < wait.first_seq:
        return replace(wait, answered_seq=answered)
    # What came between is not kept: the clock of the last question counts, which is never too early.
    return replace(wait, first_seq=wait.last_seq, first_at=wait.last_at, answered_seq=answered)


def find_due(since: datetime, minutes: int, look: Look) -> datetime | None:
    """Return the instant at which so many open minutes have passed since then; None when nobody knows.

    `look(at)` says how each of those who may answer can be reached at an instant; one of them is enough.
    """
    at, left = since, timedelta(minutes=minutes)
    for _ in range(_MOST_STRETCHES):
        seen = list(look(at))
        open_now = [one for one in seen if one.open]
        if not open_now:
            openings = [one.next_opening for one in seen if one.next_opening is not None and one.next_opening > at]
            if not openings:
                return None
            at = min(openings)
            continue
        ends = [one.until for one in open_now if one.until is not None]
        until = min(ends) if len(ends) == len(open_now) else None
        if until is None or at + left <= until:
            return at + left
        left, at = left - (until - at), until
    return None
