"""An expert's follow-up notes and the introduction talk. Locks as `seats.hold_pairings`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import EXPERT
from server.buddies.actions.seats import hold_pairing
from server.buddies.actions.steps import set_columns
from server.buddies.actions.texts import write_text
from server.buddies.models import Pairing, PairingText
from server.buddies.pairing_access import access_answering, access_step
from server.buddies.pairing_errors import IllegalTransition, ItemUnknown
from server.buddies.pairing_policies import require_role
from server.buddies.rules.introduction import INTRODUCTION, list_unknown

MOST_NOTES: Final = 50


def add_note(*, actor: PersonCard, pairing_id: UUID | str, words: str, now: datetime) -> PairingText:
    """Note what to come back to: "last week you were anxious about the exam". Only who answers the youth reads it.

    Raises Forbidden, NotFound unless the actor answers this youth, WordsEmpty, WordsTooLong.
    """
    require_role(actor, EXPERT)
    seen = access_answering(actor, pairing_id)
    with hold_pairing(seen, now=now) as pairing:
        return write_text(pairing, "note", actor, words, now=now)


def list_notes(actor: PersonCard, pairing_id: UUID | str) -> list[PairingText]:
    """Return the follow-up notes of a pairing, the newest first, MOST_NOTES at most.

    Raises Forbidden, NotFound unless the actor answers this youth.
    """
    require_role(actor, EXPERT)
    pairing = access_answering(actor, pairing_id)
    found = PairingText.objects.select_related("pairing").filter(pairing=pairing, kind="note")
    return list(found.order_by("-written_at", "-id")[:MOST_NOTES])


def tick_introduction(*, actor: PersonCard, pairing_id: UUID | str, items: Sequence[str], now: datetime) -> Pairing:
    """Say, as the expert, which items of the introduction talk were talked about.

    Raises Forbidden, NotFound, ItemUnknown, IllegalTransition outside the trial and what follows it.
    """
    require_role(actor, EXPERT)
    seen = access_step(actor, pairing_id)
    if list_unknown(items):
        raise ItemUnknown()
    with hold_pairing(seen, now=now) as pairing:
        if pairing.state not in ("introduced", "active", "paused"):
            raise IllegalTransition(f"the introduction is not possible while {pairing.state}")
        ticked = [item for item in INTRODUCTION if item in items]
        Pairing.objects.filter(id=pairing.id).update(introduction=ticked)
        set_columns(pairing, {"introduction": ticked})
    return pairing
