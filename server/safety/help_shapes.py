"""How the answers about help, worries and care afterwards are made; `help_schemas` says the same to the world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.foundation.clock import format_instant
from server.ports.help_card import HelpCard
from server.ports.registry import ask_port
from server.safety.file_queries import OwnWorry
from server.safety.help_queries import HelpState, Talk
from server.safety.models import AfterCare, Escalation, SilenceSettings
from server.safety.rules.care_words import write_question
from server.safety.rules.worries import CHOOSE, NOTHING, RELEASED, find_telling, write_telling
from server.safety.states import ESCALATION


def show_pressed(state: HelpState, note: str) -> dict[str, Any]:
    """Return the answer to a press of the help button, with the help card in it."""
    shown = show_help(state)
    del shown["picked_up_by"]
    return shown | {"note": note}


def show_help(state: HelpState) -> dict[str, Any]:
    """Return where a youth's call stands, with the help card."""
    card: HelpCard = ask_port(HelpCard)
    return {
        "escalation": show_short(state.escalation) if state.escalation is not None else None,
        "picked_up_by": state.picked_up_by,
        "help": card.list_help_lines(),
        "next": state.next,
    }


def show_short(escalation: Escalation) -> dict[str, Any]:
    """Return what may be known of an escalation outside of the coordinators."""
    return {"id": str(escalation.id), "level": escalation.level, "state": escalation.state}


def show_worry(found: OwnWorry, language: str) -> dict[str, Any]:
    """Return an expert's worry and how it stands, in a sentence."""
    worry, telling = found.worry, find_telling(found.state)
    waiting = found.state == ESCALATION.start and worry.handed_at is None
    must_choose = waiting and worry.hurried_at is not None
    released = telling == RELEASED or worry.handed_at is not None
    text = CHOOSE if must_choose else (RELEASED if telling == RELEASED else telling or NOTHING)
    return {
        "id": str(worry.id),
        "c": str(worry.conversation_id),
        "escalation": {"id": str(worry.escalation_id), "level": found.level, "state": found.state},
        "raised_at": format_instant(worry.raised_at),
        "released": released,
        "must_choose": must_choose,
        "text": write_telling(text, language),
    }


def show_care(care: AfterCare, language: str) -> dict[str, Any]:
    """Return a question as the one who is asked sees it."""
    return _show_care(care) | {"text": write_question(care.role, language)}


def show_care_answer(care: AfterCare, rest_until: datetime | None) -> dict[str, Any]:
    """Return what somebody answered, and until when they rest."""
    rest = format_instant(rest_until) if rest_until else None
    return _show_care(care) | {"heaviness": care.heaviness, "call_back": care.call_back, "rest_until": rest}


def show_call_back(care: AfterCare) -> dict[str, Any]:
    """Return somebody who asked to be called back, as coordinators see it."""
    return _show_care(care) | {
        "person": str(care.person_id),
        "role": care.role,
        "answered_at": format_instant(care.answered_at) if care.answered_at else None,
        "heaviness": care.heaviness,
        "called_at": format_instant(care.called_at) if care.called_at else None,
    }


def show_silence(settings: SilenceSettings | tuple[int, str]) -> dict[str, Any]:
    """Return after how many open minutes a team hears of an unanswered message, and at which level."""
    minutes, level = settings if isinstance(settings, tuple) else (settings.minutes, settings.level)
    return {"level": level, "minutes": minutes}


def show_readers(parts: Sequence[dict[str, str]], talks: Sequence[Talk]) -> dict[str, Any]:
    """Return the page "who can read what, and when", with who is in the reader's own conversations."""
    return {"parts": list(parts), "conversations": [_show_talk(one) for one in talks]}


def _show_talk(talk: Talk) -> dict[str, Any]:
    readers = [{"display_name": one.display_name, "role": one.role} for one in talk.members]
    return {"c": talk.card.id, "kind": talk.card.kind, "readers": readers}


def _show_care(care: AfterCare) -> dict[str, Any]:
    return {
        "id": str(care.id),
        "escalation": str(care.escalation_id),
        "asked_at": format_instant(care.asked_at),
    }
