"""Whether an expert may be proposed to a youth, or stand behind a buddy: the hard rules of matching, as refusals."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from server.accounts.queries import list_cards, list_suspended
from server.buddies.matching import load_team, load_youths
from server.buddies.pairing_errors import (
    Conflict,
    ExpertFull,
    HardRule,
    NotTakingNew,
    PairBlocked,
    TrainingExpired,
    VogExpired,
)
from server.buddies.rules.hard import list_broken_rules
from server.buddies.rules.meeting import arrange_meetings, see_team
from server.foundation.errors import WarmlijnError

# In the order in which they are told; a rule that is not here is told by its name, as HardRule.
_REFUSALS: Final[dict[str, type[WarmlijnError]]] = {
    "blocked": PairBlocked,
    "conflict_institution": Conflict,
    "conflict_place": Conflict,
    "conflict_person": Conflict,
    "not_from": Conflict,
    "training": TrainingExpired,
    "vog": VogExpired,
    "takes_new": NotTakingNew,
    "capacity": ExpertFull,
}
# A backup takes no seat, and need not be open to more.
_OF_SEATS: Final = ("takes_new", "capacity")


def require_fit(
    team_id: UUID, youth_id: str, expert_id: str, kind: str, override: Collection[str], *, now: datetime
) -> None:
    """Raise what speaks against a pairing: of pairing_errors the class of the first rule, or HardRule with all others
    that `override` does not name. Exact while the caller holds both seats."""
    _refuse(_list_broken(team_id, youth_id, expert_id, kind, now), override)


def require_backup_fits(
    team_id: UUID, youth_id: str, backup_id: str, kind: str, override: Collection[str], *, now: datetime
) -> None:
    """Raise what speaks against a backup, as `require_fit`; room and taking new do not."""
    broken = _list_broken(team_id, youth_id, backup_id, kind, now)
    _refuse([rule for rule in broken if rule not in _OF_SEATS], override)


def _refuse(broken: Sequence[str], override: Collection[str]) -> None:
    for rule, refusal in _REFUSALS.items():
        if rule in broken:
            raise refusal()
    left = [rule for rule in broken if rule not in override]
    if left:
        raise HardRule(left)


def _list_broken(team_id: UUID, youth_id: str, expert_id: str, kind: str, now: datetime) -> list[str]:
    if list_suspended([expert_id]):
        return ["takes_new"]
    cards = list_cards([youth_id, expert_id])
    team = load_team(str(team_id), only=[cards[expert_id]], now=now)
    youth = load_youths(team, [cards[youth_id]], now=now)[0]
    seen = see_team(team.experts, team.settings.weights, team.today)
    meeting = arrange_meetings(replace(youth, kind=kind), seen)[0]
    return [one.rule for one in list_broken_rules(meeting)]
