"""Reading about complaints: who could handle one, whom one is about, what the parties see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from server.accounts.queries import PersonCard, list_standing
from server.accounts.rules.roles import ADMIN, COORDINATOR
from server.audit.actions import record_entries
from server.audit.rules.entries import Entry
from server.foundation.key_store import SealedPlace
from server.ports.pairings import PairingBook, TouchedPairing
from server.ports.registry import ask_port
from server.safety.complaint_access import access_complaint, is_handling
from server.safety.complaint_policies import can_handle
from server.safety.keys import SAFETY_KEYS
from server.safety.models import Complaint, ComplaintAdvice, ComplaintHandler, ComplaintVote
from server.safety.rules.complaints import (
    OTHER_ADMIN,
    OTHER_COORDINATOR,
    OWN_ADMIN,
    OWN_COORDINATOR,
    Candidate,
)
from server.safety.states import CLOSED

MOVED: Final = "complaint.moved"
ADVICE_ASKED: Final = "complaint.advice_asked"
MOST_LISTED: Final = 200


def place_complaint(complaint_id: UUID | str, name: str, row_id: UUID | str | None = None) -> SealedPlace:
    """Return where a text about a complaint belongs."""
    return SealedPlace(f"safety.complaint.{name}", owner=str(complaint_id), row=str(row_id or complaint_id))


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """A complaint as one of its parties sees it; what is not theirs to see is left empty. Texts are opened."""

    complaint: Complaint
    handling: bool
    text: str
    answer: str | None
    handlers: Sequence[ComplaintHandler]
    votes: Sequence[tuple[ComplaintVote, str]]
    advice: Sequence[tuple[ComplaintAdvice, str, str | None]]


def read_complaint(actor: PersonCard, complaint_id: UUID | str, *, now: datetime) -> ComplaintView:
    """Return a complaint with its texts. That a handler reads it is written down first, and committed.

    Raises NotFound, SealBroken.
    """
    complaint = access_complaint(actor, complaint_id)
    handling = is_handling(actor, complaint)
    if handling:
        with transaction.atomic(durable=True):
            record_entries([make_complaint_entry(complaint, actor, "complaint.read")], now=now)
    return ComplaintView(
        complaint=complaint,
        handling=handling,
        text=str(_open(complaint, complaint.text, "text")),
        answer=None if complaint.answer is None else str(_open(complaint, complaint.answer, "answer")),
        handlers=list_handlers(complaint) if handling else (),
        votes=_read_votes(complaint) if handling else (),
        advice=_read_advice(complaint) if handling else (),
    )


def read_question(advice: ComplaintAdvice) -> str:
    """Return what an expert is asked. Raises SealBroken."""
    return str(_open(advice.complaint, advice.question, "question", advice.id))


def list_complaints(actor: PersonCard) -> list[tuple[Complaint, bool]]:
    """Return the complaints that somebody made or handles, and whether they handle it; the newest first, 200 at most.

    Two queries.
    """
    rows = ComplaintHandler.objects.filter(person_id=actor.id, left_at=None) if can_handle(actor) is None else None
    handled = set(rows.values_list("complaint_id", flat=True)) if rows is not None else set()
    found = Complaint.objects.filter(Q(complainant_id=actor.id) | Q(id__in=handled))
    return [(one, one.id in handled) for one in found.order_by("-received_at", "-id")[:MOST_LISTED]]


def list_advice(actor: PersonCard) -> list[ComplaintAdvice]:
    """Return what an expert was asked for advice on, the newest first, 200 at most."""
    found = ComplaintAdvice.objects.select_related("complaint").filter(expert_id=actor.id)
    return list(found.order_by("-asked_at", "-id")[:MOST_LISTED])


def list_handlers(complaint: Complaint) -> list[ComplaintHandler]:
    """Return who handles a complaint now, in the order in which they came."""
    return list(complaint.handlers.filter(left_at=None).order_by("id"))


def list_candidates(complaint: Complaint) -> list[Candidate]:
    """Return who could handle a complaint: never who made it or whom it is about, nobody who left it before.

    Who ever made a pairing that it touches does not stand apart; about a team nobody of that team does.
    """
    team, about = str(complaint.team_id), complaint.about_id
    left = complaint.handlers.filter(left_at__isnull=False).values_list("person_id", flat=True)
    out = {str(one) for one in (complaint.complainant_id, about, *left)}
    near = {one.coordinator_id for one in list_touched_pairings(complaint)}
    people = [one for one in list_standing([COORDINATOR, ADMIN]) if one.id not in out]
    handling = _count_handled(one.id for one in people)
    return [
        Candidate(
            one.id,
            _find_where(one, team),
            handling.get(one.id, 0),
            one.id not in near and (about is not None or one.team_id != team),
        )
        for one in people
    ]


def list_touched_pairings(complaint: Complaint) -> Sequence[TouchedPairing]:
    """Return the pairings in which the one who complained or the one it is about ever had a part, ended ones too."""
    book: PairingBook = ask_port(PairingBook)
    return book.list_touching([str(one) for one in (complaint.complainant_id, complaint.about_id) if one is not None])


def make_complaint_entry(complaint: Complaint, actor: PersonCard, action: str) -> Entry:
    """Return the audit entry of what somebody did with a complaint."""
    return Entry(
        stream_id=complaint.team_id,
        action=action,
        actor_id=actor.id,
        actor_role=actor.role,
        subject_id=complaint.complainant_id,
        object_id=complaint.id,
        session_id=actor.session_id,
        purpose="complaint",
    )


def _count_handled(person_ids: Iterable[str]) -> dict[str, int]:
    busy = ComplaintHandler.objects.filter(person_id__in=list(person_ids), left_at=None)
    counted = busy.exclude(complaint__state=CLOSED).values_list("person_id").annotate(count=Count("id")).order_by()
    return {str(one): count for one, count in counted}


def _find_where(person: PersonCard, team_id: str) -> int:
    if person.team_id == team_id:
        return OWN_COORDINATOR if person.role == COORDINATOR else OWN_ADMIN
    return OTHER_ADMIN if person.role == ADMIN else OTHER_COORDINATOR


def _read_votes(complaint: Complaint) -> list[tuple[ComplaintVote, str]]:
    votes = complaint.votes.order_by("number")
    return [(one, str(_open(complaint, one.note, "vote", one.id))) for one in votes]


def _read_advice(complaint: Complaint) -> list[tuple[ComplaintAdvice, str, str | None]]:
    return [
        (
            one,
            str(_open(complaint, one.question, "question", one.id)),
            None if one.answer is None else str(_open(complaint, one.answer, "advice", one.id)),
        )
        for one in complaint.advice.order_by("asked_at", "id")
    ]


def _open(complaint: Complaint, blob: bytes | memoryview, name: str, row_id: UUID | None = None) -> object:
    found: object = SAFETY_KEYS.open_json(complaint.key_id, blob, place_complaint(complaint.id, name, row_id))
    return found
