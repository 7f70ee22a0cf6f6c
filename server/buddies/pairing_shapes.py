"""How answers about pairings are made; `pairing_schemas` says the same to the world."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR
from server.buddies.models import BuddyRequest, Pairing, PairingStep, PairingText, PairingWarmth
from server.buddies.pairing_keys import open_text
from server.buddies.pairings import PairingSheet
from server.buddies.rules.effects import list_questions, say_door_back_in
from server.buddies.rules.introduction import list_items
from server.buddies.rules.kinds import CHANGE, HANDED_BACK
from server.buddies.rules.life import UNSIGNED
from server.foundation.clock import format_instant


def show_pairing(sheet: PairingSheet, reader: PersonCard) -> dict[str, Any]:
    """Return a pairing as one of its people sees it; what was waived is for coordinators."""
    pairing = sheet.pairing
    shown = {
        "id": str(pairing.id),
        "state": pairing.state,
        "kind": pairing.kind,
        "youth": _show_person(sheet, pairing.youth_id),
        "expert": _show_person(sheet, pairing.expert_id),
        "backups": [_show_person(sheet, one) for one in sheet.backup_ids],
        "cover": _show_cover(sheet),
        "conversation": _text(pairing.conversation_id),
        "youth_said_yes": _has_said_yes(pairing, "youth"),
        "expert_said_yes": _has_said_yes(pairing, "expert"),
        "proposed_at": format_instant(pairing.proposed_at),
        "introduced_at": _show_instant(pairing.introduced_at),
        "active_at": _show_instant(pairing.active_at),
        "ended_at": _show_instant(pairing.ended_at),
        "paused_until": _show_instant(pairing.resume_due_at),
        "bridge_until": pairing.bridge_until.isoformat() if pairing.bridge_until else None,
        "introduction": pairing.introduction,
        "moves": pairing.moves,
        "successor_of": _text(pairing.successor_of_id),
    }
    return shown | ({"override": pairing.override} if reader.role == COORDINATOR else {})


def show_steps(steps: Iterable[PairingStep], reader: PersonCard) -> list[dict[str, Any]]:
    """Return the steps of a pairing; who said no or changed, and why, is for coordinators."""
    return [_show_step(one, reader.role == COORDINATOR) for one in steps]


def show_note(text: PairingText) -> dict[str, Any]:
    """Return a follow-up note, unsealed. Raises SealBroken."""
    return {"id": str(text.id), "words": open_text(text)["words"], "written_at": format_instant(text.written_at)}


def show_handover_note(text: PairingText | None) -> dict[str, Any]:
    """Return a handover note, unsealed; empty when there is none. Raises SealBroken."""
    if text is None:
        return {"words": "", "revision": 0, "written_at": None, "approved_at": None}
    return {
        "words": open_text(text)["words"],
        "revision": text.revision,
        "written_at": format_instant(text.written_at),
        "approved_at": _show_instant(text.approved_at),
    }


def show_introduction(pairing: Pairing, language: str) -> dict[str, Any]:
    """Return the items of the introduction talk, and which are done."""
    return {"items": [one | {"done": one["id"] in pairing.introduction} for one in list_items(language)]}


def show_warmth(warmth: PairingWarmth | None, team_days: int) -> dict[str, Any]:
    """Return how a youth's silence is counted."""
    own = warmth.silence_days if warmth else None
    return {
        "silence_days": own or team_days,
        "own_days": own is not None,
        "heard_at": _show_instant(warmth.heard_at) if warmth else None,
        "nudges": warmth.nudges if warmth else 0,
        "quiet_until": _show_instant(warmth.quiet_until) if warmth else None,
    }


def show_closing(
    pairing: Pairing, own: PairingText | None, goodbyes: Sequence[PairingText], language: str
) -> dict[str, Any]:
    """Return the questions of the closing talk, the reader's own answers, the words of goodbye, and the door back in.

    Raises SealBroken.
    """
    answers = open_text(own) if own else {"scores": [], "words": ""}
    return {
        "questions": list_questions(language),
        "scores": answers["scores"],
        "words": answers["words"],
        "goodbyes": [_show_goodbye(pairing, one) for one in goodbyes],
        "next": say_door_back_in(language),
    }


def show_request(request: BuddyRequest) -> dict[str, Any]:
    """Return a youth's own place on the waiting list; that their buddy handed back is for coordinators."""
    return {
        "id": str(request.id),
        "state": request.state,
        "reason": CHANGE if request.reason == HANDED_BACK else request.reason,
        "asked_at": format_instant(request.asked_at),
        "due_at": _show_instant(request.due_at),
    }


def show_own_request(request: BuddyRequest | None, filled_in: bool) -> dict[str, Any]:
    """Return where a youth stands: their place on the list, null off it, and whether they told anything."""
    return {"request": show_request(request) if request else None, "filled_in": filled_in}


def _show_step(step: PairingStep, signed: bool) -> dict[str, Any]:
    shown = {
        "number": step.number,
        "verb": step.verb,
        "from": step.from_state,
        "to": step.to_state,
        "by": step.by if signed or step.verb not in UNSIGNED else None,
        "at": format_instant(step.at),
    }
    return shown | ({"reason": step.reason} if signed else {})


def _show_goodbye(pairing: Pairing, text: PairingText) -> dict[str, Any]:
    sides = {pairing.youth_id: "youth", pairing.expert_id: "expert"}
    by = sides.get(text.author_id, "coordinator")
    return {"words": open_text(text)["words"], "by": by, "at": format_instant(text.written_at)}


def _show_person(sheet: PairingSheet, person_id: object) -> dict[str, str]:
    card = sheet.people.get(str(person_id))
    return {"id": str(person_id), "display_name": card.display_name if card else ""}


def _show_cover(sheet: PairingSheet) -> dict[str, Any] | None:
    cover = sheet.cover
    if cover is None:
        return None
    return {
        "person": _show_person(sheet, cover.cover_id) if cover.cover_id else None,
        "since": format_instant(cover.since),
        "until": _show_instant(cover.until),
    }


def _has_said_yes(pairing: Pairing, side: str) -> bool:
    """Tell whether somebody has said the yes that is asked for now: to meet while proposed, then to go on."""
    name = f"{side}_yes_at" if pairing.state == "proposed" else f"{side}_on_at"
    return getattr(pairing, name) is not None


def _show_instant(at: datetime | None) -> str | None:
    return format_instant(at) if at else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
