"""Changing buddy, and what the youth takes along to the next. Locks as `seats.hold_pairings`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR, EXPERT, YOUTH
from server.buddies.actions.covers import end_cover, review_cover
from server.buddies.actions.following import end_predecessor
from server.buddies.actions.returning import promise_another
from server.buddies.actions.seats import get_talks, hold_pairing
from server.buddies.actions.steps import announce_step, set_columns, take_step
from server.buddies.actions.texts import write_text
from server.buddies.actions.warmth import end_warmth
from server.buddies.models import Pairing, PairingText
from server.buddies.models.pairings import MOVES
from server.buddies.pairing_access import access_step
from server.buddies.pairing_errors import IllegalTransition, MovesUnknown
from server.buddies.pairing_policies import require_role, require_take
from server.buddies.states import GOES_ON
from server.foundation.errors import Forbidden, NotFound


def change_buddy(*, actor: PersonCard, pairing_id: UUID | str, moves: str | None = None, now: datetime) -> Pairing:
    """Part the two, without a reason: the expert is out at once, and somebody else is promised within a working day.

    It serves an expert who hands back as well. What moves along is the youth's to say, now or in `choose_moves`;
    without a word nothing does. Raises Forbidden, NotFound, MovesUnknown, IllegalTransition. Publishes PairingMoved,
    pairing.changed, pairing.cover, member.changed.
    """
    require_take(actor, "change")
    seen = access_step(actor, pairing_id)
    _require_moves(actor, moves)
    with hold_pairing(seen, now=now) as pairing:
        part_pairing(pairing, actor=actor, moves=moves, now=now)
    return pairing


def part_pairing(
    pairing: Pairing, *, actor: PersonCard | None, moves: str | None = None, now: datetime, reason: str = ""
) -> None:
    """Put a held pairing into rematch; the one that it follows is over by it. Raises IllegalTransition."""
    columns: dict[str, Any] = {"left_at": now, "resume_due_at": None} | ({"moves": moves} if moves else {})
    step = take_step(pairing, "change", actor=actor, now=now, reason=reason, **columns)
    end_cover(pairing, now=now)
    if pairing.conversation_id is not None:
        talk = str(pairing.conversation_id)
        get_talks().dismiss(conversation_id=talk, person_id=str(pairing.expert_id), now=now)
    end_predecessor(pairing, now=now)
    review_cover(pairing, now=now)
    end_warmth(pairing)
    handed_back = step.reason == "handed_back"
    promise_another(pairing, handed_back=handed_back, now=now)
    announce_step(pairing, step, now=now)


def choose_moves(*, actor: PersonCard, pairing_id: UUID | str, moves: str, now: datetime) -> Pairing:
    """Choose, as the youth, what moves along to the next buddy: nothing, a note, or the history.

    Possible until the next pairing has begun. Raises Forbidden, NotFound, MovesUnknown, IllegalTransition.
    """
    require_role(actor, YOUTH)
    seen = access_step(actor, pairing_id)
    _require_moves(actor, moves)
    with hold_pairing(seen, now=now) as pairing:
        if pairing.state not in (*GOES_ON, "rematch"):
            raise IllegalTransition(f"a choice is not possible while {pairing.state}")
        Pairing.objects.filter(id=pairing.id).update(moves=moves)
        set_columns(pairing, {"moves": moves})
    return pairing


def write_handover_note(*, actor: PersonCard, pairing_id: UUID | str, words: str, now: datetime) -> PairingText:
    """Write what the next buddy should know; each change of it wants the youth's approval anew.

    By the expert (also after they left) or a coordinator. Raises Forbidden, NotFound, WordsEmpty, WordsTooLong,
    IllegalTransition.
    """
    require_role(actor, EXPERT, COORDINATOR)
    seen = access_step(actor, pairing_id)
    with hold_pairing(seen, now=now) as pairing:
        if pairing.state not in (*GOES_ON, "rematch"):
            raise IllegalTransition(f"a note is not possible while {pairing.state}")
        return write_text(pairing, "handover", actor, words, replace=True, now=now)


def approve_handover_note(*, actor: PersonCard, pairing_id: UUID | str, revision: int, now: datetime) -> PairingText:
    """Approve, as the youth, the note as it was read: that revision of it. Said again it changes nothing.

    Raises Forbidden, NotFound when there is no note of this revision.
    """
    require_role(actor, YOUTH)
    seen = access_step(actor, pairing_id)
    with hold_pairing(seen, now=now) as pairing:
        note = PairingText.objects.filter(pairing=pairing, kind="handover", revision=revision).first()
        if note is None:
            raise NotFound()
        if note.approved_at is None:
            note.approved_at = now
            note.save(update_fields=["approved_at"])
        return note


def access_handover_note(actor: PersonCard, pairing_id: UUID | str) -> PairingText | None:
    """Return the note that the actor may read at this pairing, None when there is none for them.

    Its own, for the youth, its expert and the coordinator. Its predecessor's, for an expert who has been introduced:
    if the youth takes a note along and has approved it. Raises NotFound, Forbidden for a backup.
    """
    pairing = access_step(actor, pairing_id)
    own = PairingText.objects.filter(pairing=pairing, kind="handover").first()
    if actor.role != EXPERT or own is not None:
        return own
    before = pairing.successor_of
    if before is None or before.moves != "note" or pairing.state not in GOES_ON:
        return None
    return PairingText.objects.filter(pairing=before, kind="handover", approved_at__isnull=False).first()


def _require_moves(actor: PersonCard, moves: str | None) -> None:
    if moves is None:
        return
    if actor.role != YOUTH:
        raise Forbidden(extra={"reason": "moves"})
    if moves not in MOVES:
        raise MovesUnknown()
