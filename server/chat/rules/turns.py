"""How hours become a gate: what a member's gate is to be at an instant, and when it must be asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from server.availability.rules.schedule import ABSENCE, CAP, PAUSE, Reachability
from server.availability.rules.wind_down import HoursSettings

OPEN: Final = "open"
CLOSED: Final = "closed"
# However long hours last, a gate is asked again after this: well within the horizon of reachability (70 days).
ASK_AGAIN: Final = timedelta(days=28)
# These close at once when they are declared, a running talk included (SAFETY.md §1).
AT_ONCE: Final = (PAUSE, ABSENCE)


@dataclass(frozen=True, slots=True)
class GateBefore:
    """A gate as it stands: `turns_at` is the instant from which it may not be gone by."""

    state: str
    turns_at: datetime | None
    grace_until: datetime | None


@dataclass(frozen=True, slots=True)
class Talk:
    """What goes on in this conversation: when the expert last wrote, until when they extended it (None: neither),
    and whether as many other talks are running as one person may have at once, until the first of them ends."""

    written_at: datetime | None = None
    extended_until: datetime | None = None
    full_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What a gate is to be, until `turns_at`; None for one that was turned by hand."""

    state: str
    reason: str
    opens_at: datetime | None
    turns_at: datetime | None
    grace_until: datetime | None


def find_turn(
    before: GateBefore, hours: Reachability, talk: Talk, settings: HoursSettings, *, now: datetime, by_itself: bool
) -> Turn:
    """Return what the gate is to be from `now` on, until `turns_at`, which lies after `now`.

    `by_itself`: time has passed; otherwise the hours were changed, and what the expert closes is closed at once. At
    the end of a window, and when a cap is reached, a running talk gets the wrap-up grace, once.
    """
    latest = now + ASK_AGAIN
    if hours.open and talk.full_until is not None:
        return Turn(CLOSED, CAP, None, min(talk.full_until, hours.until or latest), None)
    if hours.open:
        return Turn(OPEN, "", None, min(hours.until or latest, latest), None)
    grace_until = _find_grace(before, hours, talk, settings, now, by_itself)
    spared = _find_spared(hours, talk, grace_until, now, by_itself)
    if spared is not None:
        # An extension without a grace before it counts as one: at its end there is none.
        return Turn(OPEN, "", None, min(spared, hours.next_opening or spared), grace_until or spared)
    return Turn(CLOSED, hours.reason, hours.next_opening, min(hours.next_opening or latest, latest), None)


def is_running(written_at: datetime | None, settings: HoursSettings, at: datetime) -> bool:
    """Say whether a talk is running: the expert has written in it within the last `talk_minutes`."""
    return written_at is not None and written_at > at - timedelta(minutes=settings.talk_minutes)


def _find_grace(
    before: GateBefore, hours: Reachability, talk: Talk, settings: HoursSettings, now: datetime, by_itself: bool
) -> datetime | None:
    if before.grace_until is not None or before.state != OPEN:
        return before.grace_until
    # A change may come upon a gate whose window has just ended by the clock, before anybody has turned it.
    is_due = before.turns_at is not None and before.turns_at <= now
    ended = before.turns_at if by_itself or is_due else now if hours.reason == CAP else None
    if ended is None or not is_running(talk.written_at, settings, ended):
        return None
    return ended + timedelta(minutes=settings.grace_minutes)


def _find_spared(
    hours: Reachability, talk: Talk, grace_until: datetime | None, now: datetime, by_itself: bool
) -> datetime | None:
    if hours.reason in AT_ONCE and not by_itself:
        return None
    ends = [end for end in (grace_until, talk.extended_until) if end is not None and end > now]
    return max(ends, default=None)
