"""How the answers about complaints are made; `complaint_schemas` says the same to the world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.foundation.clock import format_instant
from server.safety.complaint_queries import ComplaintView, read_question
from server.safety.models import Complaint, ComplaintAdvice, ComplaintHandler, ComplaintVote
from server.safety.states import CLOSED, RECEIVED


def show_complaint(complaint: Complaint, *, handling: bool) -> dict[str, Any]:
    """Return a complaint without its texts. Who complained sees what was decided once somebody has told them."""
    decided = complaint.decision if handling or complaint.state == CLOSED else ""
    shown: dict[str, Any] = {
        "id": str(complaint.id),
        "state": complaint.state,
        "about": str(complaint.about_id) if complaint.about_id else None,
        "received_at": format_instant(complaint.received_at),
        "changed_at": format_instant(complaint.changed_at),
        "decision": decided or None,
        "handling": handling,
    }
    return shown | ({"waiting": "complaint.nobody_independent"} if complaint.state == RECEIVED else {})


def show_complaint_view(view: ComplaintView) -> dict[str, Any]:
    """Return a complaint with its texts; handlers see who complained, what was advised and what they think."""
    shown = show_complaint(view.complaint, handling=view.handling) | {"text": view.text, "answer": view.answer}
    if not view.handling:
        return shown
    return shown | {
        "complainant": str(view.complaint.complainant_id),
        "handlers": [_show_handler(one) for one in view.handlers],
        "votes": [_show_vote(vote, note) for vote, note in view.votes],
        "advice": [_show_given(*one) for one in view.advice],
    }


def show_advice(advice: ComplaintAdvice) -> dict[str, Any]:
    """Return that advice was asked for, without a word of it."""
    return {
        "id": str(advice.id),
        "asked_at": format_instant(advice.asked_at),
        "answered_at": _show_instant(advice.answered_at),
    }


def show_advice_requests(requests: Sequence[ComplaintAdvice]) -> dict[str, Any]:
    """Return what an expert was asked, and nothing else of the complaints."""
    return {"requests": [show_advice(one) | {"text": read_question(one)} for one in requests]}


def _show_handler(handler: ComplaintHandler) -> dict[str, Any]:
    return {
        "person": str(handler.person_id),
        "independent": handler.independent,
        "assigned_at": format_instant(handler.assigned_at),
    }


def _show_vote(vote: ComplaintVote, note: str) -> dict[str, Any]:
    return {
        "person": str(vote.person_id),
        "round": vote.round,
        "decision": vote.decision,
        "note": note,
        "at": format_instant(vote.at),
    }


def _show_given(advice: ComplaintAdvice, question: str, answer: str | None) -> dict[str, Any]:
    return show_advice(advice) | {"expert": str(advice.expert_id), "question": question, "answer": answer}


def _show_instant(at: datetime | None) -> str | None:
    return format_instant(at) if at else None
