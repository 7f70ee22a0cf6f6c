"""What a person may read about their own pushes, and what the house says of the sender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from server.push.models import Decision, Delivery, StoppedBackend, Tally

MOST_DECISIONS = 200


@dataclass(frozen=True, slots=True)
class TallyLine:
    """How often something was done since ever: what, of which kind, for which cause."""

    what: str
    kind: str
    cause: str
    amount: int


def list_decisions(person_id: UUID | str, *, before: datetime | None, most: int) -> tuple[list[Decision], bool]:
    """Return a person's own decisions, the newest first, and whether there are older ones."""
    own = Decision.objects.filter(person_id=person_id)
    own = own if before is None else own.filter(at__lt=before)
    found = list(own.order_by("-at", "-id")[: most + 1])
    return found[:most], len(found) > most


def list_tallies() -> list[TallyLine]:
    """Return everything that was counted, in order."""
    summed = Tally.objects.values_list("what", "kind", "cause").annotate(amount=Sum("amount")).order_by()
    return [TallyLine(*row) for row in sorted(summed)]


def measure_backlog(*, now: datetime) -> tuple[int, float]:
    """Return how many deliveries are due, and the age in seconds of the oldest of them."""
    due = Delivery.objects.filter(state="waiting", due_at__lte=now)
    oldest = due.order_by("due_at").values_list("due_at", flat=True).first()
    return due.count(), (now - oldest).total_seconds() if oldest else 0.0


def list_stopped_backends() -> Sequence[str]:
    """Return the names of the backends that are stopped."""
    return list(StoppedBackend.objects.order_by("backend").values_list("backend", flat=True))
