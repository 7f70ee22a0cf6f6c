"""How the answers about case files are made; `file_schemas` says the same to the world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.foundation.clock import format_instant
from server.safety.file_queries import WrittenEntry, WrittenMeldcode
from server.safety.models import CaseEntry, CaseFile, MeldcodeFile, MeldcodeStep
from server.safety.rules.meldcode import find_next


def show_case(case: CaseFile) -> dict[str, Any]:
    """Return a file without what is in it."""
    return {
        "id": str(case.id),
        "youth": str(case.youth_id),
        "opened_at": format_instant(case.opened_at),
        "opened_by": str(case.opened_by),
    }


def show_entries(entries: Sequence[WrittenEntry]) -> list[dict[str, Any]]:
    """Return entries with their texts."""
    return [show_entry(one.entry) | {"text": one.text, "corrected_by": one.corrected_by} for one in entries]


def show_entry(entry: CaseEntry) -> dict[str, Any]:
    """Return an entry without its text."""
    return {
        "id": str(entry.id),
        "number": entry.number,
        "kind": entry.kind,
        "at": format_instant(entry.at),
        "by": str(entry.by_id),
        "escalation": str(entry.escalation_id) if entry.escalation_id else None,
        "corrects": str(entry.corrects_id) if entry.corrects_id else None,
        "due_on": entry.due_on.isoformat() if entry.due_on else None,
        "done_at": _show_instant(entry.done_at),
        "done_by": str(entry.done_by) if entry.done_by else None,
    }


def show_meldcodes(meldcodes: Sequence[WrittenMeldcode]) -> list[dict[str, Any]]:
    """Return meldcode files with the words of their steps."""
    return [_show_meldcode(one) for one in meldcodes]


def show_meldcode(file: MeldcodeFile) -> dict[str, Any]:
    """Return a meldcode file without its steps."""
    return {
        "id": str(file.id),
        "opened_at": format_instant(file.opened_at),
        "opened_by": str(file.opened_by),
        "closed_at": _show_instant(file.closed_at),
    }


def show_step(step: MeldcodeStep) -> dict[str, Any]:
    """Return a step without its words."""
    return {
        "id": str(step.id),
        "step": step.number,
        "outcome": step.outcome,
        "with_role": step.with_role or None,
        "decision": step.decision or None,
        "on": step.on.isoformat(),
        "at": format_instant(step.at),
        "by": str(step.by_id),
    }


def _show_meldcode(written: WrittenMeldcode) -> dict[str, Any]:
    return show_meldcode(written.file) | {
        "next": find_next(one.step.number for one in written.steps),
        "steps": [show_step(one.step) | {"reason": one.reason} for one in written.steps],
    }


def _show_instant(at: datetime | None) -> str | None:
    return format_instant(at) if at else None
