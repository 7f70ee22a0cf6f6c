"""Yes and no: to meet, in the trial, and to go on after it. Locks as `seats.hold_pairings`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR
from server.buddies.actions.following import ask_covers_again, end_predecessor
from server.buddies.actions.returning import return_to_list
from server.buddies.actions.seats import hold_pairing
from server.buddies.actions.steps import announce_step, set_columns, take_step, write_step
from server.buddies.actions.talks import begin_talk, leave_talk
from server.buddies.actions.warmth import begin_warmth, end_warmth
from server.buddies.models import Pairing
from server.buddies.pairing_access import access_step
from server.buddies.pairing_errors import IllegalTransition, PairBlocked
from server.buddies.pairing_policies import require_take
from server.buddies.pairings import list_blocks


def accept_pairing(*, actor: PersonCard, pairing_id: UUID | str, now: datetime) -> Pairing:
    """Say yes to meeting each other; the second yes takes the step.

    Said again, also when both have met by now, it changes nothing. Raises Forbidden (nobody answers for the two),
    NotFound, IllegalTransition, PairBlocked. Publishes PairingMoved, pairing.changed.
    """
    require_take(actor, "accept")
    with hold_pairing(access_step(actor, pairing_id), now=now) as pairing:
        if pairing.state not in ("proposed", "introduced"):
            raise IllegalTransition(f"accept is not possible while {pairing.state}")
        if pairing.state == "proposed":
            _say_yes(pairing, actor, now)
    return pairing


def activate_pairing(*, actor: PersonCard, pairing_id: UUID | str, now: datetime) -> Pairing:
    """Go on after the trial. Whoever of the two says so first takes the step; the other's yes is noted when it comes.

    Either may leave at any time without a reason. A coordinator, whom both have told, says it for both.

    Raises Forbidden, NotFound, IllegalTransition, PairBlocked. Publishes PairingMoved, pairing.changed.
    """
    require_take(actor, "activate")
    with hold_pairing(access_step(actor, pairing_id), now=now) as pairing:
        columns = {name: now for name in _list_sides(pairing, actor) if getattr(pairing, name) is None}
        if pairing.state == "introduced":
            _go_on(pairing, actor, columns, now)
        elif pairing.state == "active" and columns:
            Pairing.objects.filter(id=pairing.id).update(**columns)
            set_columns(pairing, columns)
        else:
            raise IllegalTransition(f"activate is not possible while {pairing.state}")
    return pairing


def decline_pairing(*, actor: PersonCard, pairing_id: UUID | str, now: datetime) -> Pairing:
    """Say no, without a reason; the youth is back on the waiting list, in their old place.

    Raises Forbidden, NotFound, IllegalTransition. Publishes PairingMoved, pairing.changed.
    """
    require_take(actor, "decline")
    with hold_pairing(access_step(actor, pairing_id), now=now) as pairing:
        _part(pairing, "decline", actor, now)
    return pairing


def withdraw_pairing(*, actor: PersonCard, pairing_id: UUID | str, now: datetime) -> Pairing:
    """Take a proposal back, as its coordinators may; the youth is back on the waiting list.

    Raises Forbidden, NotFound, IllegalTransition. Publishes PairingMoved, pairing.changed.
    """
    require_take(actor, "withdraw")
    with hold_pairing(access_step(actor, pairing_id), now=now) as pairing:
        withdraw_held(pairing, actor=actor, now=now)
    return pairing


def withdraw_held(pairing: Pairing, *, actor: PersonCard | None, now: datetime, reason: str = "") -> None:
    """Withdraw a held pairing. Raises IllegalTransition."""
    _part(pairing, "withdraw", actor, now, reason)


def _say_yes(pairing: Pairing, actor: PersonCard, now: datetime) -> None:
    column = "youth_yes_at" if actor.id == str(pairing.youth_id) else "expert_yes_at"
    if getattr(pairing, column) is not None:
        return
    _require_unblocked(pairing, now)
    Pairing.objects.filter(id=pairing.id).update(**{column: now})
    set_columns(pairing, {column: now})
    if pairing.youth_yes_at and pairing.expert_yes_at:
        _introduce(pairing, actor, now)
    else:
        announce_step(pairing, write_step(pairing, "accept", pairing.state, actor=actor, now=now), now=now)


def _introduce(pairing: Pairing, actor: PersonCard, now: datetime) -> None:
    talk = begin_talk(pairing, now=now)
    step = take_step(pairing, "introduce", actor=actor, now=now, introduced_at=now, conversation_id=talk)
    announce_step(pairing, step, now=now)


def _list_sides(pairing: Pairing, actor: PersonCard) -> list[str]:
    """Return the columns of whose yes to go on this is."""
    if actor.role == COORDINATOR:
        return ["youth_on_at", "expert_on_at"]
    return ["youth_on_at" if actor.id == str(pairing.youth_id) else "expert_on_at"]


def _go_on(pairing: Pairing, actor: PersonCard, said: dict[str, Any], now: datetime) -> None:
    """Activate; the pairing that this one follows is over by it. A cover is looked for at once."""
    _require_unblocked(pairing, now)
    step = take_step(pairing, "activate", actor=actor, now=now, active_at=now, cover_due_at=now, **said)
    begin_warmth(pairing, now=now)
    announce_step(pairing, step, now=now)
    end_predecessor(pairing, now=now)


def _part(pairing: Pairing, verb: str, actor: PersonCard | None, now: datetime, reason: str = "") -> None:
    step = take_step(pairing, verb, actor=actor, now=now, reason=reason)
    leave_talk(pairing, now=now)
    end_warmth(pairing)
    return_to_list(pairing, now=now)
    ask_covers_again(pairing, now=now)
    announce_step(pairing, step, now=now)


def _require_unblocked(pairing: Pairing, now: datetime) -> None:
    if list_blocks([str(pairing.expert_id)], str(pairing.youth_id), now=now):
        raise PairBlocked()
