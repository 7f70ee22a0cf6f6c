"""The end as a planned goodbye: closing, what each of the two looks back on, closed; and the door back in.

Locks as `seats.hold_pairings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import EXPERT, YOUTH
from server.buddies.actions.covers import review_cover
from server.buddies.actions.following import ask_covers_again
from server.buddies.actions.requests import open_request
from server.buddies.actions.seats import hold_pairing, lock_requests, lock_seats
from server.buddies.actions.steps import announce_step, take_step
from server.buddies.actions.talks import leave_talk
from server.buddies.actions.texts import require_words, store_text, write_text
from server.buddies.actions.warmth import end_warmth
from server.buddies.models import BuddyRequest, Pairing, PairingText
from server.buddies.pairing_access import access_step
from server.buddies.pairing_errors import IllegalTransition, ScoreMalformed, YouthTaken
from server.buddies.pairing_policies import require_role, require_take
from server.buddies.rules.effects import find_misfit
from server.buddies.rules.kinds import ENDED
from server.buddies.states import SEATED
from server.buddies.team_settings import get_buddy_settings


def close_pairing(*, actor: PersonCard, pairing_id: UUID | str, words: str | None = None, now: datetime) -> Pairing:
    """Begin the goodbye; from closing, or from rematch, end the pairing. `words` are for the other to keep.

    The expert has no part any more in a pairing in rematch. Raises Forbidden, NotFound, IllegalTransition, WordsEmpty,
    WordsTooLong. Publishes PairingMoved, pairing.changed, conv.closed at the end.
    """
    require_take(actor, "close")
    with hold_pairing(access_step(actor, pairing_id), now=now) as pairing:
        if pairing.state == "rematch" and actor.role == EXPERT:
            raise IllegalTransition("close is not possible while rematch")
        close_held(pairing, actor=actor, now=now)
        if words is not None:
            write_text(pairing, "goodbye", actor, words, now=now)
    return pairing


def close_held(pairing: Pairing, *, actor: PersonCard | None, now: datetime, reason: str = "") -> None:
    """Take a held pairing one step nearer to its end. Raises IllegalTransition."""
    if pairing.state in ("closing", "rematch"):
        step = take_step(pairing, "end", actor=actor, now=now, reason=reason, cover_due_at=None)
        leave_talk(pairing, now=now)
        ask_covers_again(pairing, now=now)
    else:
        columns = {"closing_at": now, "resume_due_at": None}
        step = take_step(pairing, "close", actor=actor, now=now, reason=reason, **columns)
        review_cover(pairing, now=now)
    end_warmth(pairing)
    announce_step(pairing, step, now=now)


def answer_closing(
    *, actor: PersonCard, pairing_id: UUID | str, scores: Sequence[Mapping[str, Any]], words: str | None, now: datetime
) -> PairingText:
    """Look back, as one of the two, while the pairing closes: scores by area, and words; all of it may be skipped.

    Answered again it replaces the earlier answer. Raises Forbidden, NotFound, ScoreMalformed, WordsEmpty, WordsTooLong,
    IllegalTransition.
    """
    require_role(actor, YOUTH, EXPERT)
    seen = access_step(actor, pairing_id)
    misfit = find_misfit(scores)
    if misfit is not None:
        raise ScoreMalformed(misfit[:40])
    value = {"scores": list(scores), "words": require_words(words) if words is not None else ""}
    with hold_pairing(seen, now=now) as pairing:
        if pairing.state != "closing":
            raise IllegalTransition(f"looking back is not possible while {pairing.state}")
        return store_text(pairing, "closing", actor, value, replace=True, now=now)


def access_closing(actor: PersonCard, pairing_id: UUID | str) -> tuple[Pairing, PairingText | None, list[PairingText]]:
    """Return, for one of the two, the pairing, their own answers at its closing, and the words of goodbye.

    Raises Forbidden, NotFound.
    """
    require_role(actor, YOUTH, EXPERT)
    pairing = access_step(actor, pairing_id)
    texts = PairingText.objects.select_related("pairing").filter(pairing=pairing)
    own = texts.filter(kind="closing", author_id=actor.id).first()
    return pairing, own, list(texts.filter(kind="goodbye").order_by("written_at", "id"))


def ask_again(*, actor: PersonCard, now: datetime) -> BuddyRequest:
    """Ask for a buddy, as a youth: the door back in. Who waits already goes on waiting.

    Raises Forbidden, YouthTaken. Locks the youth's seat, then their entry on the list.
    """
    require_role(actor, YOUTH)
    with transaction.atomic():
        lock_seats([actor.id])
        lock_requests([actor.id])
        seated = Pairing.objects.filter(youth_id=actor.id, state__in=SEATED).count()
        if seated >= get_buddy_settings(actor.team_id).pairings_per_youth:
            raise YouthTaken()
        return open_request(team_id=actor.team_id, youth_id=actor.id, reason=ENDED, now=now)
