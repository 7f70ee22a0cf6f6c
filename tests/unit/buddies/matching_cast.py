"""Ada, who waits, and Ben, who fits her in everything: each test changes what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

from server.availability.rules.schedule import WeeklyWindow
from server.buddies.rules.hard import list_broken_rules
from server.buddies.rules.meeting import Meeting, arrange_meetings, see_team
from server.buddies.rules.score import Part, list_parts
from server.buddies.rules.sides import ExpertSide, YouthSide
from server.buddies.rules.weights import TeamWeights

TODAY = date(2026, 11, 22)
EVENINGS = tuple(WeeklyWindow(weekday, time(19), time(22)) for weekday in (1, 3))
BEN = ExpertSide(
    id="ben",
    themes={"grief": 3},
    languages=frozenset({"nl"}),
    gender="man",
    age=27,
    region="Arnhem",
    likes=frozenset({"dogs"}),
    kinds=frozenset({"buddy"}),
    capacity=2,
    trained_until=TODAY,
    vog_until=TODAY,
    institutions=frozenset({"the harbour"}),
    places=frozenset({"Tiel"}),
    people_known=frozenset({"aunt"}),
    windows=EVENINGS,
)
ADA = YouthSide(id="ada")


def meet(youth: YouthSide = ADA, expert: ExpertSide = BEN, weights: TeamWeights | None = None) -> Meeting:
    """Return the two beside each other, the expert being the whole team."""
    [meeting] = arrange_meetings(youth, see_team([expert], weights or TeamWeights(), TODAY))
    return meeting


def find_rules(*, ada: dict[str, Any] | None = None, ben: dict[str, Any] | None = None) -> dict[str, tuple[str, ...]]:
    """Return which rules a match of the two would break, and what each found, with this changed of them."""
    broken = list_broken_rules(meet(replace(ADA, **(ada or {})), replace(BEN, **(ben or {}))))
    return {one.rule: one.found for one in broken}


def find_points(
    *, ada: dict[str, Any] | None = None, ben: dict[str, Any] | None = None, already: int = 0
) -> dict[str, Part]:
    """Return what gives points, room and fairness left aside unless `already` is given."""
    parts = list_parts(meet(replace(ADA, **(ada or {})), replace(BEN, **(ben or {}))), already)
    return {one.component: one for one in parts if already or one.component not in ("room", "fairness")}
