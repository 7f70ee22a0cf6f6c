"""What the safety room does about facts. They come at least once and in any order: each handler is idempotent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.accounts.queries import list_cards
from server.accounts.rules.roles import YOUTH
from server.availability.rules.reading import read_instant
from server.events.facts import CapReached, EscalationMoved, HoursEnding, MessageAccepted, PairingMoved, YouthWentSilent
from server.safety.actions.care import ask_how_it_was
from server.safety.actions.desks import show_at_desks
from server.safety.actions.escalations import raise_signal
from server.safety.actions.silence import Turn, note_turns, renew_silence, stop_silence
from server.safety.actions.worries import ask_to_choose, note_moves

_CLOSED = "closed"


def on_message_accepted(facts: Sequence[MessageAccepted], now: datetime) -> None:
    """Start and stop the clocks of unanswered messages. As many statements for one fact as for a batch."""
    cards = list_cards({fact.sender_id for fact in facts})
    turns = [
        Turn(
            fact.conversation_id,
            fact.seq,
            fact.sender_id,
            cards[fact.sender_id].role == YOUTH,
            read_instant(fact.at) if fact.at else now,
        )
        for fact in facts
        if fact.sender_id in cards
    ]
    note_turns(turns=turns, now=now)


def on_pairing_moved(facts: Sequence[PairingMoved], now: datetime) -> None:
    """Let nothing wait in the conversation of a pairing that was closed."""
    closed = {fact.conversation_id for fact in facts if fact.to_state == _CLOSED and fact.conversation_id is not None}
    if closed:
        stop_silence(conversation_ids=closed, now=now)


def on_youth_went_silent(facts: Sequence[YouthWentSilent], now: datetime) -> None:
    """Tell the coordinators of a youth whom nobody heard for days, once for each time that they went silent."""
    for fact in facts:
        raise_signal(
            team_id=fact.team_id,
            youth_id=fact.youth_id,
            kind="quiet_youth",
            level="concern",
            by=None,
            conversation_id=fact.conversation_id,
            key=f"quiet:{fact.pairing_id}:{fact.days}:{now.date().isoformat()}",
            now=now,
        )


def on_hours_ending(facts: Sequence[HoursEnding], now: datetime) -> None:
    """Have experts hand over the worries that nobody has picked up before their hours end."""
    ask_to_choose(person_ids={fact.person_id for fact in facts}, now=now)


def on_cap_reached(facts: Sequence[CapReached], now: datetime) -> None:
    """The same for experts who have reached a cap: they wrote a moment ago."""
    ask_to_choose(person_ids={fact.person_id for fact in facts}, now=now)


def on_escalation_moved(facts: Sequence[EscalationMoved], now: datetime) -> None:
    """Let every desk follow; plan what experts who worried are told; when it has ended, ask how it was and let silences
    count anew."""
    ids = {fact.escalation_id for fact in facts}
    show_at_desks(escalation_ids=ids, now=now)
    renew_silence(escalation_ids=ids, now=now)
    note_moves(escalation_ids=ids, now=now)
    ask_how_it_was(escalation_ids=ids, now=now)
