"""What is due in the availability room: one bounded step at a time, safe with any number of workers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from server.accounts.queries import get_team_zone
from server.availability.actions.shifts import vacate_shifts
from server.availability.actions.telling import deliver_held_event
from server.availability.coverage import Gap, find_coverage
from server.availability.models import CoverageGap, TeamHours
from server.availability.rules.reading import find_local_date
from server.availability.rules.wall_clock import find_instant
from server.events.facts import CoverageGapFound
from server.events.outbox import record_facts
from server.foundation.clock import format_instant

LOOK_AHEAD = timedelta(days=7)
_DAY = timedelta(days=1)
_EVERY = timedelta(minutes=15)


def step_check_coverage(now: datetime) -> bool:
    """Look a week ahead at the roster of one team that is due; say whether there was one.

    Shifts of people who have another role by now become nobody's first. A gap is told once a day. Publishes
    CoverageGapFound, HoursChanged. Locks the team's row (a locked one is another worker's), then as `change_hours`.
    """
    with transaction.atomic():
        due = TeamHours.objects.select_for_update(skip_locked=True).filter(coverage_due_at__lte=now)
        team = due.order_by("coverage_due_at", "team_id").first()
        if team is None:
            return False
        TeamHours.objects.filter(team_id=team.team_id).update(coverage_due_at=now + _EVERY)
        vacate_shifts(team_id=team.team_id, now=now)
        _tell_gaps(str(team.team_id), now)
    return True


def step_held_events(now: datetime) -> bool:
    """Hand out one event that waited for an expert's hours to begin; say whether any was due."""
    return deliver_held_event(now=now)


def _tell_gaps(team_id: str, now: datetime) -> None:
    zone = get_team_zone(team_id)
    today = find_local_date(now, zone)
    # From midnight on, so that a gap that has begun keeps its name for the day.
    midnight = find_instant(datetime.combine(today, datetime.min.time()), zone)
    gaps = find_coverage(team_id, midnight, now + LOOK_AHEAD + _DAY, now=now).gaps
    ahead = [gap for gap in gaps if gap.end > now and gap.start < now + LOOK_AHEAD]
    new = [gap for gap in ahead if _remember(team_id, gap, today)]
    facts = [CoverageGapFound(team_id, gap.kind, format_instant(gap.start), format_instant(gap.end)) for gap in new]
    record_facts(facts, now=now)


def _remember(team_id: str, gap: Gap, today: date) -> bool:
    """Say whether this gap has not been told today. The caller holds the team's row."""
    _, new = CoverageGap.objects.get_or_create(team_id=team_id, kind=gap.kind, start=gap.start, seen_on=today)
    return new
