"""The secret address of one's own calendar: opened, replaced, revoked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard
from server.availability.models import CalendarFeed, Hours
from server.availability.policies import require_take_shifts
from server.foundation.ids import hash_secret, make_secret


def open_calendar_feed(*, actor: PersonCard, now: datetime) -> str:
    """Return the secret of a new feed, shown this once; the one before works no longer. Raises Forbidden."""
    require_take_shifts(actor)
    secret = make_secret()
    with transaction.atomic():
        # Two at once: the second waits here, and revokes what the first has made.
        Hours.objects.select_for_update(no_key=True).filter(person_id=actor.id).first()
        _revoke(actor.id, now)
        CalendarFeed.objects.create(person_id=UUID(actor.id), token_hash=hash_secret(secret), created_at=now)
    return secret


def revoke_calendar_feed(*, actor: PersonCard, now: datetime) -> bool:
    """Let the address lead nowhere; False when there was none. Raises Forbidden."""
    require_take_shifts(actor)
    return bool(_revoke(actor.id, now))


def _revoke(person_id: str, now: datetime) -> int:
    return CalendarFeed.objects.filter(person_id=person_id, revoked_at=None).update(revoked_at=now)
