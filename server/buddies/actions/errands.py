"""What the facts of other rooms ask of pairings: written down by handlers, done one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q

from server.buddies.actions.answers import withdraw_held
from server.buddies.actions.covers import hurry_covers
from server.buddies.actions.handovers import part_pairing
from server.buddies.actions.seats import hold_pairing
from server.buddies.models import Pairing, PairingErrand
from server.buddies.states import SEATED
from server.foundation.leases import lease_row

HOURS: Final = "hours"
BLOCKED: Final = "blocked"
SUSPENDED: Final = "suspended"
ROLE: Final = "role"  # an expert who is something else now


def note_errands(*, kind: str, people: Sequence[tuple[str, str | None]], now: datetime) -> None:
    """Write down what is to be done about these people, with the other one of each; one insert, which waits for
    nobody."""
    PairingErrand.objects.bulk_create(
        PairingErrand(kind=kind, person_id=person, other_id=other, due_at=now) for person, other in people
    )


def do_errand(*, now: datetime) -> bool:
    """Do one errand that is due; say whether there was one. Done twice it changes nothing."""
    due = lease_row(PairingErrand.objects.all(), "due_at", now=now)
    if due is None:
        return False
    _do(due, now)
    PairingErrand.objects.filter(id=due.id).delete()
    return True


def _do(errand: PairingErrand, now: datetime) -> None:
    people = [str(one) for one in (errand.person_id, errand.other_id) if one]
    if errand.kind != HOURS and errand.other_id is None:
        _split(errand, now)
    elif errand.kind != HOURS:
        _part(errand, now)
    hurry_covers(person_ids=people, now=now)


def _split(errand: PairingErrand, now: datetime) -> None:
    """Make an errand for each youth of an expert: one that cannot be parted yet holds up no other."""
    youths = Pairing.objects.filter(expert_id=errand.person_id, state__in=SEATED).values_list("youth_id", flat=True)
    pairs = [(str(errand.person_id), str(one)) for one in youths.distinct().order_by("youth_id")]
    note_errands(kind=errand.kind, people=pairs, now=now)


def _part(errand: PairingErrand, now: datetime) -> None:
    first, second = errand.person_id, errand.other_id
    between = Q(youth_id=first, expert_id=second) | Q(youth_id=second, expert_id=first)
    for seen in Pairing.objects.filter(between, state__in=SEATED).order_by("id"):
        with hold_pairing(seen, now=now) as pairing:
            if pairing.state == "proposed":
                withdraw_held(pairing, actor=None, now=now, reason=errand.kind)
            elif pairing.state in SEATED:
                part_pairing(pairing, actor=None, now=now, reason=errand.kind)
