"""What a team had agreed before: one row for each change of its numbers, never changed itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Max

from server.safety.models import SafetyVersion

NUMBERS: Final = "numbers"
SILENCE: Final = "silence"


def record_version(*, team_id: UUID | str, what: str, settings: Mapping[str, Any], by: UUID, now: datetime) -> None:
    """Keep these settings (NUMBERS or SILENCE) as the newest version. The caller holds the row that they are in."""
    known = SafetyVersion.objects.filter(team_id=team_id, what=what)
    last = known.aggregate(last=Max("version"))["last"] or 0
    SafetyVersion.objects.create(
        team_id=UUID(str(team_id)),
        what=what,
        version=last + 1,
        settings=dict(settings),
        changed_at=now,
        changed_by=by,
    )
