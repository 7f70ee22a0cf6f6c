"""What a pairing means for the one that it follows, which is in rematch meanwhile. The caller holds both."""

from __future__ import annotations

from datetime import datetime

from server.buddies.actions.steps import announce_step, take_step
from server.buddies.actions.talks import leave_talk
from server.buddies.models import Pairing


def end_predecessor(pairing: Pairing, *, now: datetime) -> None:
    """End the pairing that this one follows, if it is still in rematch: it has been taken over for good.

    Publishes PairingMoved, pairing.changed, pairing.cover, conv.closed unless the youth goes on in its conversation.
    """
    before = pairing.successor_of
    if before is None or before.state != "rematch":
        return
    step = take_step(before, "end", actor=None, now=now, reason="succeeded", cover_due_at=None)
    leave_talk(before, now=now)
    announce_step(before, step, now=now)


def ask_covers_again(pairing: Pairing, *, now: datetime) -> None:
    """Look soon at who covers for the one before: they gave way to this one, which has come to nothing."""
    Pairing.objects.filter(successors=pairing, state="rematch").update(cover_due_at=now)
