"""How this room's answers about files, the waiting list, the matching and settings are made.

Whatever is shown of a file goes through `show_fields`, which takes nothing that the table of fields does not name for
this reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import override

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import YOUTH
from server.buddies.files import OpenFile
from server.buddies.matching import Team
from server.buddies.models import BuddyRequest, ExpertProfile, TeamBuddies, TeamBuddiesVersion, YouthProfile
from server.buddies.rules.assignment import Assignment, Unplaced
from server.buddies.rules.fields import Reader, list_readable
from server.buddies.rules.kinds import TRAINING, VOG
from server.buddies.rules.ranking import Candidate, Exclusion, Ranking
from server.buddies.rules.settings import read_settings, show_settings
from server.buddies.rules.themes import Theme
from server.buddies.texts import describe_broken, describe_part, describe_unplaced
from server.buddies.waiting import WaitingList, WaitingYouth
from server.buddies.words import list_house_codes, list_questions, list_themes
from server.foundation.clock import format_instant


def show_person(card: PersonCard) -> dict[str, str]:
    """Return who somebody is."""
    return {"id": card.id, "display_name": card.display_name}


def show_fields(file: OpenFile, reader: Reader) -> dict[str, Any]:
    """Return what a reader may see of a file."""
    return {one.name: _show_value(file.values[one.name]) for one in list_readable(file.kind.table, reader)}


def show_profile(file: OpenFile, reader: Reader, today: date) -> dict[str, Any]:
    """Return an expert's profile, and which of their papers ends when."""
    return {"profile": show_fields(file, reader), "ending": _show_ending(file, today)} | _show_filed(file)


def show_intake(file: OpenFile, reader: Reader) -> dict[str, Any]:
    """Return a youth's intake, with the questions in both languages."""
    shown = {"intake": show_fields(file, reader), "filled_in": _is_filled_in(file), "questions": list_questions()}
    return shown | _show_filed(file)


def show_file(file: OpenFile, reader: Reader, today: date) -> dict[str, Any]:
    """Return somebody's file as a coordinator sees it."""
    head = {"person": show_person(file.person), "role": file.person.role}
    if file.person.role == YOUTH:
        return head | {"profile": show_fields(file, reader), "filled_in": _is_filled_in(file)} | _show_filed(file)
    return head | show_profile(file, reader, today)


def show_card(file: OpenFile, reader: Reader) -> dict[str, Any]:
    """Return what one of a pair sees of the other."""
    head = {"person": show_person(file.person), "role": file.person.role}
    return head | {"seen_as": reader, "card": show_fields(file, reader)}


def show_request(request: BuddyRequest, youth: PersonCard) -> dict[str, Any]:
    """Return an entry of the waiting list."""
    return {
        "id": str(request.id),
        "youth": show_person(youth),
        "state": request.state,
        "reason": request.reason,
        "kind": request.kind,
        "asked_at": format_instant(request.asked_at),
        "due_at": format_instant(request.due_at) if request.due_at else None,
    }


def show_waiting_list(waiting: WaitingList) -> dict[str, Any]:
    """Return the list."""
    return {"waiting": [_show_entry(one) for one in waiting.entries], "duty_open": waiting.duty_open}


def show_candidates(youth: PersonCard, team: Team, ranking: Ranking, language: str) -> dict[str, Any]:
    """Return the ranking with its reasons, in a language (nl, en)."""
    words = _list_words(team, language)
    with override(language):
        return {
            "youth": show_person(youth),
            "candidates": [_show_candidate(one, team, words) for one in ranking.candidates],
            "excluded": [_show_exclusion(one, team) for one in ranking.excluded],
        }


def show_assignment(
    youths: Mapping[str, PersonCard], team: Team, assignment: Assignment, language: str
) -> dict[str, Any]:
    """Return the joint proposal with its reasons, in a language (nl, en)."""
    words = _list_words(team, language)
    with override(language):
        proposals = [
            {"youth": show_person(youths[pair.youth_id])} | _show_candidate(pair.candidate, team, words)
            for pair in assignment.pairs
        ]
        return {
            "proposals": proposals,
            "unplaced": [_show_unplaced(one, youths[one.youth_id]) for one in assignment.unplaced],
        }


def show_themes(themes: Iterable[Theme]) -> dict[str, Any]:
    """Return themes with their words."""
    return {"themes": [{"code": one.code, "kind": one.kind, "nl": one.nl, "en": one.en} for one in themes]}


def show_team_buddies(row: TeamBuddies | None, history: Iterable[TeamBuddiesVersion]) -> dict[str, Any]:
    """Return what a team has agreed, and had."""
    return _show_settings(row.settings if row else {}) | {
        "version": row.version if row else 0,
        "changed_at": format_instant(row.changed_at) if row else None,
        "history": [
            _show_settings(one.settings)
            | {
                "version": one.version,
                "changed_at": format_instant(one.changed_at),
                "changed_by": str(one.changed_by),
            }
            for one in history
        ],
    }


def _show_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _show_filed(file: OpenFile) -> dict[str, Any]:
    changed_at = file.row.changed_at if file.row and file.row.version else None
    return {"version": file.version, "changed_at": format_instant(changed_at) if changed_at else None}


def _is_filled_in(file: OpenFile) -> bool:
    return isinstance(file.row, YouthProfile) and file.row.intake_at is not None


def _show_ending(file: OpenFile, today: date) -> list[dict[str, Any]]:
    row = file.row if isinstance(file.row, ExpertProfile) else None
    papers = ((TRAINING, row.trained_until if row else None), (VOG, row.vog_until if row else None))
    return [
        {
            "what": what,
            "until": until.isoformat() if until else None,
            "valid": until is not None and until >= today,
        }
        for what, until in papers
    ]


def _show_entry(entry: WaitingYouth) -> dict[str, Any]:
    told = {"days": entry.days, "overdue": entry.overdue, "filled_in": entry.filled_in}
    return show_request(entry.request, entry.youth) | told


def _list_words(team: Team, language: str) -> dict[str, str]:
    return {one.code: one.nl if language == "nl" else one.en for one in list_themes(team.settings)}


def _show_candidate(one: Candidate, team: Team, words: Mapping[str, str]) -> dict[str, Any]:
    parts = [
        {"component": part.component, "points": part.points, "text": describe_part(part, words)} for part in one.parts
    ]
    return {
        "expert": show_person(team.cards[one.expert_id]),
        "score": one.score,
        "reasons": [part["text"] for part in parts],
        "parts": parts,
    }


def _show_exclusion(one: Exclusion, team: Team) -> dict[str, Any]:
    return {
        "expert": show_person(team.cards[one.expert_id]),
        "rule": one.rules[0].rule,
        "rules": [broken.rule for broken in one.rules],
        "text": " ".join(describe_broken(broken) for broken in one.rules),
    }


def _show_unplaced(one: Unplaced, youth: PersonCard) -> dict[str, Any]:
    rules = [{"rule": rule, "experts": experts} for rule, experts in one.rules]
    return {"youth": show_person(youth), "text": describe_unplaced(one), "rules": rules}


def _show_settings(stored: Mapping[str, Any]) -> dict[str, Any]:
    shown = show_settings(read_settings(stored, list_house_codes()))
    return shown | {"weights": [{"name": name, "value": value} for name, value in shown["weights"].items()]}
