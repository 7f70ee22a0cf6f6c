"""What a team agrees on about pairing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard
from server.buddies.errors import ProfileChanged
from server.buddies.models import BuddyRequest, TeamBuddies, TeamBuddiesVersion
from server.buddies.profile_policies import require_match
from server.buddies.rules.settings import read_settings, show_settings
from server.buddies.states import BUDDY_REQUEST
from server.buddies.words import list_house_codes


def set_team_buddies(
    *, actor: PersonCard, given: Mapping[str, Any], seen_version: int | None, now: datetime
) -> TeamBuddies:
    """Give the actor's team these settings; what is not named keeps its value. The earlier ones stay as history.

    With `seen_version` only on top of the version that the caller has seen. Raises Forbidden, ProfileChanged,
    SettingMalformed, WeightsInvalid, ThemeMalformed. Locks the team's row, then entries of the waiting list when they
    are to be reminded of earlier or later.
    """
    require_match(actor)
    with transaction.atomic():
        row = _lock_row(actor.team_id, now)
        if seen_version is not None and seen_version != row.version:
            raise ProfileChanged()
        before = read_settings(row.settings, list_house_codes())
        settings = read_settings(_merge(show_settings(before), given), list_house_codes())
        row.settings, row.version = show_settings(settings), row.version + 1
        row.changed_at, row.changed_by = now, UUID(actor.id)
        row.save()
        _record(row, UUID(actor.id))
        _move_reminders(actor.team_id, settings.reminder_days - before.reminder_days)
    return row


def _merge(before: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    return {**before, **given, "weights": {**before["weights"], **given.get("weights", {})}}


def _lock_row(team_id: str, now: datetime) -> TeamBuddies:
    TeamBuddies.objects.bulk_create([TeamBuddies(team_id=UUID(team_id), changed_at=now)], ignore_conflicts=True)
    return TeamBuddies.objects.select_for_update(no_key=True).get(team_id=team_id)


def _record(row: TeamBuddies, actor_id: UUID) -> None:
    TeamBuddiesVersion.objects.create(
        team_id=row.team_id,
        version=row.version,
        settings=row.settings,
        changed_at=row.changed_at,
        changed_by=actor_id,
    )


def _move_reminders(team_id: str, days: int) -> None:
    """Move the first reminder of who waits without a promise. Who was reminded already is again every day."""
    if days:
        waiting = BuddyRequest.objects.filter(team_id=team_id, state=BUDDY_REQUEST.start)
        untold = waiting.filter(reminded_at=None, due_at=None)
        for request in untold.select_for_update(no_key=True).order_by("id"):
            request.remind_at += timedelta(days=days)
            request.save(update_fields=["remind_at"])
