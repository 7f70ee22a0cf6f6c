"""The two who might be paired, as matching sees them: no name, no own words, no row.

What matching does not read is not here. Ids are text; themes, languages (ISO 639-1), regions, likes, institutions and
places are normalised, so that equal ones are equal texts. Whoever is of another team, or the youth themselves, is not
handed in at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from server.availability.rules.schedule import WeeklyWindow

# Wishes of a youth that they may mark as needs: then they exclude.
NEEDS = ("gender", "age", "language")


@dataclass(frozen=True, slots=True)
class ExpertSide:
    """A peer expert.

    `themes` says how openly they talk about each: 1 a little, 2, 3 freely. `kinds` are the contacts they do: buddy,
    sounding_board, listening_ear, duty_pool, bridge. `load` counts pairings that take a seat now, of `capacity`.
    `trained_until` and `vog_until` are the last valid days, None when nothing is on record. `people_known` holds texts
    or ids. `windows` are their ordinary hours on the wall clock of `zone`. `asked_lately` counts the proposals that
    reached them in the last 90 days.
    """

    id: str
    themes: Mapping[str, int] = field(default_factory=dict)
    no_go: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    gender: str = ""
    age: int | None = None
    region: str = ""
    likes: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    takes_new: bool = True
    capacity: int = 0
    load: int = 0
    trained_until: date | None = None
    vog_until: date | None = None
    institutions: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    people_known: frozenset[str] = frozenset()
    windows: tuple[WeeklyWindow, ...] = ()
    zone: str = "Europe/Amsterdam"
    asked_lately: int = 0


@dataclass(frozen=True, slots=True)
class YouthSide:
    """A youth who waits for somebody. What they skipped stays empty, and then neither excludes nor gives points.

    `age` is the middle of their age band; `age_distance` the least and the most years that an expert should be older,
    both included, negative for younger. `not_from` are institutions or places. `language_wish` is the one language
    they like best to talk in. `needs` names those of NEEDS that are more than a wish. `times` are when they tend to
    need contact, on the wall clock of `zone`. Experts by id: `blocked` (either way), `declined` (either way, within
    this request), `former` (a pairing that ended well), `left` (changed away from).
    """

    id: str
    themes: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    language_wish: str = ""
    gender_wish: str = ""
    age: int | None = None
    age_distance: tuple[int, int] | None = None
    needs: frozenset[str] = frozenset()
    not_from: frozenset[str] = frozenset()
    region: str = ""
    likes: frozenset[str] = frozenset()
    kind: str = "buddy"
    institutions: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    people_known: frozenset[str] = frozenset()
    times: tuple[WeeklyWindow, ...] = ()
    zone: str = "Europe/Amsterdam"
    blocked: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()
    waiting_days: int = 0
