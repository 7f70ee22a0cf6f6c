"""One step of a pairing: the conditional write, its row, its fact, and who hears of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR
from server.availability.actions.telling import tell
from server.buddies.events import CHANGED
from server.buddies.models import Pairing, PairingStep
from server.buddies.pairing_errors import PairingChanged
from server.buddies.pairings import find_cover
from server.buddies.rules.life import SYSTEM, UNSIGNED, find_reason
from server.buddies.states import PAIRING
from server.events.facts import PairingMoved
from server.events.outbox import record_facts
from server.foundation.clock import format_instant
from server.realtime.streams import EventDraft


def take_step(
    pairing: Pairing, verb: str, *, actor: PersonCard | None, now: datetime, reason: str = "", **columns: Any
) -> PairingStep:
    """Move a held pairing by one conditional update and write the step down. `actor` None: the server itself.

    Raises IllegalTransition, PairingChanged.
    """
    before, after = pairing.state, PAIRING.require_step(verb, pairing.state)
    columns |= {"state": after} | ({"ended_at": now} if after in PAIRING.ends else {})
    if Pairing.objects.filter(id=pairing.id, state=before).update(**columns) != 1:
        raise PairingChanged()
    set_columns(pairing, columns)
    return write_step(pairing, verb, before, actor=actor, now=now, reason=reason)


def write_step(
    pairing: Pairing, verb: str, before: str, *, actor: PersonCard | None, now: datetime, reason: str = ""
) -> PairingStep:
    """Write down a step that was taken; its number follows the last one's."""
    role = actor.role if actor else SYSTEM
    return PairingStep.objects.create(
        pairing=pairing,
        number=PairingStep.objects.filter(pairing=pairing).count() + 1,
        verb=verb,
        from_state=before,
        to_state=pairing.state,
        by=role,
        actor_id=actor.id if actor else None,
        at=now,
        reason=reason or find_reason(verb, role),
    )


def announce_step(
    pairing: Pairing, step: PairingStep, *, until: datetime | None = None, told: Iterable[object] = (), now: datetime
) -> None:
    """Record the fact of a step and mark it for the two, the coordinator, who covers, and whoever else is `told`.

    An expert who has left hears of their leaving, and of nothing after it.
    Publishes PairingMoved when the state is another; pairing.changed into their logs.
    """
    cover = find_cover(pairing.id)
    covering = cover.cover_id if cover else None
    if step.from_state != step.to_state:
        record_facts([_make_fact(pairing, step, str(covering or pairing.expert_id))], now=now)
    expert = pairing.expert_id if pairing.left_at is None or step.verb == "change" else None
    people = {pairing.youth_id, expert, pairing.coordinator_id, covering, *told} - {None}
    tell([_make_mark(pairing, step, str(one), until) for one in sorted(people, key=str)], now=now)


def set_columns(pairing: Pairing, columns: dict[str, Any]) -> None:
    """Show on the instance what was written to its row."""
    for name, value in columns.items():
        setattr(pairing, name, value)


def _make_fact(pairing: Pairing, step: PairingStep, expert_id: str) -> PairingMoved:
    return PairingMoved(
        pairing_id=str(pairing.id),
        team_id=str(pairing.team_id),
        youth_id=str(pairing.youth_id),
        expert_id=expert_id,
        conversation_id=str(pairing.conversation_id) if pairing.conversation_id else None,
        verb=step.verb,
        from_state=step.from_state,
        to_state=step.to_state,
        at=format_instant(step.at),
    )


def _make_mark(pairing: Pairing, step: PairingStep, person_id: str, until: datetime | None) -> EventDraft:
    signed = step.verb not in UNSIGNED or person_id == str(pairing.coordinator_id)
    refs: dict[str, Any] = {"pairing": str(pairing.id), "state": step.to_state, "verb": step.verb}
    refs |= {"who": step.by} if signed or step.by in (COORDINATOR, SYSTEM) else {}
    refs |= {"until": format_instant(until)} if until else {}
    conversation = str(pairing.conversation_id) if pairing.conversation_id else None
    return EventDraft(person_id, CHANGED, conversation, None, refs)
