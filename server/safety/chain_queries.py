"""What a team has agreed: its chains, its numbers, and who could be called now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from server.accounts.queries import list_standing
from server.accounts.rules.roles import COORDINATOR
from server.availability.queries import find_shift_span, list_on_shift, list_shifts
from server.availability.rules.kinds import ON_CALL
from server.safety.models import Chain, TeamSafety
from server.safety.rules.chains import DEFAULTS, Step, freeze_chain, restore_chain
from server.safety.rules.rosters import Roster
from server.safety.rules.settings import SafetySettings, read_settings

# How far ahead "the next on call" looks: whose shift comes later is not woken for this one.
_LOOK_AHEAD = timedelta(hours=24)


def find_chain(team_id: UUID | str, level: str) -> tuple[int, Sequence[Step]]:
    """Return the version and the steps in force; version 0 with the house's own where the team has none."""
    found = Chain.objects.filter(team_id=team_id, level=level).order_by("-version").first()
    return (found.version, restore_chain(found.steps)) if found is not None else (0, DEFAULTS[level])


def freeze_team_chain(team_id: UUID | str, level: str) -> dict[str, Any]:
    """Return the chain in force in the form that an escalation keeps."""
    version, steps = find_chain(team_id, level)
    return freeze_chain(level, version, steps)


def get_safety_settings(team_id: UUID | str) -> SafetySettings:
    """Return a team's numbers; the house's own where it has set none."""
    given = TeamSafety.objects.filter(team_id=team_id).values_list("settings", flat=True).first()
    return read_settings(given or {})


def find_roster(team_id: UUID | str, *, now: datetime) -> Roster:
    """Return who of a team could be called now; absences, pauses and suspensions are taken off."""
    shifts = list_shifts(team_id, now, now + _LOOK_AHEAD, kind=ON_CALL)
    coming = sorted((find_shift_span(one)[0], str(one.person_id)) for one in shifts if one.person_id)
    return Roster(
        coordinators=[one.id for one in list_standing([COORDINATOR], team_id)],
        on_call=list_on_shift(team_id, ON_CALL, now),
        coming=list(dict.fromkeys(person for begin, person in coming if begin > now)),
    )
