"""Reading the files, the worries and the care afterwards. Texts are unsealed here, after access and audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import yaml

from server.accounts.queries import PersonCard
from server.safety.actions.cases import note_reading
from server.safety.actions.worries import access_worry, find_seen_state
from server.safety.file_keys import place_case_text
from server.safety.keys import SAFETY_KEYS
from server.safety.models import AfterCare, CaseEntry, CaseFile, Escalation, MeldcodeFile, MeldcodeStep, Signal, Worry
from server.safety.rules.levels import find_higher

MOST_SHOWN: Final = 100
_TEMPLATES = Path(__file__).parent / "data" / "case_templates.yaml"


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """An entry with its text, and the id of the one that took its place."""

    entry: CaseEntry
    text: str
    corrected_by: str | None


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """A step of the meldcode with its words."""

    step: MeldcodeStep
    reason: str


@dataclass(frozen=True, slots=True)
class WrittenMeldcode:
    """A meldcode file with its steps in the order in which they were written."""

    file: MeldcodeFile
    steps: list[WrittenStep]


@dataclass(frozen=True, slots=True)
class OwnWorry:
    """An expert's worry, the worst level that they gave it, and how it stands as far as they may know."""

    worry: Worry
    level: str
    state: str


def read_entries(actor: PersonCard, case: CaseFile, *, now: datetime) -> list[WrittenEntry]:
    """Return all entries of a file that the actor has access to, in their order; the reading is audited first.

    Raises SealBroken.
    """
    note_reading(actor=actor, case=case, now=now)
    rows = list(CaseEntry.objects.filter(case=case).order_by("number"))
    newer = {one.corrects_id: str(one.id) for one in rows if one.corrects_id is not None}
    return [WrittenEntry(one, _open(case, one.id, one.text), newer.get(one.id)) for one in rows]


def read_meldcodes(actor: PersonCard, case: CaseFile, *, now: datetime) -> list[WrittenMeldcode]:
    """Return the meldcode files of a case that the actor has access to, the newest first; audited first.

    Raises SealBroken.
    """
    files = list(MeldcodeFile.objects.filter(case=case).order_by("-opened_at", "-id"))
    for file in files:
        note_reading(actor=actor, case=case, meldcode=file, now=now)
    return [WrittenMeldcode(file, _list_steps(case, file)) for file in files]


def list_worries(actor: PersonCard) -> list[OwnWorry]:
    """Return the actor's own worries, the newest first, MOST_SHOWN at most; three queries."""
    return _look_at(actor, list(Worry.objects.filter(expert_id=actor.id).order_by("-raised_at", "-id")[:MOST_SHOWN]))


def find_own_worry(actor: PersonCard, worry_id: UUID | str) -> OwnWorry:
    """Return one of the actor's own worries. Raises NotFound for any other, and for none."""
    return _look_at(actor, [access_worry(actor, worry_id)])[0]


def list_own_care(actor: PersonCard) -> list[AfterCare]:
    """Return the questions that the actor was asked and has not answered, the newest first."""
    return list(AfterCare.objects.filter(person_id=actor.id, answered_at=None).order_by("-asked_at")[:MOST_SHOWN])


def list_call_backs(team_id: str) -> list[AfterCare]:
    """Return who of a team asked to be called back and was not yet, who waits longest first."""
    waiting = AfterCare.objects.filter(team_id=team_id, call_back=True, called_at=None)
    return list(waiting.order_by("answered_at", "id")[:MOST_SHOWN])


def list_templates(language: str) -> dict[str, list[dict[str, Any]]]:
    """Return headings and open questions for the entries and the meldcode's steps; they fill nothing in."""
    return {group: [_word(row, language) for row in rows] for group, rows in _read_templates().items()}


def _look_at(actor: PersonCard, worries: Sequence[Worry]) -> list[OwnWorry]:
    ids = [one.escalation_id for one in worries]
    found = Escalation.objects.in_bulk(ids)
    levels: dict[UUID, str] = {}
    said = Signal.objects.filter(escalation_id__in=ids, kind="worry", by_id=actor.id)
    for escalation_id, level in said.values_list("escalation_id", "level"):
        levels[escalation_id] = find_higher(level, levels.get(escalation_id, level))
    return [OwnWorry(one, levels[one.escalation_id], find_seen_state(one, found[one.escalation_id])) for one in worries]


def _list_steps(case: CaseFile, file: MeldcodeFile) -> list[WrittenStep]:
    rows = MeldcodeStep.objects.filter(file=file).order_by("at", "number", "id")
    return [WrittenStep(one, _open(case, one.id, one.reason)) for one in rows]


def _open(case: CaseFile, row_id: object, sealed: bytes | memoryview) -> str:
    return str(SAFETY_KEYS.open_json(case.key_id, sealed, place_case_text(case.id, str(row_id))))


def _word(row: dict[str, Any], language: str) -> dict[str, Any]:
    key = "kind" if "kind" in row else "step"
    words: dict[str, Any] = row.get(language, row["nl"])
    return {key: row[key]} | words


@lru_cache(maxsize=1)
def _read_templates() -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = yaml.safe_load(_TEMPLATES.read_text(encoding="utf-8"))
    return groups
