"""Telling people by their logs: at once, or an expert when their hours begin.

What stands in an expert's log came within their hours, as the messages up to their gate did; both stay readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from server.accounts.queries import list_cards
from server.accounts.rules.roles import EXPERT
from server.availability.models import HeldEvent
from server.availability.queries import find_reachability, list_reachability
from server.foundation.leases import do_due
from server.realtime.streams import EventDraft, append_events

# An expert with no hours ahead is looked at again every so often; a change of their hours makes it due at once.
_LOOK_AGAIN: Final = timedelta(hours=6)


def tell(drafts: Sequence[EventDraft], *, now: datetime) -> None:
    """Put events into logs; those for experts who cannot be reached now wait until they can. For kinds without a seq
    or a slot.

    Needs an open transaction. Locks the streams of who is told.
    """
    cards = list_cards(one.user_id for one in drafts)
    experts = [one for one, card in cards.items() if card.role == EXPERT]
    hours = list_reachability(experts, now) if experts else {}
    closed = {one: answer.next_opening for one, answer in hours.items() if not answer.open}
    append_events([one for one in drafts if one.user_id not in closed], now=now)
    HeldEvent.objects.bulk_create(
        HeldEvent(
            person_id=UUID(one.user_id),
            kind=one.kind,
            conversation_id=one.conversation_id,
            refs=one.refs or {},
            due_at=closed[one.user_id] or now + _LOOK_AGAIN,
        )
        for one in drafts
        if one.user_id in closed
    )


def deliver_held_event(*, now: datetime) -> bool:
    """Hand out one event that waited, if its expert can be reached by now; say whether any was due. What waited for
    somebody who is no expert any more is dropped.

    Locks the row, then the stream.
    """
    return do_due(HeldEvent.objects.all(), "due_at", partial(_deliver, now=now), now=now)


def hurry_held_events(*, person_ids: Iterable[str], now: datetime) -> None:
    """Look at once at what waits for these people: their hours have changed."""
    HeldEvent.objects.filter(person_id__in=list(person_ids), due_at__gt=now).update(due_at=now)


def _deliver(row: HeldEvent, now: datetime) -> None:
    person = str(row.person_id)
    if (card := list_cards([person]).get(person)) is None or card.role != EXPERT:
        row.delete()  # it was an expert's: who is one no longer, or is gone, has no hours that it could wait for
        return
    hours = find_reachability(person, now)
    if not hours.open:
        row.due_at = hours.next_opening or now + _LOOK_AGAIN
        row.save(update_fields=["due_at"])
        return
    row.delete()
    conversation = str(row.conversation_id) if row.conversation_id else None
    append_events([EventDraft(person, row.kind, conversation, None, row.refs)], now=now)
