"""The watchdog: is every step and every page on time? Only then does the heartbeat beat."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from server.safety.models import Escalation, Heartbeat, Page
from server.safety.rules.stepping import MOST_LATE

ESCALATION: Final = "escalation"
_MONITOR: Final = "monitor"
BEAT_SEEN_WITHIN: Final = timedelta(minutes=2)


def count_late(*, now: datetime) -> tuple[int, int]:
    """Return how many steps, and how many pages, are more than MOST_LATE after their time.

    A page whose recipient fails has a later time (its next try), and is no lateness of ours.
    """
    late = now - MOST_LATE
    steps = Escalation.objects.filter(step_at__lt=late).count()
    return steps, Page.objects.filter(state="queued", due_at__lt=late).count()


def beat(*, now: datetime) -> None:
    """Write down that all was on time."""
    Heartbeat.objects.update_or_create(name=ESCALATION, defaults={"beaten_at": now})


def lease_call(*, now: datetime, every: timedelta) -> bool:
    """Say whether the monitor outside is to be called by this worker now: once in `every`, however many workers."""
    return lease_turn(_MONITOR, now=now, every=every)


def lease_turn(name: str, *, now: datetime, every: timedelta) -> bool:
    """Say whether something is this worker's turn now: once in `every`, however many workers."""
    Heartbeat.objects.bulk_create([Heartbeat(name=name, beaten_at=now - every)], ignore_conflicts=True)
    return Heartbeat.objects.filter(name=name, beaten_at__lte=now - every).update(beaten_at=now) == 1


def has_beaten(*, now: datetime) -> bool:
    """Tell whether the heartbeat was seen within BEAT_SEEN_WITHIN."""
    return Heartbeat.objects.filter(name=ESCALATION, beaten_at__gte=now - BEAT_SEEN_WITHIN).exists()
