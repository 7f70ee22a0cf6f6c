"""The access door of the files: fetch, authorise, lock. Another team's and what is not there get the same NotFound."""

from __future__ import annotations

from uuid import UUID

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import YOUTH
from server.foundation.errors import NotFound
from server.safety.file_policies import require_keep_files
from server.safety.models import CaseFile


def access_youth(actor: PersonCard, youth_id: UUID | str) -> PersonCard:
    """Return a youth of the actor's team. Raises Forbidden by role, NotFound."""
    require_keep_files(actor)
    youth = list_cards([youth_id]).get(str(youth_id))
    if youth is None or youth.role != YOUTH or youth.team_id != actor.team_id:
        raise NotFound()
    return youth


def access_case(actor: PersonCard, case_id: UUID | str, *, lock: bool = False) -> CaseFile:
    """Return a file of the actor's team; with `lock`, locked to the commit. Raises Forbidden by role, NotFound."""
    return _require(actor, {"id": case_id}, lock)


def access_case_of(actor: PersonCard, youth_id: UUID | str) -> CaseFile:
    """Return the file of a youth of the actor's team. Raises Forbidden by role, NotFound also while there is none."""
    access_youth(actor, youth_id)
    return _require(actor, {"youth_id": youth_id}, lock=False)


def _require(actor: PersonCard, where: dict[str, object], lock: bool) -> CaseFile:
    require_keep_files(actor)
    rows = CaseFile.objects.select_for_update(no_key=True) if lock else CaseFile.objects
    case = rows.filter(team_id=actor.team_id, **where).first()
    if case is None:
        raise NotFound()
    return case
