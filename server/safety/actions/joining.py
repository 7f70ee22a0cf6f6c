"""The coordinator in the conversation: joining it visibly or opening a line of their own, taking over, handing back.

Lock order: the escalation → its pages → hours → conversations → memberships → streams → the audit's stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from server.accounts.queries import PersonCard, list_cards
from server.audit.actions import record_entries
from server.availability.actions.telling import tell
from server.foundation.database import as_texts
from server.foundation.ids import make_id
from server.ports.registry import ask_port
from server.ports.talks import TalkCard, TalkKeeper
from server.realtime.streams import EventDraft
from server.safety.access import lock_escalation
from server.safety.actions.escalations import begin_escalation, note_work
from server.safety.actions.moving import is_known_to_youth, list_paged, record_move
from server.safety.actions.pages import lock_waiting_pages
from server.safety.actions.stepping import look_again
from server.safety.joining_queries import HANDED_BACK, JOINED, TAKEN_OVER, find_company_talk, list_experts
from server.safety.models import Escalation, Joining
from server.safety.reading_audit import make_conversation_entry
from server.safety.reading_errors import NotJoined, NotTakenOver
from server.safety.rules.joining import HELP, find_shown
from server.safety.rules.levels import EMERGENCY
from server.safety.states import ACTIVE, TAKEN

_LINE = "line"


def join_escalation(
    *, actor: PersonCard, escalation_id: UUID | str, private: bool = False, now: datetime
) -> tuple[Escalation, Joining | None]:
    """Be at work on an escalation, in its conversation: everybody in it sees who came, and why.

    The coordinator reads only what comes after. With `private`, or when there is no conversation that goes on, a line
    of the coordinator's own with the youth is opened. Without a youth there is nothing to join (None). Again by the
    same person it changes nothing. Raises Forbidden, NotFound, IllegalTransition. Publishes EscalationMoved,
    escalation.joined. Locks in the order of this module.
    """
    with transaction.atomic():
        escalation = lock_escalation(actor, escalation_id)
        lock_waiting_pages(escalation)
        talk = None if private else find_company_talk(escalation)
        _lock(escalation, talk, actor, now)
        escalation = begin_escalation(actor=actor, escalation_id=escalation_id, now=now)
        if escalation.youth_id is None:
            return escalation, None
        joining = _find_own(escalation, actor, private=talk is None)
        if joining is None:
            joining = _come_in(escalation, talk, actor, now)
        return escalation, joining


def take_over(*, actor: PersonCard, escalation_id: UUID | str, now: datetime) -> Joining:
    """Answer instead of the expert, who is told that they need not do anything now. Idempotent.

    Nobody is shut out: the expert still reads and may write. Raises Forbidden, NotFound, NotJoined. Publishes
    EscalationMoved, escalation.taken_over to experts, at the latest when their hours begin. Locks in the order of this
    module.
    """
    with transaction.atomic():
        escalation, joining = _lock_own(actor, escalation_id)
        if joining.took_over_at is None or joining.handed_back_at is not None:
            joining.took_over_at, joining.handed_back_at = now, None
            joining.save(update_fields=["took_over_at", "handed_back_at"])
            _note_and_tell(escalation, joining, "take_over", TAKEN_OVER, actor, now)
    return joining


def hand_back(*, actor: PersonCard, escalation_id: UUID | str, now: datetime) -> Joining:
    """Let the expert answer again. Raises Forbidden, NotFound, NotJoined, NotTakenOver.

    Publishes EscalationMoved, escalation.handed_back to experts in the same way. Locks in the order of this module.
    """
    with transaction.atomic():
        escalation, joining = _lock_own(actor, escalation_id)
        if joining.took_over_at is None or joining.handed_back_at is not None:
            raise NotTakenOver()
        joining.handed_back_at = now
        joining.save(update_fields=["handed_back_at"])
        _note_and_tell(escalation, joining, "hand_back", HANDED_BACK, actor, now)
    return joining


def leave_ended(*, escalation_ids: Iterable[object], now: datetime) -> None:
    """Take the coordinators out of the conversations of escalations that have ended, and close their own lines.

    Whoever took over hands back with it. Idempotent; one that was reopened meanwhile keeps its coordinators. Publishes
    escalation.handed_back. Locks in the order of this module, of each kind all rows at once.
    """
    with transaction.atomic():
        rows = Escalation.objects.select_for_update(no_key=True).filter(id__in=as_texts(escalation_ids)).order_by("id")
        ended = [one.id for one in rows if one.state not in ACTIVE]
        staying = list(Joining.objects.filter(escalation_id__in=ended, left_at=None).order_by("id"))
        if staying:
            _leave(staying, now)


def leave_work(*, person_ids: Iterable[object], for_good: bool, now: datetime) -> None:
    """Let go of what people who may no longer answer had in hands, and take them out of every conversation that they
    joined: their own lines are closed, whoever took over hands back with it.

    What they had in hands is looked at again now, by a worker (`stepping.run_step`): it is open again and its chain
    goes on. `for_good` takes them out of their lines too, those that were closed before included: what a youth wrote
    there is not theirs to read any more. Idempotent. Publishes escalation.handed_back. Locks as `leave_ended`.
    """
    people = as_texts(person_ids)
    joined = Joining.objects.filter(coordinator_id__in=people).order_by("id")
    concerned = Q(handler_id__in=people, state__in=TAKEN) | Q(id__in=joined.values("escalation_id"))
    with transaction.atomic():
        locked = list(Escalation.objects.select_for_update(no_key=True).filter(concerned).order_by("id"))
        look_again([one.id for one in locked if str(one.handler_id) in people], now=now)
        theirs = joined.filter(escalation_id__in=[one.id for one in locked])
        found = [one for one in theirs if one.left_at is None or (for_good and one.private)]
        if found:
            _lock_places(found, now)
            for one in found if for_good else ():
                _keeper().dismiss(conversation_id=str(one.conversation_id), person_id=str(one.coordinator_id), now=now)
            _leave([one for one in found if one.left_at is None], now)


# --- coming and going


def _lock(escalation: Escalation, talk: TalkCard | None, actor: PersonCard, now: datetime) -> None:
    """Lock all that follows at once: the conversation, and the streams of everybody who hears of it."""
    heard = {actor.id, *list_paged(escalation), *(talk.member_ids if talk else ())}
    heard |= {str(one) for one in (escalation.youth_id, escalation.handler_id) if one is not None}
    _keeper().lock_talks(person_ids=sorted(heard), conversation_ids=[talk.id] if talk else [], now=now)


def _come_in(escalation: Escalation, talk: TalkCard | None, actor: PersonCard, now: datetime) -> Joining:
    youth_id = str(escalation.youth_id)
    if talk is None:
        members = [youth_id, actor.id]
        place = _keeper().open_talk(team_id=actor.team_id, kind=_LINE, member_ids=members, now=now)
    else:
        place = talk.id
        _keeper().admit(conversation_id=place, person_id=actor.id, from_start=False, now=now)
    joining = Joining.objects.create(
        id=make_id(),
        escalation_id=escalation.id,
        team_id=escalation.team_id,
        youth_id=UUID(youth_id),
        conversation_id=UUID(place),
        coordinator_id=UUID(actor.id),
        private=talk is None,
        kind=HELP if is_known_to_youth(escalation) else find_shown(escalation.kind),
        joined_at=now,
    )
    _tell(joining, JOINED, [youth_id, *list_experts(talk)], now)
    emergency = escalation.level == EMERGENCY
    entry = make_conversation_entry(
        actor, "conversation.joined", youth_id=youth_id, conversation_id=place, emergency=emergency
    )
    record_entries([entry], now=now)
    return joining


def _leave(staying: Sequence[Joining], now: datetime) -> None:
    talks = _lock_places(staying, now)
    for joining in staying:
        _leave_one(joining, talks[str(joining.conversation_id)], now)
    cards = list_cards(one.coordinator_id for one in staying)
    entries = [
        make_conversation_entry(
            cards[str(one.coordinator_id)],
            "conversation.left",
            youth_id=one.youth_id,
            conversation_id=one.conversation_id,
            emergency=False,
        )
        for one in staying
    ]
    record_entries(entries, now=now)


def _lock_places(joinings: Sequence[Joining], now: datetime) -> dict[str, TalkCard | None]:
    """Lock the conversations of these joinings and the streams of everybody in them; return the conversations."""
    talks = {str(one.conversation_id): _keeper().find_talk(str(one.conversation_id)) for one in joinings}
    people = {person for talk in talks.values() if talk is not None for person in talk.member_ids}
    people |= {str(one.coordinator_id) for one in joinings}
    _keeper().lock_talks(person_ids=sorted(people), conversation_ids=sorted(talks), now=now)
    return talks


def _leave_one(joining: Joining, talk: TalkCard | None, now: datetime) -> None:
    place, keeper = str(joining.conversation_id), _keeper()
    if joining.private:
        keeper.close_talk(conversation_id=place, now=now)
    else:
        keeper.dismiss(conversation_id=place, person_id=str(joining.coordinator_id), now=now)
    if joining.took_over_at is not None and joining.handed_back_at is None:
        joining.handed_back_at = now
        _tell(joining, HANDED_BACK, list_experts(talk), now)
    joining.left_at = now
    joining.save(update_fields=["handed_back_at", "left_at"])


# --- what they have in common


def _find_own(escalation: Escalation, actor: PersonCard, *, private: bool) -> Joining | None:
    staying = Joining.objects.filter(escalation_id=escalation.id, coordinator_id=actor.id, left_at=None)
    return staying.filter(private=private).first()


def _lock_own(actor: PersonCard, escalation_id: UUID | str) -> tuple[Escalation, Joining]:
    """Return the locked escalation and how the actor joined its conversation. Raises NotJoined."""
    escalation = lock_escalation(actor, escalation_id)
    joining = _find_own(escalation, actor, private=False)
    if joining is None:
        raise NotJoined()
    return escalation, joining


def _note_and_tell(
    escalation: Escalation, joining: Joining, verb: str, kind: str, actor: PersonCard, now: datetime
) -> None:
    note_work(escalation, verb, by=actor, refs={"c": str(joining.conversation_id)}, now=now)
    record_move(escalation, verb, now)
    talk = _keeper().find_talk(str(joining.conversation_id))
    _tell(joining, kind, list_experts(talk), now)


def _tell(joining: Joining, kind: str, person_ids: Sequence[str], now: datetime) -> None:
    place, refs = str(joining.conversation_id), {"joining": str(joining.id)}
    tell([EventDraft(one, kind, place, None, refs) for one in person_ids], now=now)


def _keeper() -> TalkKeeper:
    keeper: TalkKeeper = ask_port(TalkKeeper)
    return keeper
