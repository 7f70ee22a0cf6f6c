"""Holding pairings: the one order in which everything about them is locked.

Seats of all people ascending → requests of the waiting list → hours → conversations → memberships → streams (the last
four by ports.talks) → the pairing's own rows. Every step of a pairing holds the seats of its youth and its expert, so
that no two steps of theirs cross.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import transaction

from server.buddies.models import BuddyRequest, Pairing, PairingBackup, PairingCover, PairingSeat
from server.ports.registry import ask_port
from server.ports.talks import TalkKeeper


def get_talks() -> TalkKeeper:
    """Return who keeps the conversations. Raises Unavailable."""
    return cast(TalkKeeper, ask_port(TalkKeeper))


def lock_seats(person_ids: Iterable[object]) -> None:
    """Lock these people's seats ascending, made where missing. Needs an open transaction."""
    ids = sorted({UUID(str(one)) for one in person_ids})
    # Made before any is locked: a row made while another is held could be waited for in the wrong order.
    known = set(PairingSeat.objects.filter(person_id__in=ids).values_list("person_id", flat=True))
    PairingSeat.objects.bulk_create(
        [PairingSeat(person_id=one) for one in ids if one not in known], ignore_conflicts=True
    )
    locked = PairingSeat.objects.select_for_update(no_key=True).filter(person_id__in=ids).order_by("person_id")
    list(locked.values_list("person_id"))


def lock_requests(youth_ids: Iterable[object]) -> None:
    """Lock what these youths have on the waiting list. After the seats, before the talks."""
    found = BuddyRequest.objects.select_for_update(no_key=True).filter(youth_id__in=[str(one) for one in youth_ids])
    list(found.order_by("id").values_list("id"))


def lock_talks_of(pairings: Sequence[Pairing], *, people: Iterable[object] = (), now: datetime) -> None:
    """Lock the conversations of these pairings, and whoever may come, go or hear of it. After the seats."""
    ids = [one.id for one in pairings]
    backups = PairingBackup.objects.filter(pairing__in=ids).values_list("person_id", flat=True)
    covers = PairingCover.objects.filter(pairing__in=ids, ended_at=None).values_list("cover_id", flat=True)
    named = {*people, *backups, *covers} | {
        one for pairing in pairings for one in (pairing.youth_id, pairing.expert_id, pairing.coordinator_id)
    }
    talks = {str(one.conversation_id) for one in pairings if one.conversation_id}
    get_talks().lock_talks(person_ids=sorted(str(one) for one in named if one), conversation_ids=sorted(talks), now=now)


@contextmanager
def hold_pairings(seen: Sequence[Pairing], *, people: Iterable[object] = (), now: datetime) -> Iterator[list[Pairing]]:
    """Yield these pairings as they are under the locks, in the order given, in one transaction.

    A pairing's predecessor is held with it, and so are `people`, who may join. Raises Unavailable.
    """
    with transaction.atomic():
        people = list(people)
        lock_seats([*people, *(one for pairing in seen for one in (pairing.youth_id, pairing.expert_id))])
        lock_requests({one.youth_id for one in seen})
        found = Pairing.objects.select_related("successor_of").filter(id__in=[one.id for one in seen])
        rows = {one.id: one for one in found}
        before = [one.successor_of for one in rows.values() if one.successor_of is not None]
        lock_talks_of([*rows.values(), *before], people=people, now=now)
        yield [rows[one.id] for one in seen]


@contextmanager
def hold_pairing(seen: Pairing, *, now: datetime) -> Iterator[Pairing]:
    """Yield one pairing as `hold_pairings` does."""
    with hold_pairings([seen], now=now) as (pairing,):
        yield pairing
