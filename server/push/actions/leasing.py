"""Taking deliveries that are due into a worker's hands: many at once, each in one pair of hands at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from server.foundation.database import open_pipeline
from server.push.models import StoppedBackend
from server.push.rules.retrying import LEASE, PROBE_EVERY, URGENT_LEASE

BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery in a worker's hands until `leased_until`, as it was when it was taken. Ids as text."""

    leased_until: datetime
    id: str
    device_id: str
    person_id: str
    platform: str
    kind: str
    collapse: str
    conversation_id: str | None
    seq: int
    subject: str | None
    breaks_silence: bool
    urgent: bool
    held: bool
    woken: bool
    patient: bool
    expires_at: datetime
    tries: int
    reason: str
    rule_id: str


_KINDS = "uuid uuid uuid text text text uuid int uuid bool bool bool bool bool time int text text"
_CLAIM_SQL = (
    "SELECT id, device_id, person_id, platform, kind, collapse, conversation_id, seq, subject, breaks_silence, urgent, "
    "held, woken, patient, expires_at, tries, reason, rule_id FROM push_delivery "
    "WHERE state = 'waiting' AND urgent = %(urgent)s::boolean AND due_at <= %(now)s::timestamptz "
    "AND platform = ANY(%(platforms)s::text[]) ORDER BY due_at, id LIMIT %(most)s::int FOR UPDATE SKIP LOCKED"
)


def take_deliveries(platforms: Collection[str], *, now: datetime, most: int = BATCH) -> list[Taken]:
    """Take at most so many deliveries that are due for these platforms: urgent ones first, and alone.

    A page never waits behind a crowd of messages, and a worker that dies keeps it for seconds only.
    """
    return take_calls(platforms, now=now, most=most) or _take(platforms, False, most, now)


def take_calls(platforms: Collection[str], *, now: datetime, most: int = BATCH) -> list[Taken]:
    """Take at most so many urgent deliveries that are due for these platforms."""
    return _take(platforms, True, most, now)


def _take(platforms: Collection[str], urgent: bool, most: int, now: datetime) -> list[Taken]:
    until = now + (URGENT_LEASE if urgent else LEASE)
    params = {"urgent": urgent, "now": now, "platforms": sorted(platforms), "most": most, "until": until}
    with transaction.atomic():
        with open_pipeline() as pipeline:
            rows = pipeline.ask(_CLAIM_SQL, params, _KINDS).rows()
        if rows:
            with open_pipeline() as pipeline:
                pipeline.tell(
                    "UPDATE push_delivery SET due_at = %(until)s::timestamptz, leased_until = %(until)s::timestamptz, "
                    "woken = %(no)s::boolean WHERE id = ANY(%(ids)s::uuid[])",
                    params | {"ids": [row[0] for row in rows], "no": False},
                )
    return [Taken(until, *row) for row in rows]


def list_stopped() -> dict[str, StoppedBackend]:
    """Return the backends that are stopped, by name; one statement."""
    return {one.backend: one for one in StoppedBackend.objects.all()}


def take_probe(stopped: Sequence[StoppedBackend], *, now: datetime) -> str | None:
    """Return a stopped backend that is to be tried now, by this worker alone; None when none is."""
    for one in sorted(stopped, key=lambda each: each.probe_at):
        due = StoppedBackend.objects.filter(backend=one.backend, probe_at=one.probe_at, probe_at__lte=now)
        if due.update(probe_at=now + PROBE_EVERY):
            return one.backend
    return None


def hurry_probe(backend: str, *, now: datetime) -> None:
    """Try a stopped backend again at once: what it was to be tried with did not go out after all."""
    StoppedBackend.objects.filter(backend=backend).update(probe_at=now)
