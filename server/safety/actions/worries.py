"""An expert's worry: raised at any hour, told back within their hours, never left with them alone.

Lock order: the escalation (as `raise_signal`), then the worries ascending, then streams.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import YOUTH
from server.availability.queries import find_reachability
from server.foundation.errors import NotFound
from server.foundation.leases import do_due
from server.ports.registry import ask_port
from server.ports.talks import TalkKeeper
from server.realtime.streams import EventDraft, append_events
from server.safety.actions.escalations import Raised, raise_signal
from server.safety.actions.stepping import hasten_step
from server.safety.file_errors import SeqsUnknown, WorryLevel
from server.safety.file_policies import require_worry
from server.safety.models import Escalation, Worry
from server.safety.rules.help_notes import cut_note
from server.safety.rules.levels import LEVELS
from server.safety.rules.worries import CHOOSE, NOTHING, find_telling
from server.safety.states import ESCALATION

_DAY: Final = timedelta(days=1)
# Who has no hours for so long finds the news by REST.
_GIVE_UP_AFTER: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class RaisedWorry:
    """A worry, the escalation that it opened or joined, and what became of its note (`rules.help_notes`)."""

    worry: Worry
    raised: Raised
    note: str


def raise_worry(
    *,
    actor: PersonCard,
    conversation_id: UUID | str,
    level: str,
    note: str | None,
    seqs: Sequence[int],
    now: datetime,
) -> RaisedWorry:
    """Say that the actor worries about the youth in a conversation of theirs, at any hour; messages may be named.

    A note that is too long is cut. Raises Forbidden, NotFound for who is no member and where no youth is, WorryLevel,
    SeqsUnknown. Publishes what `raise_signal` publishes. Locks in the order of this module.
    """
    require_worry(actor)
    youth_id = _require_youth(actor, conversation_id, seqs, now)
    if level not in LEVELS:
        raise WorryLevel()
    kept, fate = cut_note(note)
    with transaction.atomic():
        raised = raise_signal(
            team_id=actor.team_id,
            youth_id=youth_id,
            kind="worry",
            level=level,
            by=actor,
            conversation_id=str(conversation_id),
            seqs=tuple(sorted(set(seqs))),
            note=kept,
            now=now,
        )
        return RaisedWorry(_note_worry(actor, conversation_id, raised.escalation, now), raised, fate)


def hand_over_worry(*, actor: PersonCard, worry_id: UUID | str, now: datetime) -> Worry:
    """Leave a worry to the coordinators: the actor has nothing to do any more. Idempotent.

    While nobody has picked it up, the next step of its chain is due at once. Raises Forbidden, NotFound. Locks the
    escalation, then the worry.
    """
    require_worry(actor)
    with transaction.atomic():
        found = access_worry(actor, worry_id)
        if found.handed_at is None:
            _hasten(found.escalation_id, now)
        worry = Worry.objects.select_for_update(no_key=True).get(id=found.id)
        worry.handed_at = worry.handed_at or now
        worry.save(update_fields=("handed_at",))
        return worry


def access_worry(actor: PersonCard, worry_id: UUID | str) -> Worry:
    """Return the actor's own worry. Raises NotFound for any other, and for none."""
    worry = Worry.objects.filter(id=worry_id, expert_id=actor.id).first()
    if worry is None:
        raise NotFound()
    return worry


def note_moves(*, escalation_ids: Iterable[object], now: datetime) -> None:
    """Plan what the experts who worried are to be told about these escalations, as they stand now. Idempotent.

    What was picked up and then let go is told anew when somebody picks it up again. Locks the escalations, then the
    worries, ascending.
    """
    with transaction.atomic():
        held = Escalation.objects.select_for_update(no_key=True).filter(id__in=list(escalation_ids))
        known = {one.id: one for one in held.order_by("id")}
        rows = Worry.objects.select_for_update(no_key=True).filter(escalation_id__in=list(known)).order_by("id")
        for worry in rows:
            telling = find_telling(find_seen_state(worry, known[worry.escalation_id]))
            if telling == NOTHING:
                worry.told, worry.tell_at = NOTHING, None
            elif telling != worry.told:
                worry.tell_at = now
            worry.save(update_fields=("told", "tell_at"))


def ask_to_choose(*, person_ids: Iterable[str], now: datetime) -> int:
    """Tell experts whose hours end that a worry of theirs was not picked up yet, and make its next step due at once.

    Once for each worry; return how many. Publishes worry.choose. Locks the escalations, then the worries, then streams.
    """
    open_ones = Escalation.objects.filter(state=ESCALATION.start).values("id")
    waiting = Worry.objects.filter(expert_id__in=list(person_ids), hurried_at=None, handed_at=None)
    chosen = list(waiting.filter(escalation_id__in=open_ones).order_by("escalation_id"))
    for worry in chosen:
        with transaction.atomic():
            _hasten(worry.escalation_id, now)
            if Worry.objects.filter(id=worry.id, hurried_at=None).update(hurried_at=now):
                append_events([draft_worry(worry, CHOOSE)], now=now)
    return len(chosen)


def tell_worry(*, now: datetime) -> bool:
    """Tell one expert what became of their worry, if it is within their hours; else plan it for their next opening.

    False when nobody is to be told anything. Publishes worry.picked_up or worry.released. Locks the worry, then the
    stream.
    """
    return do_due(Worry.objects.all(), "tell_at", partial(_tell, now=now), now=now)


def _tell(worry: Worry, now: datetime) -> None:
    hours = find_reachability(worry.expert_id, now)
    if hours.open:
        escalation = Escalation.objects.get(id=worry.escalation_id)
        worry.told, worry.tell_at = find_telling(find_seen_state(worry, escalation)), None
        append_events([draft_worry(worry, worry.told)] if worry.told else [], now=now)
    else:
        worry.tell_at = find_next_try(worry.raised_at, hours.next_opening, now)
    worry.save(update_fields=("told", "tell_at"))


def find_seen_state(worry: Worry, escalation: Escalation) -> str:
    """Return how an escalation stands as far as the expert may know: what changed before they worried is not theirs."""
    return escalation.state if escalation.changed_at >= worry.raised_at else ESCALATION.start


def find_next_try(since: datetime, opening: datetime | None, now: datetime) -> datetime | None:
    """Return when to tell somebody who cannot be told now; None when it is given up after a month."""
    return (opening or now + _DAY) if now - since < _GIVE_UP_AFTER else None


def draft_worry(worry: Worry, telling: str) -> EventDraft:
    """Return the event that tells an expert."""
    refs = {"worry": str(worry.id), "escalation": str(worry.escalation_id)}
    return EventDraft(str(worry.expert_id), f"worry.{telling}", str(worry.conversation_id), None, refs)


def _require_youth(actor: PersonCard, conversation_id: UUID | str, seqs: Sequence[int], now: datetime) -> str:
    """Return the youth of a conversation that the actor is in and whose messages they can see."""
    keeper: TalkKeeper = ask_port(TalkKeeper)
    view = keeper.find_view(person_id=actor.id, conversation_id=str(conversation_id), now=now)
    talk = keeper.find_talk(str(conversation_id))
    if view is None or talk is None:
        raise NotFound()
    youths = [one.id for one in list_cards(talk.member_ids).values() if one.role == YOUTH]
    if len(youths) != 1:
        raise NotFound()
    if not all(view[0] < seq <= view[1] for seq in seqs):
        raise SeqsUnknown()
    return youths[0]


def _note_worry(actor: PersonCard, conversation_id: UUID | str, escalation: Escalation, now: datetime) -> Worry:
    """Return the actor's worry about this escalation, made where there is none."""
    values = {"conversation_id": UUID(str(conversation_id)), "raised_at": now}
    worry, new = Worry.objects.get_or_create(expert_id=UUID(actor.id), escalation_id=escalation.id, defaults=values)
    if not new and (worry.hurried_at or worry.handed_at):
        worry.hurried_at = worry.handed_at = None
        worry.save(update_fields=("hurried_at", "handed_at"))
    return worry


def _hasten(escalation_id: UUID, now: datetime) -> None:
    """Let whoever comes next in the chain be called now, if nobody has picked the escalation up yet."""
    rows = Escalation.objects.select_for_update(no_key=True)
    hasten_step(rows.get(id=escalation_id), now=now)
