"""Suspending people, and letting them back in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.actions.changes import record_change
from server.accounts.actions.sessions import end_locked_sessions
from server.accounts.actions.standing import lock_under, withdraw_invitations
from server.accounts.models import Person, Suspension
from server.events.facts import PersonSuspended
from server.events.outbox import record_facts
from server.foundation.ids import make_id


def suspend_person(*, person_id: UUID | str, actor: Person | None, reason: str = "", now: datetime) -> bool:
    """Shut a person out at once; False when they were already. Their sessions end with reason `suspended`, and what
    they invited into the staff is revoked.

    `actor` is None when the system does it. Locks the streams of both, then the team's audit stream. Publishes
    PersonSuspended and a SessionEnded per session. Raises NotFound, Forbidden (`policies.require_suspend`),
    NotSignedIn when the actor is out by now.
    """
    with transaction.atomic():
        heads, _, standing = lock_under(person_id, None if actor is None else actor.id)
        if not Person.objects.filter(id=person_id, suspended_at=None).update(suspended_at=now):
            return False
        Suspension.objects.create(id=make_id(), person_id=person_id, by=standing, reason=reason, suspended_at=now)
        end_locked_sessions(heads, person_id, reason="suspended", now=now)
        withdraw_invitations(person_id, now=now)
        record_facts([PersonSuspended(str(person_id))], now=now)
        record_change("person.suspended", person_id, standing, now=now)
        return True


def lift_suspension(*, person_id: UUID | str, actor: Person | None, now: datetime) -> bool:
    """Let a person in again; False when nothing held them. Ended sessions stay ended.

    Locks as `suspend_person`. Raises as `suspend_person`.
    """
    with transaction.atomic():
        _, _, standing = lock_under(person_id, None if actor is None else actor.id)
        Suspension.objects.filter(person_id=person_id, lifted_at=None).update(lifted_at=now)
        lifted = bool(Person.objects.filter(id=person_id, suspended_at__isnull=False).update(suspended_at=None))
        if lifted:
            record_change("person.suspension_lifted", person_id, standing, now=now)
        return lifted
