"""Reporting a message or a person: a signal of its own, of which the one reported hears nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import COORDINATOR, YOUTH
from server.foundation.errors import NotFound
from server.foundation.ids import make_id
from server.ports.registry import ask_port
from server.ports.talks import TalkCard, TalkKeeper
from server.safety.actions.escalations import raise_signal
from server.safety.complaint_errors import ReportNothingNamed
from server.safety.complaint_policies import require_complain
from server.safety.models import Joining, Report
from server.safety.rules.complaints import read_note
from server.safety.rules.levels import CONCERN


@dataclass(frozen=True, slots=True)
class _Named:
    """What a report points at: one message, or one person, of a conversation."""

    talk: TalkCard
    seq: int | None
    person_id: str | None


def report(
    *,
    actor: PersonCard,
    conversation_id: UUID | str | None,
    seq: int | None,
    person_id: UUID | str | None,
    note: str | None,
    now: datetime,
) -> Report:
    """Point the coordinators at a message that the actor may see, or at a person in a conversation of theirs.

    Nobody in the conversation hears of it. A coordinator who is in it, or who wrote the message and has left, is left
    out of the escalation, since it may be about them. Raises Forbidden, ReportNothingNamed, ReportNoteTooLong,
    NotFound. Publishes what `raise_signal` publishes, and locks as it does.
    """
    require_complain(actor)
    words = read_note(note)
    named = _access_named(actor, conversation_id, seq, person_id, now)
    cards = list_cards(named.talk.member_ids)
    youths = [one.id for one in cards.values() if one.role == YOUTH]
    report_id = make_id()
    with transaction.atomic():
        raised = raise_signal(
            team_id=actor.team_id,
            youth_id=youths[0] if len(youths) == 1 else None,
            kind="report",
            level=CONCERN,
            by=actor,
            conversation_id=named.talk.id,
            seqs=() if named.seq is None else (named.seq,),
            note=words,
            key=f"report:{report_id}",
            excluded=_list_meant(named),
            now=now,
        )
        return Report.objects.create(
            id=report_id,
            team_id=UUID(actor.team_id),
            reporter_id=UUID(actor.id),
            conversation_id=UUID(named.talk.id),
            seq=named.seq,
            person_id=UUID(named.person_id) if named.person_id else None,
            escalation_id=raised.escalation.id,
            at=now,
        )


def _list_meant(named: _Named) -> list[str]:
    """Return the coordinators whom a report may be about: those present, and who wrote the message.

    Of a message whose sender is not known any more, all who ever joined the conversation.
    """
    present = [one.id for one in list_cards(named.talk.member_ids).values() if one.role == COORDINATOR]
    if named.seq is None:
        return sorted(present)
    keeper: TalkKeeper = ask_port(TalkKeeper)
    sender = keeper.find_sender(conversation_id=named.talk.id, seq=named.seq)
    if sender is None:
        joined = Joining.objects.filter(conversation_id=named.talk.id).values_list("coordinator_id", flat=True)
        return sorted({*present, *map(str, joined)})
    wrote = [one.id for one in list_cards([sender]).values() if one.role == COORDINATOR]
    return sorted({*present, *wrote})


def _access_named(
    actor: PersonCard,
    conversation_id: UUID | str | None,
    seq: int | None,
    person_id: UUID | str | None,
    now: datetime,
) -> _Named:
    """Return what is pointed at. Raises ReportNothingNamed, NotFound for what the actor cannot see."""
    if (conversation_id is None) != (seq is None) or (seq is None) == (person_id is None):
        raise ReportNothingNamed()
    if conversation_id is not None and seq is not None:
        return _Named(_access_message(actor, str(conversation_id), seq, now), seq, None)
    return _Named(_access_fellow(actor, str(person_id)), None, str(person_id))


def _access_message(actor: PersonCard, conversation_id: str, seq: int, now: datetime) -> TalkCard:
    keeper: TalkKeeper = ask_port(TalkKeeper)
    view = keeper.find_view(person_id=actor.id, conversation_id=conversation_id, now=now)
    talk = keeper.find_talk(conversation_id)
    if view is None or talk is None or not view[0] < seq <= view[1]:
        raise NotFound()
    return talk


def _access_fellow(actor: PersonCard, person_id: str) -> TalkCard:
    keeper: TalkKeeper = ask_port(TalkKeeper)
    shared = (talk for talk in keeper.list_talks_of([actor.id])[actor.id] if person_id in talk.member_ids)
    talk = next(shared, None)
    if talk is None or person_id == actor.id:
        raise NotFound()
    return talk
