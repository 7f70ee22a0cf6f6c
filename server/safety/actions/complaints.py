"""Complaints: received, given to two who stand apart, advised on without names, decided by two, answered.

Lock order: the complaint → streams → the audit's stream.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard, list_cards
from server.accounts.rules.roles import YOUTH
from server.foundation.database import as_texts
from server.foundation.errors import NotFound
from server.foundation.ids import make_id
from server.foundation.leases import do_due, lease_row
from server.safety.actions.complaint_moving import move_complaint, record_step, seal_words, tell_complaint
from server.safety.actions.escalations import raise_signal
from server.safety.complaint_access import access_complaint, lock_handled
from server.safety.complaint_errors import (
    ComplaintAboutMissing,
    ComplaintAboutOneself,
)
from server.safety.complaint_policies import require_complain, require_handle
from server.safety.complaint_queries import (
    list_candidates,
    list_handlers,
    place_complaint,
)
from server.safety.keys import SAFETY_KEYS
from server.safety.models import Complaint, ComplaintHandler, ComplaintVote
from server.safety.rules.complaints import (
    Candidate,
    choose_handlers,
    find_decision,
    read_words,
    require_decision,
)
from server.safety.rules.levels import CONCERN, URGENT
from server.safety.states import CLOSED, COMPLAINT, RECEIVED

# With nobody who stands apart it is tried again so often.
_LOOK_AGAIN: Final = timedelta(days=1)


def receive_complaint(
    *, actor: PersonCard, about: UUID | str | None, about_team: bool, text: str, now: datetime
) -> Complaint:
    """Take a complaint about a person of the actor's team, or about the team, and give it to two handlers.

    Neither of them is the one complained about, and one of them has nothing to do with the pairing. With nobody like
    that it waits as received, and the chain of escalation hears of it. Raises Forbidden, ComplaintAboutMissing,
    ComplaintAboutOneself, ComplaintTextMissing, ComplaintTextTooLong, NotFound, Unavailable when nobody can tell who is
    paired with whom. Publishes complaint.moved; a worker signals it, without the text.
    """
    require_complain(actor)
    if (about is None) == (not about_team):
        raise ComplaintAboutMissing()
    words = read_words(text)
    person = _access_about(actor, about)
    with transaction.atomic():
        complaint = _write(actor, person, words, now)
        record_step(complaint, "receive", "", actor, None, now)
        _find_handlers(complaint, now)
        tell_complaint(complaint, now)
    return complaint


def decide_complaint(
    *, actor: PersonCard, complaint_id: UUID | str, decision: str, note: str, now: datetime
) -> Complaint:
    """Say what one handler thinks; it is decided when two different handlers think the same.

    Raises Forbidden, NotFound, ComplaintDecisionUnknown, ComplaintTextMissing, ComplaintTextTooLong,
    ComplaintTransition. Publishes complaint.moved. Locks in the order of this module.
    """
    require_handle(actor)
    words = read_words(note)
    require_decision(decision)
    with transaction.atomic():
        complaint = lock_handled(actor, complaint_id)
        COMPLAINT.require_step("decide", complaint.state)
        _write_vote(complaint, actor, decision, words, now)
        agreed = _find_agreed(complaint)
        if agreed is not None:
            move_complaint(complaint, "decide", actor, now, decision=agreed)
        tell_complaint(complaint, now, handlers_only=agreed is None)
    return complaint


def close_complaint(*, actor: PersonCard, complaint_id: UUID | str, answer: str, now: datetime) -> Complaint:
    """Tell the one who complained what was decided, in the handler's own words, and close it.

    Raises Forbidden, NotFound, ComplaintTextMissing, ComplaintTextTooLong, ComplaintTransition. Publishes
    complaint.moved. Locks in the order of this module.
    """
    require_handle(actor)
    words = read_words(answer)
    with transaction.atomic():
        complaint = lock_handled(actor, complaint_id)
        move_complaint(complaint, "close", actor, now, answer=seal_words(complaint, words, "answer"))
        tell_complaint(complaint, now)
    return complaint


def reopen_complaint(*, actor: PersonCard, complaint_id: UUID | str, reason: str, now: datetime) -> Complaint:
    """Have it looked at again, by the one who complained or a handler; two must decide anew.

    Raises NotFound, ComplaintTextMissing, ComplaintTextTooLong, ComplaintTransition. Publishes complaint.moved. Locks
    in the order of this module.
    """
    words = read_words(reason)
    with transaction.atomic():
        complaint = access_complaint(actor, complaint_id, lock=True)
        round_ = complaint.round + 1
        move_complaint(complaint, "reopen", actor, now, note=words, round=round_, decision="", answer=None)
        _find_handlers(complaint, now)
        tell_complaint(complaint, now)
    return complaint


def assign_due_complaint(*, now: datetime) -> bool:
    """Look again for handlers of one complaint that lacks them; False when none is due.

    Publishes complaint.moved. Locks the complaint.
    """
    return do_due(Complaint.objects.all(), "assign_due_at", partial(_assign, now=now), now=now)


def signal_due_complaint(*, now: datetime) -> bool:
    """Have the coordinators hear of one complaint of which they have not yet; False when there is none."""
    complaint = lease_row(Complaint.objects.all(), "signal_due_at", now=now)
    if complaint is not None:
        signal_complaint(complaint_id=complaint.id, now=now)
    return complaint is not None


def signal_complaint(*, complaint_id: UUID | str, now: datetime) -> None:
    """Signal that there is a complaint, without a word of it and never to whom it is about. Once, however often called.

    Its own transaction: the complaint is kept whatever becomes of it, and the worker tries again. Publishes what
    `raise_signal` publishes, and locks as it does.
    """
    complaint = Complaint.objects.get(id=complaint_id)
    complainant = list_cards([complaint.complainant_id])[str(complaint.complainant_id)]
    with transaction.atomic():
        raise_signal(
            team_id=complaint.team_id,
            youth_id=complainant.id if complainant.role == YOUTH else None,
            kind="complaint",
            level=CONCERN if complaint.state != RECEIVED else URGENT,
            by=None,
            key=f"complaint:{complaint.id}",
            excluded=[str(complaint.about_id)] if complaint.about_id else [],
            now=now,
        )
        Complaint.objects.filter(id=complaint.id).update(signal_due_at=None)


def stop_handling(*, person_ids: Iterable[object], now: datetime) -> None:
    """Take people off every complaint that they handle and that goes on; others are looked for. Idempotent.

    Locks the complaints, ascending.
    """
    with transaction.atomic():
        handling = ComplaintHandler.objects.filter(person_id__in=as_texts(person_ids), left_at=None)
        rows = Complaint.objects.select_for_update(no_key=True).filter(id__in=handling.values("complaint_id"))
        going_on = [one.id for one in rows.exclude(state=CLOSED).order_by("id")]
        handling.filter(complaint_id__in=going_on).update(left_at=now)
        Complaint.objects.filter(id__in=going_on).update(assign_due_at=now)


# --- who it is about, who handles it, who advises


def _access_about(actor: PersonCard, about: UUID | str | None) -> PersonCard | None:
    """Return the person of the actor's team whom it is about. Raises NotFound, ComplaintAboutOneself."""
    if about is None:
        return None
    if str(about) == actor.id:
        raise ComplaintAboutOneself()
    person = list_cards([about]).get(str(about))
    if person is None or person.team_id != actor.team_id:
        raise NotFound()
    return person


def _assign(complaint: Complaint, now: datetime) -> None:
    before = complaint.state
    _find_handlers(complaint, now)
    if complaint.assign_due_at is None:
        tell_complaint(complaint, now, handlers_only=complaint.state == before)


def _find_handlers(complaint: Complaint, now: datetime) -> None:
    """Fill up the handlers of a locked complaint, or plan to look again. Whoever handles it is never taken off here."""
    candidates = list_candidates(complaint)
    present = [Candidate(str(one.person_id), 0, 0, one.independent) for one in list_handlers(complaint)]
    chosen = choose_handlers(candidates, present)
    complaint.assign_due_at = now + _LOOK_AGAIN if chosen is None else None
    complaint.save(update_fields=["assign_due_at"])
    if chosen is None:
        return
    ComplaintHandler.objects.bulk_create(
        ComplaintHandler(
            complaint=complaint, person_id=UUID(one.person_id), independent=one.independent, assigned_at=now
        )
        for one in chosen
    )
    if complaint.state == RECEIVED:
        move_complaint(complaint, "assign", None, now)


def _find_agreed(complaint: Complaint) -> str | None:
    votes = complaint.votes.filter(round=complaint.round).order_by("number").values_list("person_id", "decision")
    handlers = [str(one.person_id) for one in list_handlers(complaint)]
    return find_decision([(str(person), decision) for person, decision in votes], handlers)


# --- writing


def _write(actor: PersonCard, about: PersonCard | None, words: str, now: datetime) -> Complaint:
    id_, key = make_id(), SAFETY_KEYS.make(now=now)[0]
    return Complaint.objects.create(
        id=id_,
        team_id=UUID(actor.team_id),
        complainant_id=UUID(actor.id),
        about_id=UUID(about.id) if about else None,
        state=COMPLAINT.start,
        key=key,
        text=SAFETY_KEYS.seal_json(key.id, words, place_complaint(id_, "text")),
        received_at=now,
        signal_due_at=now,
        changed_at=now,
    )


def _write_vote(complaint: Complaint, actor: PersonCard, decision: str, words: str, now: datetime) -> None:
    id_ = make_id()
    ComplaintVote.objects.create(
        id=id_,
        complaint=complaint,
        number=complaint.votes.count() + 1,
        round=complaint.round,
        person_id=UUID(actor.id),
        decision=decision,
        note=seal_words(complaint, words, "vote", id_),
        at=now,
    )
