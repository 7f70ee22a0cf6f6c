"""The rules of the matching once more, slow and written differently, to hold the quick ones against.

Overlap is walked from minute to minute, shares are fractions, and the best assignment is found by trying all.
Nothing of server.buddies.rules but its data types is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import floor, log
from zoneinfo import ZoneInfo

from server.availability.rules.schedule import WeeklyWindow
from server.buddies.rules.sides import ExpertSide, YouthSide
from server.buddies.rules.weights import TeamWeights
from tests.property.worlds import World

MINUTE = timedelta(minutes=1)
MINUTES_OF_A_WEEK = 7 * 24 * 60
# Any Monday to begin counting at.
MONDAY = datetime(2001, 1, 1, tzinfo=UTC)
# Component → hundredths and what was found.
Parts = dict[str, tuple[int, tuple[str, ...]]]
# For each youth of the world the id of an expert, or None.
Choice = tuple[str | None, ...]


def find_broken(youth: YouthSide, expert: ExpertSide, weights: TeamWeights, today: date) -> frozenset[str]:
    """Return the codes of the hard rules that a match would break."""
    fired = {
        "takes_new": not expert.takes_new,
        "kind": youth.kind not in expert.kinds,
        "capacity": expert.capacity - expert.load < 1,
        "training": expert.trained_until is None or (expert.trained_until - today).days < 0,
        "vog": expert.vog_until is None or (expert.vog_until - today).days < 0,
        "conflict_institution": any(one in expert.institutions for one in youth.institutions),
        "conflict_place": any(one in expert.places for one in youth.places),
        "conflict_person": any(one in expert.people_known or one == expert.id for one in youth.people_known)
        or youth.id in expert.people_known,
        "not_from": any(one in expert.institutions or one in expert.places for one in youth.not_from),
        "no_go": any(theme in youth.themes for theme in expert.no_go),
        "language": len(youth.languages) > 0 and not any(one in youth.languages for one in expert.languages),
        "language_need": _needs(youth, "language", youth.language_wish) and youth.language_wish not in expert.languages,
        "gender_need": _needs(youth, "gender", youth.gender_wish) and youth.gender_wish != expert.gender,
        "age_need": "age" in youth.needs and _has_age_wish(youth) and not _is_of_age(youth, expert),
        "blocked": expert.id in youth.blocked,
        "left": expert.id in youth.left,
        "declined": expert.id in youth.declined,
        "overlap": len(youth.times) > 0 and count_overlap(youth, expert, today) < weights.least_overlap_minutes,
    }
    return frozenset(code for code, is_so in fired.items() if is_so)


def find_parts(world: World, youth: YouthSide, expert: ExpertSide, already: int = 0) -> Parts:
    """Return what gives points, and how many, when the expert was given `already` others in this round."""
    total = sum(weight for _, weight in _list_weights(world.weights))
    shares = dict(_list_shares(world, youth, expert, already))
    parts = {
        component: (floor(Fraction(10_000 * weight, total) * shares[component][0]), tuple(sorted(shares[component][1])))
        for component, weight in _list_weights(world.weights)
        if component in shares
    }
    return {component: part for component, part in parts.items() if part[0] > 0}


def count_hundredths(parts: Parts) -> int:
    """Return the score that parts add up to."""
    return sum(points for points, _ in parts.values())


def measure_choice(world: World, choice: Choice) -> tuple[int, int]:
    """Return how many youths a choice places, and the sum of their scores and of what their waiting counts for."""
    experts = {expert.id: expert for expert in world.experts}
    given: Counter[str] = Counter()
    sum_of_all = 0
    for youth, chosen in zip(world.youths, choice, strict=True):
        if chosen is not None:
            parts = find_parts(world, youth, experts[chosen], given[chosen])
            sum_of_all += count_hundredths(parts) + count_waiting(youth, world.weights)
            given[chosen] += 1
    return given.total(), sum_of_all


def find_best(world: World) -> tuple[int, int]:
    """Return what the best of all choices measures: most placed first, then the largest sum."""
    open_to = [
        [None, *(one.id for one in world.experts if not find_broken(youth, one, world.weights, world.today))]
        for youth in world.youths
    ]
    seats = {expert.id: max(expert.capacity - expert.load, 0) for expert in world.experts}
    allowed = (
        choice
        for choice in product(*open_to)
        if all(count <= seats[one] for one, count in Counter(filter(None, choice)).items())
    )
    return max(measure_choice(world, choice) for choice in allowed)


def count_waiting(youth: YouthSide, weights: TeamWeights) -> int:
    """Return the hundredths that waiting counts for."""
    share = min(Fraction(youth.waiting_days, weights.full_waiting_days), Fraction(1))
    return floor(share * weights.waiting * 100)


def count_overlap(youth: YouthSide, expert: ExpertSide, today: date) -> int:
    """Return how many minutes of an ordinary week lie in both people's windows."""
    return len(list_minutes(youth.times, youth.zone, today) & list_minutes(expert.windows, expert.zone, today))


@lru_cache(maxsize=2_000)
def list_minutes(windows: tuple[WeeklyWindow, ...], zone: str, today: date) -> frozenset[int]:
    """Return the minutes of a week in UTC that windows cover, walked one by one."""
    return frozenset(minute for window in windows for minute in _walk(window, zone, today))


def _walk(window: WeeklyWindow, zone: str, today: date) -> Iterator[int]:
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    shift = noon.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC) - noon
    wall = MONDAY + timedelta(days=window.weekday - 1, hours=window.start.hour, minutes=window.start.minute)
    while True:
        yield (wall - shift - MONDAY) // MINUTE % MINUTES_OF_A_WEEK
        wall += MINUTE
        if (wall.hour, wall.minute) == (window.end.hour, window.end.minute):
            return


def _list_shares(
    world: World, youth: YouthSide, expert: ExpertSide, already: int
) -> Iterator[tuple[str, tuple[Fraction, list[str]]]]:
    weights = world.weights
    if both := [theme for theme in expert.themes if theme in youth.themes]:
        rare = {theme: _find_rarity(world, theme) for theme in youth.themes}
        got = sum((Fraction(rare[theme] * expert.themes[theme], 3) for theme in both), Fraction())
        yield "themes", (got / sum(rare.values()), both)
    if youth.times:
        minutes = count_overlap(youth, expert, world.today)
        yield "overlap", (min(Fraction(minutes, weights.full_overlap_minutes), Fraction(1)), [str(minutes)])
    if expert.id in youth.former:
        yield "continuity", (Fraction(1), [])
    if youth.gender_wish not in ("",) and youth.gender_wish == expert.gender:
        yield "gender", (Fraction(1), [])
    if _has_age_wish(youth) and _is_of_age(youth, expert):
        yield "age", (Fraction(1), [])
    if youth.language_wish in expert.languages:
        yield "language", (Fraction(1), [])
    if alike := [one for one in expert.likes if one in youth.likes]:
        yield "likes", (min(Fraction(len(alike), min(weights.full_likes, len(youth.likes))), Fraction(1)), alike)
    if youth.region and expert.region == youth.region:
        yield "region", (Fraction(1), [])
    left = expert.capacity - expert.load - already
    if left > 0:
        yield "room", (Fraction(left, expert.capacity), sorted([str(left), str(expert.capacity)]))
    asked = expert.asked_lately + already
    if asked < weights.full_asked:
        yield "fairness", (1 - Fraction(asked, weights.full_asked), [str(asked)])


def _find_rarity(world: World, theme: str) -> int:
    """Return the thousandths of a theme; nothing when nobody of the team has it."""
    having = [expert for expert in world.experts if theme in expert.themes]
    return round(1_000 * log((len(world.experts) + len(having)) / len(having)) / log(2)) if having else 0


def _list_weights(weights: TeamWeights) -> Iterator[tuple[str, int]]:
    yield "themes", weights.themes
    yield "overlap", weights.overlap
    yield "continuity", weights.continuity
    yield "gender", weights.gender
    yield "age", weights.age
    yield "language", weights.language
    yield "likes", weights.likes
    yield "region", weights.region
    yield "room", weights.room
    yield "fairness", weights.fairness


def _needs(youth: YouthSide, what: str, wish: str) -> bool:
    return wish != "" and what in youth.needs


def _has_age_wish(youth: YouthSide) -> bool:
    return youth.age is not None and youth.age_distance is not None


def _is_of_age(youth: YouthSide, expert: ExpertSide) -> bool:
    assert youth.age is not None
    assert youth.age_distance is not None
    youngest, oldest = (youth.age + years for years in youth.age_distance)
    return expert.age in range(youngest, oldest + 1)
