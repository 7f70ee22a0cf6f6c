"""An expert's advice on a complaint, by a text without names.

Lock order: the complaint → streams → the audit's stream.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import EXPERT
from server.audit.actions import record_entries
from server.availability.actions.telling import tell
from server.foundation.errors import NotFound
from server.foundation.ids import make_id
from server.realtime.streams import EventDraft
from server.safety.actions.complaint_moving import move_complaint, seal_words, tell_complaint
from server.safety.complaint_access import access_advice, lock_handled
from server.safety.complaint_errors import AdviceGiven, ComplaintAdviserInvolved
from server.safety.complaint_policies import require_advise, require_handle
from server.safety.complaint_queries import ADVICE_ASKED, list_touched_pairings, make_complaint_entry
from server.safety.models import Complaint, ComplaintAdvice
from server.safety.rules.complaints import read_words, require_no_names
from server.safety.states import ADVISED, ASSIGNED, COMPLAINT


def ask_advice(
    *, actor: PersonCard, complaint_id: UUID | str, expert_id: UUID | str, text: str, now: datetime
) -> ComplaintAdvice:
    """Ask an expert who has nothing to do with it, by a text without names; they see nothing else of it.

    Raises Forbidden, NotFound, ComplaintTextMissing, ComplaintTextTooLong, ComplaintNamesInText,
    ComplaintAdviserInvolved, ComplaintTransition. Publishes complaint.advice_asked, at the latest when the expert's
    hours begin. Locks in the order of this module.
    """
    require_handle(actor)
    words = read_words(text)
    with transaction.atomic():
        complaint = lock_handled(actor, complaint_id)
        if complaint.state not in (ASSIGNED, ADVISED):
            COMPLAINT.require_step("advise", complaint.state)
        _require_adviser(complaint, expert_id)
        people = list_cards(one for one in (complaint.complainant_id, complaint.about_id) if one is not None)
        require_no_names(words, [one.display_name for one in people.values()])
        advice = _write_advice(complaint, actor, expert_id, words, now)
        tell([EventDraft(str(expert_id), ADVICE_ASKED, refs={"advice": str(advice.id)})], now=now)
        record_entries([make_complaint_entry(complaint, actor, "complaint.shown")], now=now)
    return advice


def give_advice(*, actor: PersonCard, advice_id: UUID | str, text: str, now: datetime) -> ComplaintAdvice:
    """Answer what one was asked. Raises Forbidden, NotFound, ComplaintTextMissing, ComplaintTextTooLong, AdviceGiven.

    Publishes complaint.moved to the handlers. Locks in the order of this module.
    """
    require_advise(actor)
    words = read_words(text)
    found = access_advice(actor, advice_id)
    with transaction.atomic():
        complaint = Complaint.objects.select_for_update(no_key=True).get(id=found.complaint_id)
        advice = ComplaintAdvice.objects.get(id=found.id)
        if advice.answered_at is not None:
            raise AdviceGiven()
        advice.answer, advice.answered_at = seal_words(complaint, words, "advice", advice.id), now
        advice.save(update_fields=["answer", "answered_at"])
        if complaint.state == ASSIGNED:
            move_complaint(complaint, "advise", actor, now)
        tell_complaint(complaint, now, handlers_only=True)
    return advice


def _require_adviser(complaint: Complaint, expert_id: UUID | str) -> None:
    """Raise NotFound for who is no expert of the team, ComplaintAdviserInvolved for who has to do with it."""
    expert = list_cards([expert_id]).get(str(expert_id))
    if expert is None or expert.role != EXPERT or expert.team_id != str(complaint.team_id):
        raise NotFound()
    near = {one for pairing in list_touched_pairings(complaint) for one in pairing.answering_ids}
    if expert.id in {*near, str(complaint.complainant_id), str(complaint.about_id)}:
        raise ComplaintAdviserInvolved()


def _write_advice(
    complaint: Complaint, actor: PersonCard, expert_id: UUID | str, words: str, now: datetime
) -> ComplaintAdvice:
    id_ = make_id()
    return ComplaintAdvice.objects.create(
        id=id_,
        complaint=complaint,
        expert_id=UUID(str(expert_id)),
        asked_by=UUID(actor.id),
        asked_at=now,
        question=seal_words(complaint, words, "question", id_),
    )
