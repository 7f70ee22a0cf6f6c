"""What a team agrees on: its numbers, and the hours in which it promises somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from server.accounts.queries import PersonCard
from server.availability.models import TeamHours, TeamHoursVersion
from server.availability.policies import require_keep_roster
from server.availability.rules.reading import read_weekly, show_weekly
from server.availability.rules.team_settings import read_settings, show_settings

Rows = Sequence[Mapping[str, Any]]


def set_team_hours(
    *,
    actor: PersonCard,
    settings: Mapping[str, Any],
    duty_windows: Rows,
    on_call_windows: Rows,
    now: datetime,
) -> TeamHours:
    """Give the actor's team these numbers (of `HoursSettings`) and these weekly hours in which somebody is promised.

    Whom a lower cap closes is closed by their next message. What was agreed before stays as history. Raises Forbidden,
    SettingMalformed, and what `read_weekly` raises. Locks the team's row.
    """
    require_keep_roster(actor)
    values = {
        "settings": show_settings(read_settings(settings)),
        "duty_windows": show_weekly(read_weekly(duty_windows)),
        "on_call_windows": show_weekly(read_weekly(on_call_windows)),
        "changed_at": now,
        "changed_by": UUID(actor.id),
        "coverage_due_at": now,
    }
    with transaction.atomic():
        ensure_team_hours(actor.team_id, now)
        TeamHours.objects.filter(team_id=actor.team_id).update(**values)
        return _record(TeamHours.objects.get(team_id=actor.team_id))


def set_team_numbers(*, team_id: UUID | str, settings: Mapping[str, Any], now: datetime) -> None:
    """Give a team these numbers and leave the rest; for the server itself (a demo team, a benchmark).

    Raises SettingMalformed.
    """
    shown = show_settings(read_settings(settings))
    with transaction.atomic():
        ensure_team_hours(team_id, now)
        TeamHours.objects.filter(team_id=team_id).update(settings=shown, changed_at=now, changed_by=None)
        _record(TeamHours.objects.get(team_id=team_id))


def hurry_coverage(*, team_ids: Iterable[str], now: datetime) -> None:
    """Have the rosters of these teams looked at soon. Locks their rows."""
    for team_id in sorted(team_ids):
        TeamHours.objects.filter(team_id=team_id).update(coverage_due_at=now)


def ensure_team_hours(team_id: UUID | str, now: datetime) -> None:
    """Make the team's row where there is none; from then on its roster is looked at for gaps."""
    row = TeamHours(team_id=UUID(str(team_id)), changed_at=now, coverage_due_at=now)
    TeamHours.objects.bulk_create([row], ignore_conflicts=True)


def _record(row: TeamHours) -> TeamHours:
    """Keep what is agreed from now on as history. The caller's write holds the team's row."""
    last = TeamHoursVersion.objects.filter(team_id=row.team_id).aggregate(last=Max("version"))["last"]
    TeamHoursVersion.objects.create(
        team_id=row.team_id,
        version=(last or 0) + 1,
        settings=row.settings,
        duty_windows=row.duty_windows,
        on_call_windows=row.on_call_windows,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )
    return row
