"""The access door of complaints: who complained, and who handles it. For everybody else, the one complained about
among them, it is as if it did not exist."""

from __future__ import annotations

from uuid import UUID

from server.accounts.queries import PersonCard
from server.foundation.errors import NotFound
from server.safety.complaint_policies import can_handle
from server.safety.models import Complaint, ComplaintAdvice, ComplaintHandler


def access_complaint(actor: PersonCard, complaint_id: UUID | str, *, lock: bool = False) -> Complaint:
    """Return a complaint for who made it or handles it. Raises NotFound. With `lock`, locks the row."""
    rows = Complaint.objects.select_for_update(no_key=True) if lock else Complaint.objects
    complaint = rows.filter(id=complaint_id).first()
    if complaint is None or not (str(complaint.complainant_id) == actor.id or is_handling(actor, complaint)):
        raise NotFound()
    return complaint


def lock_handled(actor: PersonCard, complaint_id: UUID | str) -> Complaint:
    """Return a complaint that the actor handles, locked. Raises NotFound."""
    complaint = access_complaint(actor, complaint_id, lock=True)
    if not is_handling(actor, complaint):
        raise NotFound()
    return complaint


def access_advice(actor: PersonCard, advice_id: UUID | str) -> ComplaintAdvice:
    """Return what the actor was asked for advice on. Raises NotFound."""
    advice = ComplaintAdvice.objects.filter(id=advice_id, expert_id=actor.id).first()
    if advice is None:
        raise NotFound()
    return advice


def is_handling(actor: PersonCard, complaint: Complaint) -> bool:
    """Tell whether somebody is one of the handlers."""
    handling = ComplaintHandler.objects.filter(complaint=complaint, person_id=actor.id, left_at=None)
    return can_handle(actor) is None and handling.exists()
