"""What a team agrees on about pairing, as numbers that it may set."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from server.buddies.errors import SettingMalformed
from server.buddies.rules.themes import Theme, read_extra_themes, show_extra_themes
from server.buddies.rules.weights import TeamWeights, read_weights, show_weights

# Smallest and largest value of each number that a team may set.
BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "pairings_per_youth": (1, 3),
    "default_capacity": (1, 10),
    "silence_days": (3, 90),
    "reminder_days": (1, 60),
}


@dataclass(frozen=True, slots=True)
class BuddySettings:
    """A team's numbers, with the house's own as defaults; the units are in the names.

    `default_capacity`: pairings of an expert of whom nobody said otherwise (JongerenNetwerk: evenings beside work or
    school). `silence_days`: after how long without a word the buddy is reminded (issue 4, point 7). `reminder_days`:
    after how long on the waiting list the coordinators hear of it. That somebody who changes buddy is offered another
    within one working day is the house's promise, not a number of a team's. Raises ValueError for a number outside of
    BOUNDS.
    """

    pairings_per_youth: int = 1
    default_capacity: int = 3
    silence_days: int = 14
    reminder_days: int = 7
    weights: TeamWeights = field(default_factory=TeamWeights)
    extra_themes: tuple[Theme, ...] = ()

    def __post_init__(self) -> None:
        for name, (least, most) in BOUNDS.items():
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                raise ValueError(f"{name}: a whole number from {least} to {most} was expected")


def read_settings(given: Mapping[str, Any], house_themes: Collection[str]) -> BuddySettings:
    """Return the settings of what is stored or sent, defaults where something is missing.

    `house_themes` are the codes that no team may take. Raises SettingMalformed, WeightsInvalid, ThemeMalformed.
    """
    values = dict(given)
    weights = read_weights(values.pop("weights", {}))
    extra = read_extra_themes(values.pop("extra_themes", ()), house_themes)
    try:
        return BuddySettings(**values, weights=weights, extra_themes=extra)
    except (TypeError, ValueError) as problem:
        raise SettingMalformed(str(problem)[:100]) from None


def show_settings(settings: BuddySettings) -> dict[str, Any]:
    """Return the settings as the table writes them."""
    numbers = {one.name: getattr(settings, one.name) for one in fields(settings) if one.name in BOUNDS}
    return numbers | {
        "weights": show_weights(settings.weights),
        "extra_themes": show_extra_themes(settings.extra_themes),
    }
