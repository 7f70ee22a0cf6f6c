"""What the facts of other rooms ask of pairings: written down by handlers, done one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from server.buddies.actions.answers import withdraw_held
from server.buddies.actions.covers import hurry_covers
from server.buddies.actions.handovers import part_pairing
from server.buddies.actions.seats import hold_pairing
from server.buddies.actions.telling import hurry_marks
from server.buddies.models import Pairing, PairingErrand
from server.buddies.states import SEATED

HOURS: Final = "hours"
BLOCKED: Final = "blocked"
SUSPENDED: Final = "suspended"
_LEASE: Final = timedelta(minutes=1)


def note_errands(*, kind: str, people: Sequence[tuple[str, str | None]], now: datetime) -> None:
    """Write down what is to be done about these people, with the other one of each; one insert, which waits for
    nobody."""
    PairingErrand.objects.bulk_create(
        PairingErrand(kind=kind, person_id=person, other_id=other, due_at=now) for person, other in people
    )


def do_errand(*, now: datetime) -> bool:
    """Do one errand that is due; say whether there was one. Done twice it changes nothing.

    The lease is committed first: one that fails is tried again after it and holds up no other.
    """
    due = PairingErrand.objects.filter(due_at__lte=now).order_by("due_at", "id").first()
    if due is None:
        return False
    if PairingErrand.objects.filter(id=due.id, due_at=due.due_at).update(due_at=now + _LEASE):
        _do(due, now)
        PairingErrand.objects.filter(id=due.id).delete()
    return True


def _do(errand: PairingErrand, now: datetime) -> None:
    people = [str(one) for one in (errand.person_id, errand.other_id) if one]
    if errand.kind == HOURS:
        hurry_marks(person_ids=people, now=now)
    elif errand.kind == BLOCKED:
        first, second = errand.person_id, errand.other_id
        _part_all(Q(youth_id=first, expert_id=second) | Q(youth_id=second, expert_id=first), BLOCKED, now)
    else:
        _part_all(Q(expert_id=errand.person_id), SUSPENDED, now)
    hurry_covers(person_ids=people, now=now)


def _part_all(condition: Q, reason: str, now: datetime) -> None:
    for seen in Pairing.objects.filter(condition, state__in=SEATED).order_by("id"):
        with hold_pairing(seen, now=now) as pairing:
            if pairing.state == "proposed":
                withdraw_held(pairing, actor=None, now=now, reason=reason)
            elif pairing.state in SEATED:
                part_pairing(pairing, actor=None, now=now, reason=reason)
