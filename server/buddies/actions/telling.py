"""Telling people of a pairing: at once, or to an expert when their hours begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from server.accounts.queries import list_cards
from server.accounts.rules.roles import EXPERT
from server.availability.queries import list_reachability
from server.buddies.models import HeldMark
from server.realtime.streams import EventDraft, append_events

_BATCH: Final = 100
# An expert with no hours ahead is looked at again every so often; a change of their hours makes it due at once.
_LOOK_AGAIN: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Mark:
    """An event on its way to somebody: `refs` are the fields beside its conversation."""

    person_id: str
    kind: str
    conversation_id: str | None
    refs: dict[str, Any]


def tell(marks: Sequence[Mark], *, now: datetime) -> None:
    """Put marks into logs; those for experts who cannot be reached now wait until they can.

    Needs an open transaction. Locks the streams of who is told.
    """
    cards = list_cards(one.person_id for one in marks)
    experts = [one for one, card in cards.items() if card.role == EXPERT]
    hours = list_reachability(experts, now) if experts else {}
    closed = {one: answer.next_opening for one, answer in hours.items() if not answer.open}
    append_events([_draft(one) for one in marks if one.person_id not in closed], now=now)
    HeldMark.objects.bulk_create(
        HeldMark(
            person_id=UUID(one.person_id),
            kind=one.kind,
            conversation_id=one.conversation_id,
            refs=one.refs,
            due_at=closed[one.person_id] or now + _LOOK_AGAIN,
        )
        for one in marks
        if one.person_id in closed
    )


def deliver_held_marks(*, now: datetime) -> bool:
    """Hand out marks of experts who can be reached by now; say whether any was due.

    Locks the marks (one that is locked is in another worker's hands), then the streams.
    """
    with transaction.atomic():
        waiting = HeldMark.objects.select_for_update(skip_locked=True).filter(due_at__lte=now)
        due = list(waiting.order_by("due_at", "id")[:_BATCH])
        if not due:
            return False
        hours = list_reachability({one.person_id for one in due}, now)
        free = [one for one in due if hours[str(one.person_id)].open]
        for person_id in {str(one.person_id) for one in due if one not in free}:
            again = hours[person_id].next_opening or now + _LOOK_AGAIN
            HeldMark.objects.filter(id__in=[one.id for one in due if str(one.person_id) == person_id]).update(
                due_at=again
            )
        HeldMark.objects.filter(id__in=[one.id for one in free]).delete()
        append_events([_restore(one) for one in sorted(free, key=lambda one: one.id)], now=now)
    return True


def hurry_marks(*, person_ids: Iterable[str], now: datetime) -> None:
    """Look at once at what waits for these people: their hours have changed."""
    HeldMark.objects.filter(person_id__in=list(person_ids), due_at__gt=now).update(due_at=now)


def _draft(mark: Mark) -> EventDraft:
    return EventDraft(mark.person_id, mark.kind, mark.conversation_id, None, mark.refs)


def _restore(row: HeldMark) -> EventDraft:
    conversation = str(row.conversation_id) if row.conversation_id else None
    return EventDraft(str(row.person_id), row.kind, conversation, None, row.refs)
