"""A pause of the two, with the backup taking over; it may end by itself. Locks as `seats.hold_pairings`."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from server.accounts.queries import PersonCard
from server.availability.rules.reading import read_instant
from server.buddies.actions.covers import review_cover
from server.buddies.actions.seats import hold_pairing
from server.buddies.actions.steps import announce_step, take_step
from server.buddies.actions.warmth import begin_warmth
from server.buddies.models import Pairing
from server.buddies.pairing_access import access_step
from server.buddies.pairing_errors import EndBeforeStart
from server.buddies.pairing_policies import require_take
from server.foundation.leases import lease_row


def pause_pairing(*, actor: PersonCard, pairing_id: UUID | str, until: str | None = None, now: datetime) -> Pairing:
    """Pause until an instant (RFC 3339) or until somebody resumes; a backup takes over at once.

    Raises Forbidden, NotFound, DateMalformed, EndBeforeStart, IllegalTransition. Publishes PairingMoved,
    pairing.changed, pairing.cover.
    """
    require_take(actor, "pause")
    seen = access_step(actor, pairing_id)
    end = read_instant(until) if until is not None else None
    if end is not None and end <= now:
        raise EndBeforeStart()
    with hold_pairing(seen, now=now) as pairing:
        step = take_step(pairing, "pause", actor=actor, now=now, resume_due_at=end)
        review_cover(pairing, now=now)
        announce_step(pairing, step, until=end, now=now)
    return pairing


def resume_pairing(*, actor: PersonCard, pairing_id: UUID | str, now: datetime) -> Pairing:
    """Go on after a pause, or after all instead of closing; whoever covered gives back unless the expert is away.

    Raises Forbidden, NotFound, IllegalTransition. Publishes PairingMoved, pairing.changed, pairing.cover.
    """
    require_take(actor, "resume")
    with hold_pairing(access_step(actor, pairing_id), now=now) as pairing:
        _resume(pairing, actor, now)
    return pairing


def end_due_pause(*, now: datetime) -> bool:
    """End one pause that has reached its end; say whether there was one."""
    due = lease_row(Pairing.objects.filter(state="paused"), "resume_due_at", now=now)
    if due is None:
        return False
    with hold_pairing(due, now=now) as pairing:
        if pairing.state == "paused" and pairing.resume_due_at == due.resume_due_at:
            _resume(pairing, None, now)
    return True


def _resume(pairing: Pairing, actor: PersonCard | None, now: datetime) -> None:
    before = pairing.state
    step = take_step(pairing, "resume", actor=actor, now=now, resume_due_at=None, closing_at=None)
    review_cover(pairing, now=now)
    if before == "closing":
        begin_warmth(pairing, now=now)
    announce_step(pairing, step, now=now)
