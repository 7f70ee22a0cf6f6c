"""Small teams by the thousand: youths and experts who can meet, or who cannot for one reason or several.

People are made in crowds, and a world is some of a crowd with seats of its own: so the slow oracle judges each two of
a crowd once, and not in each of the many worlds in which they meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from random import Random

from server.availability.rules.schedule import WeeklyWindow
from server.buddies.rules.sides import NEEDS, ExpertSide, YouthSide
from server.buddies.rules.weights import COMPONENTS, TeamWeights

THEMES = ("addiction", "anxiety", "debt", "grief", "loneliness", "trauma")
LANGUAGES = ("ar", "en", "nl", "ti")
GENDERS = ("man", "non-binary", "woman")
REGIONS = ("Arnhem", "Nijmegen", "Tiel")
LIKES = ("cooking", "dogs", "drawing", "football", "gaming", "music")
INSTITUTIONS = tuple(f"institution {number}" for number in range(12))
PLACES = tuple(f"place {number}" for number in range(12))
KNOWN = tuple(f"somebody {number}" for number in range(12))
ZONES = ("Europe/Amsterdam",) * 6 + ("America/Curacao", "Asia/Kathmandu")
# A winter's day, a summer's, both nights on which the clock changes, and a leap day.
DAYS = (date(2026, 1, 14), date(2026, 7, 1), date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29))


@dataclass(frozen=True, slots=True)
class World:
    """A waiting list, a team, its numbers and a day."""

    youths: tuple[YouthSide, ...]
    experts: tuple[ExpertSide, ...]
    weights: TeamWeights
    today: date


def make_crowd(random: Random, size: int) -> World:
    """Return so many youths and as many experts of one team."""
    today = random.choice(DAYS)
    youths = tuple(make_youth(random, number, size) for number in range(size))
    experts = tuple(make_expert(random, number, size, today) for number in range(size))
    return World(youths, experts, make_weights(random), today)


def draw_worlds(random: Random, crowd: World, count: int, most: int) -> Iterator[World]:
    """Yield worlds of up to `most` youths and as many experts of the crowd, with other seats in each."""
    for _ in range(count):
        youths = random.sample(crowd.youths, random.randint(1, most))
        experts = random.sample(crowd.experts, random.randint(0, most) or random.randint(0, 1))
        yield World(tuple(youths), tuple(give_seats(random, one) for one in experts), crowd.weights, crowd.today)


def give_seats(random: Random, expert: ExpertSide) -> ExpertSide:
    """Return the expert with another capacity and load: sometimes full, sometimes beyond it."""
    capacity = random.choice((0, 1, 1, 2, 2, 3, 4))
    return replace(expert, capacity=capacity, load=random.choice((0, 0, 0, 1, 1, 2, 3)))


def make_weights(random: Random) -> TeamWeights:
    """Return the house's own weights, or others."""
    if random.random() < 0.3:
        return TeamWeights()
    weights = {name: random.choice((0, 1, 7, 30, 100)) for name in COMPONENTS} | {"room": random.randint(1, 50)}
    least = random.choice((0, 1, 30, 60, 120))
    return TeamWeights(
        **weights,
        waiting=random.choice((0, 10, 100, 200)),
        least_overlap_minutes=least,
        full_overlap_minutes=least + random.randint(1, 300),
        full_likes=random.randint(1, 4),
        full_asked=random.randint(1, 8),
        full_waiting_days=random.choice((1, 30, 90)),
    )


def make_expert(random: Random, number: int, crowd: int, today: date) -> ExpertSide:
    """Return an expert who is ready for most youths."""
    themes = random.sample(THEMES, random.randint(0, 4))
    return ExpertSide(
        id=f"expert {number}",
        themes={theme: random.randint(1, 3) for theme in themes},
        no_go=_pick(random, THEMES, 0.2, 1),
        languages=frozenset({"nl"}) | _pick(random, LANGUAGES, 0.4, 2) if random.random() < 0.9 else frozenset({"ti"}),
        gender=random.choice((*GENDERS, "")),
        age=random.choice((None, *range(19, 45))),
        region=random.choice((*REGIONS, "")),
        likes=_pick(random, LIKES, 0.7, 4),
        kinds=frozenset({"buddy", "bridge"}) if random.random() < 0.9 else frozenset({"duty_pool"}),
        takes_new=random.random() < 0.95,
        capacity=3,
        load=random.randint(0, 2),
        trained_until=_pick_validity(random, today),
        vog_until=_pick_validity(random, today),
        institutions=_pick(random, INSTITUTIONS, 0.5, 2),
        places=_pick(random, PLACES, 0.5, 2),
        people_known=_pick(random, (*KNOWN, f"youth {random.randrange(crowd)}"), 0.4, 2),
        windows=_make_windows(random, random.choice((0, 2, 4, 7))),
        zone=random.choice(ZONES),
        asked_lately=random.randint(0, 7),
    )


def make_youth(random: Random, number: int, crowd: int) -> YouthSide:
    """Return a youth who filled in some of the form."""
    youngest = random.randint(-3, 8)
    return YouthSide(
        id=f"youth {number}",
        themes=_pick(random, THEMES, 0.7, 3),
        languages=frozenset({"nl"}) | _pick(random, LANGUAGES, 0.3, 2) if random.random() < 0.8 else frozenset(),
        language_wish=random.choice(("", "", "nl", "ar")),
        gender_wish=random.choice(("", "", *GENDERS)),
        age=random.choice((None, 16, 19, 22, 26)),
        age_distance=(youngest, youngest + random.randint(0, 15)) if random.random() < 0.5 else None,
        needs=_pick(random, NEEDS, 0.3, 2),
        not_from=_pick(random, INSTITUTIONS + PLACES, 0.2, 2),
        region=random.choice((*REGIONS, "")),
        likes=_pick(random, LIKES, 0.6, 4),
        kind=random.choice(("buddy", "buddy", "buddy", "bridge")),
        institutions=_pick(random, INSTITUTIONS, 0.4, 2),
        places=_pick(random, PLACES, 0.4, 2),
        people_known=_pick(random, (*KNOWN, f"expert {random.randrange(crowd)}"), 0.4, 2),
        times=_make_windows(random, random.choice((0, 0, 2, 5))),
        zone=random.choice(ZONES),
        blocked=_pick_experts(random, crowd),
        declined=_pick_experts(random, crowd),
        former=_pick_experts(random, crowd),
        left=_pick_experts(random, crowd),
        waiting_days=random.choice((0, 0, 3, 20, 45, 100)),
    )


def _pick(random: Random, words: Sequence[str], chance: float, most: int) -> frozenset[str]:
    return frozenset(random.sample(words, random.randint(1, most))) if random.random() < chance else frozenset()


def _pick_experts(random: Random, crowd: int) -> frozenset[str]:
    return frozenset({f"expert {random.randrange(crowd)}"}) if random.random() < 0.4 else frozenset()


def _pick_validity(random: Random, today: date) -> date | None:
    """Return the last valid day: nine times out of ten not over yet, often today."""
    if random.random() < 0.9:
        return today + timedelta(days=random.choice((0, 1, 400)))
    return random.choice((None, today - timedelta(days=1), today - timedelta(days=90)))


def _make_windows(random: Random, count: int) -> tuple[WeeklyWindow, ...]:
    """Return evenings, most of them, some over midnight, and now and then a whole day."""
    return tuple(_make_window(random) for _ in range(count))


def _make_window(random: Random) -> WeeklyWindow:
    weekday, kind = random.randint(1, 7), random.random()
    if kind < 0.02:
        return WeeklyWindow(weekday, time(), time())
    hour, minute = random.choice((18, 19, 19, 20, 22, 23, 0, 12)), random.choice((0, 0, 15, 30, 59))
    length = random.choice((1, 30, 60, 120, 150))
    end = (hour * 60 + minute + length) % (24 * 60)
    return WeeklyWindow(weekday, time(hour, minute), time(end // 60, end % 60))
