"""What a person may read about their own pushes, and what the house says of the sender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Sum

from server.push.models import Decision, Delivery, StoppedBackend, Tally

MOST_DECISIONS = 200
_WIRE_STEP = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class TallyLine:
    """How often something was done since ever: what, of which kind, for which cause."""

    what: str
    kind: str
    cause: str
    amount: int


def list_decisions(person_id: UUID | str, *, before: datetime | None, most: int) -> tuple[list[Decision], bool]:
    """Return a person's own decisions, the newest first, and whether there are older ones.

    A worker decides about a person's devices and talks at one instant, and the next page is asked for by an instant (in
    milliseconds on the wire): a page ends where one ends, so that nothing falls between two. Hence now and then it is
    shorter, or longer when all of it is of one instant. What is still held is read once it is held no longer: that
    somebody wrote at night is not told before the morning either.
    """
    held = Delivery.objects.filter(person_id=person_id, state="waiting", held=True)
    own = Decision.objects.filter(person_id=person_id).order_by("-at", "-id").exclude(delivery_id__in=held.values("id"))
    own = own if before is None else own.filter(at__lt=before)
    found = list(own[: most + 1])
    if len(found) <= most:
        return found, False
    edge = found[most].at.replace(microsecond=found[most].at.microsecond // 1000 * 1000)
    page = [one for one in found[:most] if one.at >= edge + _WIRE_STEP]
    if page:
        return page, True
    return list(own.filter(at__gte=edge)[:MOST_DECISIONS]), own.filter(at__lt=edge).exists()


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
