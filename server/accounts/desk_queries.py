"""What a team's coordinators may see of ways in: invitations without their codes, sessions of colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Max, Q

from server.accounts.models import Invitation, Person, Session
from server.accounts.policies import require_see_sessions
from server.accounts.queries import list_sessions
from server.accounts.rules.invitations import EXPIRED, OPEN, REVOKED, USED
from server.accounts.rules.last_seen import tell_last_seen
from server.accounts.rules.roles import YOUTH

MOST_INVITATIONS: Final = 100


@dataclass(frozen=True, slots=True)
class PersonSessions:
    """Where somebody is signed in: how often and since when they were last here; which devices, for staff alone."""

    count: int
    last_seen: str
    sessions: list[Session] | None


def list_invitations(
    team_id: UUID | str, *, roles: Sequence[str], state: str | None, before: UUID | None, now: datetime
) -> tuple[list[Invitation], bool]:
    """Return a page of a team's invitations into these roles, the newest first, and whether more follow.

    `before` is the last one seen.
    """
    found = Invitation.objects.filter(team_id=team_id, role__in=roles).select_related("invited_by").order_by("-id")
    found = found if state is None else found.filter(_ask_state(state, now))
    found = found if before is None else found.filter(id__lt=before)
    page = list(found[: MOST_INVITATIONS + 1])
    return page[:MOST_INVITATIONS], len(page) > MOST_INVITATIONS


def access_sessions(actor: Person, person_id: UUID | str, *, now: datetime) -> PersonSessions:
    """Return where somebody of the actor's team is signed in. Raises Forbidden, NotFound.

    Of a youth only how many devices, and when last: what they are called and when each was used is the youth's.
    """
    person = Person.objects.filter(id=person_id).first()
    found = require_see_sessions(actor, person)
    live = list_sessions(found.id, now=now)
    last = Session.objects.filter(person_id=found.id).aggregate(last=Max("last_used_at"))["last"]
    return PersonSessions(len(live), tell_last_seen(last, now), None if found.role == YOUTH else live)


def _ask_state(state: str, now: datetime) -> Q:
    untouched = Q(used_at=None, revoked_at=None)
    return {
        USED: Q(used_at__isnull=False),
        REVOKED: Q(revoked_at__isnull=False),
        OPEN: untouched & Q(expires_at__gt=now),
        EXPIRED: untouched & Q(expires_at__lte=now),
    }[state]
