"""What the desk shows of escalations at a glance and over time, and what a team had agreed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Min

from server.accounts.figures import SETTLED_AFTER, Days
from server.accounts.queries import PersonCard
from server.foundation.figures import DAY, HOUR, WEEKDAY, Row, Sample, find_hidden_parts, find_percentile, list_rows
from server.safety.models import CaseFile, Chain, Escalation, HistoryEntry, Page, SafetyVersion, TrialPage
from server.safety.rules.levels import LEVELS
from server.safety.rules.trials import is_over
from server.safety.states import ACTIVE

MOST_VERSIONS: Final = 50
MOST_CALLED: Final = 1000
LEVEL: Final = "level"
ESCALATION_CUTS: Final = (LEVEL, DAY, WEEKDAY, HOUR)
ESCALATION_NUMBERS: Final = (*LEVELS, "acknowledged", "median_seconds", "p90_seconds")


@dataclass(frozen=True, slots=True)
class Answered:
    """An escalation of a level, and after how many seconds somebody acknowledged it (None: nobody in time)."""

    level: str
    seconds: float | None


def list_called(escalations: Sequence[Escalation]) -> dict[UUID, list[Page]]:
    """Return whom the active ones among these have called since their chain last began, the newest call first.

    One query; MOST_CALLED calls at most.
    """
    active = [one.id for one in escalations if one.state in ACTIVE]
    found = Page.objects.filter(escalation_id__in=active, round=F("escalation__round")).order_by("-queued_at", "-id")
    called: dict[UUID, list[Page]] = {}
    for page in found[:MOST_CALLED]:
        called.setdefault(page.escalation_id, []).append(page)
    return called


def find_case(escalation: Escalation) -> UUID | None:
    """Return the id of the case file of the youth that an escalation is about, None without one. Nothing of it is
    read."""
    if escalation.youth_id is None:
        return None
    found = CaseFile.objects.filter(youth_id=escalation.youth_id, team_id=escalation.team_id)
    return found.values_list("id", flat=True).first()


def find_open_trial(person_id: UUID | str, *, now: datetime) -> TrialPage | None:
    """Return the newest test page that somebody can still confirm and has not, or None."""
    newest = TrialPage.objects.filter(person_id=person_id).order_by("-asked_at", "-id").first()
    is_open = newest is not None and newest.confirmed_at is None and not is_over(newest.asked_at, now)
    return newest if is_open else None


def list_chain_versions(team_id: UUID | str) -> list[Chain]:
    """Return a team's chains over time, the newest first, MOST_VERSIONS at most."""
    return list(Chain.objects.filter(team_id=team_id).order_by("-saved_at", "-version")[:MOST_VERSIONS])


def list_versions(team_id: UUID | str, what: str) -> list[SafetyVersion]:
    """Return what a team has agreed over time (`actions.versions`), the newest first, MOST_VERSIONS at most."""
    return list(SafetyVersion.objects.filter(team_id=team_id, what=what).order_by("-version")[:MOST_VERSIONS])


def measure_escalations(actor: PersonCard, days: Days) -> list[Row]:
    """Return how many escalations there were and after how long they were acknowledged; two queries.

    By level, and by day, weekday and hour of the opening. Counts by level stand open: they are the team's work. Times
    are hidden where fewer than LEAST_PEOPLE youths are behind them. Those that must not reach the actor are left out.
    """
    samples = _list_samples(actor, days)
    cuts = (DAY, WEEKDAY, HOUR)
    timed = list_rows(samples, days.first, days.last, _measure, cuts)
    return [*_list_levels(samples), *({"level": None} | row for row in timed)]


def _list_samples(actor: PersonCard, days: Days) -> list[Sample[Answered]]:
    opened = Escalation.objects.filter(team_id=actor.team_id, opened_at__gte=days.begin, opened_at__lt=days.end)
    found = [one for one in opened.order_by("opened_at") if actor.id not in one.excluded]
    taken = HistoryEntry.objects.filter(
        verb="acknowledge",
        escalation__team_id=actor.team_id,
        escalation__opened_at__gte=days.begin,
        escalation__opened_at__lt=days.end,
    )
    first: dict[UUID, datetime] = dict(taken.values_list("escalation_id").annotate(Min("at")).order_by())
    return [_draw_sample(one, first.get(one.id), days) for one in found]


def _draw_sample(escalation: Escalation, taken_at: datetime | None, days: Days) -> Sample[Answered]:
    waited = taken_at - escalation.opened_at if taken_at else None
    seconds = waited.total_seconds() if waited is not None and waited <= SETTLED_AFTER else None
    youth = str(escalation.youth_id) if escalation.youth_id else None
    return Sample(days.read_wall(escalation.opened_at), (youth,), Answered(escalation.level, seconds))


def _list_levels(samples: Sequence[Sample[Answered]]) -> list[Row]:
    parts = [[one for one in samples if one.what.level == level] for level in LEVELS]
    hidden = find_hidden_parts(parts)
    return [_draw_level(level, parts[at], at in hidden) for at, level in enumerate(LEVELS)]


def _draw_level(level: str, samples: Sequence[Sample[Answered]], hidden: bool) -> Row:
    place = {"cut": LEVEL, "level": level, "on": None, "weekday": None, "hour": None, "hidden": hidden}
    measured = _measure(samples)
    return place | {name: None if hidden and name not in LEVELS else measured[name] for name in ESCALATION_NUMBERS}


def _measure(samples: Sequence[Sample[Answered]]) -> Mapping[str, Any]:
    taken = [one.what.seconds for one in samples if one.what.seconds is not None]
    counts = {level: sum(1 for one in samples if one.what.level == level) for level in LEVELS}
    return counts | {
        "acknowledged": len(taken),
        "median_seconds": find_percentile(taken, 0.5),
        "p90_seconds": find_percentile(taken, 0.9),
    }
