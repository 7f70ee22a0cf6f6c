"""The access door of escalations: fetch, authorise, lock. Another team's, one that must not reach the actor, and what
does not exist get the same NotFound."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from server.accounts.queries import PersonCard
from server.foundation.errors import NotFound
from server.safety.models import Escalation, Signal, TrialPage
from server.safety.policies import require_answer


def access_escalation(actor: PersonCard, escalation_id: UUID | str) -> Escalation:
    """Return an escalation of the actor's team. Raises Forbidden by role, NotFound."""
    return _require(actor, Escalation.objects.all(), escalation_id)


def lock_escalation(actor: PersonCard, escalation_id: UUID | str) -> Escalation:
    """Return the same, locked for the transaction. Raises Forbidden by role, NotFound."""
    return _require(actor, Escalation.objects.select_for_update(no_key=True), escalation_id)


def access_signal(actor: PersonCard, escalation_id: UUID | str, signal_id: UUID | str) -> Signal:
    """Return a signal of an escalation of the actor's team. Raises Forbidden by role, NotFound."""
    escalation = access_escalation(actor, escalation_id)
    signal = Signal.objects.select_related("escalation").filter(escalation=escalation, id=signal_id).first()
    if signal is None:
        raise NotFound()
    return signal


def access_trial_page(actor: PersonCard, page_id: UUID | str) -> TrialPage:
    """Return a test page of the actor's own. Raises Forbidden by role, NotFound."""
    require_answer(actor)
    page = TrialPage.objects.filter(id=page_id, person_id=actor.id).first()
    if page is None:
        raise NotFound()
    return page


def _require(actor: PersonCard, rows: QuerySet[Escalation], escalation_id: UUID | str) -> Escalation:
    require_answer(actor)
    found = rows.filter(id=escalation_id, team_id=actor.team_id).first()
    if found is None or actor.id in found.excluded:
        raise NotFound()
    return found
