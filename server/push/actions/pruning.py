"""Forgetting what is over, a bounded number at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from server.push.models import Decision, Delivery

# Long enough to look into a complaint about a phone that did not ring.
KEEP_DELIVERIES: Final = timedelta(days=90)
# A year and a month: "was I protected last month, and in that month last year?" has an answer (SAFETY §1).
KEEP_DECISIONS: Final = timedelta(days=400)
_AT_ONCE: Final = 1000


def prune_deliveries(*, now: datetime) -> int:
    """Delete ended deliveries that are older than KEEP_DELIVERIES; return how many."""
    old = Delivery.objects.filter(ended_at__lt=now - KEEP_DELIVERIES).order_by("ended_at")
    return Delivery.objects.filter(id__in=list(old.values_list("id", flat=True)[:_AT_ONCE])).delete()[0]


def prune_decisions(*, now: datetime) -> int:
    """Delete decisions that are older than KEEP_DECISIONS; return how many."""
    old = Decision.objects.filter(at__lt=now - KEEP_DECISIONS).order_by("at")
    return Decision.objects.filter(id__in=list(old.values_list("id", flat=True)[:_AT_ONCE])).delete()[0]
