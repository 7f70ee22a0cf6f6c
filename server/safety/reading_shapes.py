"""How the answers about reading are made; `reading_schemas` says the same to the world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.accounts.rules.roles import COORDINATOR
from server.foundation.clock import format_instant
from server.safety.joining_queries import write_reason
from server.safety.models import GlassOpening, Joining
from server.safety.reading_queries import GlassTexts, SeenLook
from server.safety.rules.glass import REASONS
from server.safety.rules.looks import write_look


def show_opening(opening: GlassOpening, *, now: datetime) -> dict[str, Any]:
    """Return a reading as colleagues see it, without the words about it."""
    return {
        "id": str(opening.id),
        "c": str(opening.conversation_id),
        "youth": str(opening.youth_id),
        "coordinator": str(opening.coordinator_id),
        "reason_code": opening.reason_code,
        "emergency": REASONS[opening.reason_code].emergency,
        "opened_at": format_instant(opening.opened_at),
        "until": format_instant(opening.until),
        "ended_at": _show_instant(opening.ended_at),
        "running": opening.ended_at is None and opening.until > now,
        "told": opening.told_ids,
        "alone": not opening.told_ids,
        "youth_told_at": _show_instant(opening.told_at),
        "tell_youth_at": format_instant(opening.tell_at),
        "review": {
            "due_at": format_instant(opening.review_due_at),
            "overdue": opening.reviewed_at is None and opening.review_due_at <= now,
            "at": _show_instant(opening.reviewed_at),
            "by": str(opening.reviewed_by) if opening.reviewed_by else None,
            "outcome": opening.review_outcome or None,
        },
    }


def show_texts(texts: GlassTexts) -> dict[str, Any]:
    """Return the words about a reading."""
    return {"reason": texts.reason, "safety_reason": texts.safety_reason, "review_note": texts.review_note}


def show_joining(joining: Joining) -> dict[str, Any]:
    """Return how a coordinator is in a conversation, as they see it."""
    return {
        "escalation": str(joining.escalation_id),
        "c": str(joining.conversation_id),
        "private": joining.private,
        "joined_at": format_instant(joining.joined_at),
        "took_over_at": _show_instant(joining.took_over_at),
        "handed_back_at": _show_instant(joining.handed_back_at),
    }


def show_company(company: Sequence[Joining], *, role: str, language: str) -> dict[str, Any]:
    """Return who came into a conversation and why, in the words for somebody of this role."""
    return {"company": [_show_visitor(one, role, language) for one in company]}


def show_looks(looks: Sequence[SeenLook], language: str) -> list[dict[str, Any]]:
    """Return who looked, in the words of the one who was looked at."""
    return [_show_look(one, language) for one in looks]


def _show_visitor(joining: Joining, role: str, language: str) -> dict[str, Any]:
    return {
        "user": str(joining.coordinator_id),
        "role": COORDINATOR,
        "reason": joining.kind,
        "text": write_reason(joining, role=role, language=language),
        "joined_at": format_instant(joining.joined_at),
        "private": joining.private,
        "answers_instead": joining.took_over_at is not None and joining.handed_back_at is None,
    }


def _show_look(seen: SeenLook, language: str) -> dict[str, Any]:
    look = seen.look
    return {
        "at": format_instant(look.at),
        "role": look.actor_role,
        "action": look.action,
        "purpose": look.purpose,
        "emergency": look.emergency,
        "text": write_look(look.action, seen.reason_code, language),
    }


def _show_instant(at: datetime | None) -> str | None:
    return format_instant(at) if at else None
