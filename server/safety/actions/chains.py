"""What a team decides about its escalations: whom they call, how long a promise holds, where the last resort writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, list_standing
from server.accounts.rules.roles import COORDINATOR
from server.foundation.errors import NotFound
from server.foundation.ids import make_id
from server.safety.actions.versions import NUMBERS, record_version
from server.safety.models import Chain, TeamSafety
from server.safety.policies import require_answer
from server.safety.rules.chains import read_chain, show_chain
from server.safety.rules.levels import LEVELS
from server.safety.rules.settings import SafetySettings, read_settings, show_settings


def set_chain(*, actor: PersonCard, level: str, steps: Sequence[Mapping[str, Any]], now: datetime) -> Chain:
    """Give the actor's team a new version of its chain for a level; escalations that run keep theirs.

    Raises Forbidden, NotFound (no such level), and what `read_chain` raises. Locks the team's row.
    """
    require_answer(actor)
    if level not in LEVELS:
        raise NotFound()
    may_call = {one.id for one in list_standing([COORDINATOR], actor.team_id)}
    read = read_chain(steps, level, may_call=may_call)
    with transaction.atomic():
        _lock_team(actor.team_id, now)
        last = Chain.objects.filter(team_id=actor.team_id, level=level).order_by("-version").first()
        return Chain.objects.create(
            id=make_id(),
            team_id=UUID(actor.team_id),
            level=level,
            version=last.version + 1 if last is not None else 1,
            steps=show_chain(read),
            saved_at=now,
            saved_by=UUID(actor.id),
        )


def set_safety_settings(*, actor: PersonCard, settings: Mapping[str, Any], now: datetime) -> SafetySettings:
    """Give the actor's team these numbers; the earlier ones stay as history.

    Raises Forbidden, SafetySetting. Locks the team's row.
    """
    require_answer(actor)
    read = read_settings(settings)
    with transaction.atomic():
        row = _lock_team(actor.team_id, now)
        row.settings, row.changed_at, row.changed_by = show_settings(read), now, UUID(actor.id)
        row.save(update_fields=["settings", "changed_at", "changed_by"])
        record_version(team_id=row.team_id, what=NUMBERS, settings=row.settings, by=UUID(actor.id), now=now)
    return read


def _lock_team(team_id: str, now: datetime) -> TeamSafety:
    TeamSafety.objects.bulk_create([TeamSafety(team_id=UUID(team_id), changed_at=now)], ignore_conflicts=True)
    return TeamSafety.objects.select_for_update(no_key=True).get(team_id=team_id)
