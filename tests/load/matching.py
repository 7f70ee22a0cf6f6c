"""How long the matching takes: `python -m tests.load.matching` prints seconds for 300 youths and 100 experts.

A busy team, made with a seed: four of five experts are ready for somebody new and have one to four free seats, most
pairs pass the hard rules, everybody named hours, themes and wishes.
"""

from __future__ import annotations

from datetime import date, time
from random import Random
from statistics import median
from time import perf_counter
from typing import Final

from server.availability.rules.schedule import WeeklyWindow
from server.buddies.rules.assignment import assign
from server.buddies.rules.ranking import rank_candidates
from server.buddies.rules.sides import ExpertSide, YouthSide
from server.buddies.rules.weights import TeamWeights

YOUTHS: Final = 300
EXPERTS: Final = 100
ROUNDS: Final = 5
TODAY: Final = date(2026, 11, 22)
VALID_UNTIL: Final = date(2027, 11, 22)
THEMES: Final = tuple(f"theme {number}" for number in range(15))
REGIONS: Final = tuple(f"region {number}" for number in range(5))
LIKES: Final = tuple(f"like {number}" for number in range(20))
LINKS: Final = tuple(f"link {number}" for number in range(100))
_MILLISECONDS: Final = 1e3


def make_expert(random: Random, number: int) -> ExpertSide:
    """Return one of the team's experts."""
    themes = random.sample(THEMES, 7)
    return ExpertSide(
        id=f"expert {number}",
        themes={theme: random.randint(1, 3) for theme in themes[:6]},
        no_go=frozenset(themes[6:]),
        languages=frozenset({"nl", random.choice(("en", "ar", "ti"))}),
        gender=random.choice(("man", "woman")),
        age=random.randint(20, 40),
        region=random.choice(REGIONS),
        likes=frozenset(random.sample(LIKES, 5)),
        kinds=frozenset({"buddy", "listening_ear"}),
        takes_new=random.random() < 0.8,
        capacity=4,
        load=random.randint(0, 3),
        trained_until=VALID_UNTIL,
        vog_until=VALID_UNTIL,
        institutions=frozenset(random.sample(LINKS, 2)),
        places=frozenset(random.sample(LINKS, 2)),
        people_known=frozenset(random.sample(LINKS, 2)),
        windows=_make_evenings(random, 4),
        asked_lately=random.randint(0, 6),
    )


def make_youth(random: Random, number: int) -> YouthSide:
    """Return one of the waiting list."""
    return YouthSide(
        id=f"youth {number}",
        themes=frozenset(random.sample(THEMES, 3)),
        languages=frozenset({"nl"}),
        gender_wish=random.choice(("", "man", "woman")),
        age=random.randint(16, 27),
        age_distance=(0, 12),
        region=random.choice(REGIONS),
        likes=frozenset(random.sample(LIKES, 4)),
        institutions=frozenset(random.sample(LINKS, 2)),
        places=frozenset(random.sample(LINKS, 2)),
        people_known=frozenset(random.sample(LINKS, 2)),
        times=_make_evenings(random, 4),
        waiting_days=random.randint(0, 120),
    )


def main() -> None:
    """Print the list as one assignment, as rankings one by one, and the first assignment of a process."""
    random = Random(4)
    youths = [make_youth(random, number) for number in range(YOUTHS)]
    experts = [make_expert(random, number) for number in range(EXPERTS)]
    weights = TeamWeights()
    begin = perf_counter()
    assign(youths[:1], experts[:1], weights, TODAY)
    print(f"the solver is loaded         {perf_counter() - begin:8.3f} s, once in a process")
    spent = []
    for _ in range(ROUNDS):
        begin = perf_counter()
        found = assign(youths, experts, weights, TODAY)
        spent.append(perf_counter() - begin)
    print(f"{YOUTHS} youths × {EXPERTS} experts     {median(spent):8.3f} s, slowest {max(spent):.3f} s")
    print(f"                             {len(found.pairs)} placed, {len(found.unplaced)} left without a seat")
    begin = perf_counter()
    rankings = [rank_candidates(youth, experts, weights, TODAY) for youth in youths]
    print(f"one youth × {EXPERTS} experts      {(perf_counter() - begin) / YOUTHS * _MILLISECONDS:8.2f} ms")
    share = sum(len(one.candidates) for one in rankings) / YOUTHS / EXPERTS
    print(f"pairs that pass every rule   {share:8.0%}")


def _make_evenings(random: Random, count: int) -> tuple[WeeklyWindow, ...]:
    start = random.randint(18, 20)
    return tuple(WeeklyWindow(day, time(start), time(start + 3)) for day in random.sample(range(1, 8), count))


if __name__ == "__main__":
    main()
