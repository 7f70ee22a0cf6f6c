"""Blocking somebody, and unblocking. A block counts in both directions, whoever placed it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from server.accounts.models import Block, Person
from server.accounts.policies import require_block
from server.events.facts import BlockPlaced
from server.events.outbox import record_facts
from server.foundation.errors import NotFound
from server.foundation.ids import make_id
from server.realtime.streams import lock_streams


def place_block(*, blocker_id: UUID | str, blocked_id: UUID | str, now: datetime) -> bool:
    """Let nothing more pass between two people; False when the blocker had blocked the other already.

    Locks both streams, so nothing that was not committed before is accepted after. Publishes BlockPlaced.
    Raises Forbidden by role, NotFound for oneself and for whoever is not in the blocker's team
    (`policies.require_block`).
    """
    with transaction.atomic():
        lock_streams([blocker_id, blocked_id])
        people = {str(one.id): one for one in Person.objects.filter(id__in=[blocker_id, blocked_id])}
        require_block(people.get(str(blocker_id)), people.get(str(blocked_id)))
        if _live(blocker_id, blocked_id).exists():
            return False
        Block.objects.create(id=make_id(), blocker_id=blocker_id, blocked_id=blocked_id, placed_at=now)
        record_facts([BlockPlaced(str(blocker_id), str(blocked_id))], now=now)
        return True


def lift_block(*, blocker_id: UUID | str, blocked_id: UUID | str, now: datetime) -> None:
    """Take one's own block back. Locks both streams. Raises NotFound when there is none."""
    with transaction.atomic():
        lock_streams([blocker_id, blocked_id])
        if not _live(blocker_id, blocked_id).update(lifted_at=now):
            raise NotFound()


def _live(blocker_id: UUID | str, blocked_id: UUID | str) -> models.QuerySet[Block]:
    pair = {"blocker_id": UUID(str(blocker_id)), "blocked_id": UUID(str(blocked_id))}
    return Block.objects.filter(**pair, lifted_at=None)
