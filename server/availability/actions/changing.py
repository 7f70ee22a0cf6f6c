"""The frame of every action that changes when somebody can be reached: lock, write, turn the gates, record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, list_team_zones
from server.accounts.rules.roles import EXPERT
from server.availability.models import Hours
from server.events.facts import HoursChanged
from server.events.outbox import record_facts
from server.foundation.ids import make_id
from server.ports.gates import GateMover
from server.ports.registry import ask_port


@contextmanager
def change_hours(people: Sequence[PersonCard], *, now: datetime) -> Iterator[dict[str, Hours]]:
    """Yield the locked Hours rows by person, for a change of what these people's schedules are made of.

    Afterwards the rows are saved with a new version, the gates of the experts among them are turned, all in the one
    transaction. Nothing may load a schedule in between: it would be kept under the old revision. Locks the Hours rows
    ascending (made where missing), then what GateMover locks. Publishes HoursChanged for each. Raises Unavailable when
    nobody moves gates.
    """
    with hold_hours(people, now=now) as rows:
        yield rows
        for row in rows.values():
            row.version, row.revision, row.changed_at = row.version + 1, make_id(), now
            row.save()
        record_facts([HoursChanged(one.id, one.team_id) for one in people], now=now)


@contextmanager
def hold_hours(people: Sequence[PersonCard], *, now: datetime) -> Iterator[dict[str, Hours]]:
    """Yield the locked Hours rows by person, for what moves gates and leaves the schedules alone; else as above."""
    gates: GateMover = ask_port(GateMover)
    experts = sorted(one.id for one in people if one.role == EXPERT)
    with transaction.atomic():
        rows = lock_hours([one.id for one in people], now=now)
        if experts:
            gates.lock_gates(experts)
        yield rows
        if experts:
            gates.turn_gates(experts, now=now)


def lock_hours(person_ids: Sequence[str], *, now: datetime) -> dict[str, Hours]:
    """Return these people's rows, locked ascending, made where missing: until the commit nobody changes their hours.

    For whoever makes a gate that is to follow them. Needs an open transaction.
    """
    # Made before any is locked: a row that was made while another is held could be waited for in the wrong order.
    known = Hours.objects.filter(person_id__in=person_ids).values_list("person_id", flat=True)
    _make_hours(sorted(set(person_ids) - {str(one) for one in known}), now)
    rows = Hours.objects.select_for_update(no_key=True).filter(person_id__in=person_ids).order_by("person_id")
    return {str(row.person_id): row for row in rows}


def _make_hours(person_ids: Sequence[str], now: datetime) -> None:
    if person_ids:
        zones = list_team_zones(person_ids)
        drafts = [Hours(person_id=UUID(one), zone=zones[one], changed_at=now) for one in person_ids]
        Hours.objects.bulk_create(drafts, ignore_conflicts=True)
