"""How long the one question takes: `python -m tests.load.reachability` prints microseconds, warm and cold.

The schedule is a typical one: 14 weekly windows, 10 exceptions, 1 absence; the instants are random within a week.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from statistics import median
from time import perf_counter
from typing import Final

from server.availability.rules.days import read_hours
from server.availability.rules.reachability import reachability
from server.availability.rules.schedule import Absence, DatedException, Schedule, WeeklyWindow, Window
from server.availability.rules.weeks import lay_out_week

MONDAY: Final = datetime(2026, 3, 23, tzinfo=UTC)
QUESTIONS: Final = 20_000
ROUNDS: Final = 5
COLD_QUESTIONS: Final = 200
COPIES: Final = 1_000
_MICROSECONDS: Final = 1e6


def make_typical() -> Schedule:
    """Return the schedule that is asked about; its week has the night on which the clock goes forward."""
    windows = [WeeklyWindow(day, time(hour), time(hour + 2)) for day in range(1, 8) for hour in (12, 19)]
    first = date(2026, 3, 20)
    starts = [first + timedelta(days=3 * number) for number in range(10)]
    exceptions = [
        DatedException(str(number), "exam", on, on, (Window(time(10), time(11)),) if number % 2 else ())
        for number, on in enumerate(starts)
    ]
    away = Absence("away", date(2026, 4, 20), date(2026, 5, 3))
    return Schedule("Europe/Amsterdam", tuple(windows), tuple(exceptions), (away,))


def measure_warm(schedule: Schedule, instants: Sequence[datetime]) -> float:
    """Return microseconds per question about a schedule that has been asked about before: the median of the rounds."""
    rounds = [_ask_all(schedule, instants) for _ in range(ROUNDS + 1)]
    return median(rounds[1:]) / len(instants) * _MICROSECONDS


def measure_cold(schedule: Schedule, instants: Sequence[datetime]) -> float:
    """Return microseconds for the first question about a schedule."""
    spent = []
    for at in instants[:COLD_QUESTIONS]:
        read_hours.cache_clear()
        lay_out_week.cache_clear()
        spent.append(_ask_all(schedule, [at]))
    return median(spent) * _MICROSECONDS


def main() -> None:
    """Print the three numbers: asked again, loaded anew (equal, not the same object), and never seen before."""
    random, schedule = Random(3), make_typical()
    instants = [MONDAY + timedelta(days=7) * random.random() for _ in range(QUESTIONS)]
    print(f"warm                {measure_warm(schedule, instants):8.1f} µs per question")
    print(f"warm, loaded anew   {_measure_loaded_anew(schedule, instants):8.1f} µs per question")
    print(f"cold                {measure_cold(schedule, instants):8.1f} µs per question")


def _measure_loaded_anew(schedule: Schedule, instants: Sequence[datetime]) -> float:
    copies = [deepcopy(schedule) for _ in range(COPIES)]
    _ask_all(schedule, instants)
    begin = perf_counter()
    for copy, at in zip(copies, instants, strict=False):
        reachability(copy, at)
    return (perf_counter() - begin) / COPIES * _MICROSECONDS


def _ask_all(schedule: Schedule, instants: Sequence[datetime]) -> float:
    begin = perf_counter()
    for at in instants:
        reachability(schedule, at)
    return perf_counter() - begin


if __name__ == "__main__":
    main()
