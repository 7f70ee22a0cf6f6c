"""How the answers about escalations are made; `schemas` says the same to the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from server.foundation.clock import format_instant
from server.safety.models import Chain, Escalation, HistoryEntry, Page, SafetyVersion, Signal, TrialPage
from server.safety.queries import EscalationView, Proof
from server.safety.rules.chains import Step, restore_chain, show_chain


def find_reference(escalation: Escalation) -> str:
    """Return the number that people read to each other: the random end of the id, no secret and no order."""
    return escalation.id.hex[-8:].upper()


def show_escalation(escalation: Escalation) -> dict[str, Any]:
    """Return one in a list: ids, codes and instants."""
    return {
        "id": str(escalation.id),
        "reference": find_reference(escalation),
        "state": escalation.state,
        "level": escalation.level,
        "kind": escalation.kind,
        "youth": _show_id(escalation.youth_id),
        "c": _show_id(escalation.conversation_id),
        "opened_at": format_instant(escalation.opened_at),
        "changed_at": format_instant(escalation.changed_at),
        "ended_at": _show_instant(escalation.ended_at),
        "signals": escalation.signal_count,
        "signalled_at": format_instant(escalation.signalled_at),
        "handler": _show_id(escalation.handler_id),
        "promise_until": _show_instant(escalation.promise_until),
        "outcome": escalation.outcome or None,
        "next_step": None if escalation.ended_at else escalation.chain_at,
        "next_step_at": _show_instant(escalation.step_at),
        "next_kind": _find_next_kind(escalation),
    }


def show_called(pages: Iterable[Page]) -> list[dict[str, Any]]:
    """Return whom an escalation has called."""
    return [
        {
            "person": _show_id(one.person_id),
            "channel": one.channel,
            "state": one.state,
            "queued_at": format_instant(one.queued_at),
        }
        for one in pages
    ]


def show_view(view: EscalationView) -> dict[str, Any]:
    """Return one with everything a coordinator sees of it; notes have a call of their own."""
    escalation = view.escalation
    return show_escalation(escalation) | {
        "chain": escalation.chain["steps"],
        "chain_version": escalation.chain["version"],
        "history": [_show_entry(one) for one in view.history],
        "newest_signals": [_show_signal(one) for one in view.signals],
        "pages": [_show_page(one) for one in view.pages],
        "case": _show_id(view.case_id),
    }


def show_signal_note(signal: Signal, note: str | None) -> dict[str, Any]:
    """Return a signal with what was written with it."""
    return _show_signal(signal) | {"note": note}


def show_chains(chains: Mapping[str, tuple[int, Sequence[Step]]]) -> dict[str, Any]:
    """Return the chains of a team by level; version 0 is the house's own."""
    return {level: {"version": version, "steps": show_chain(steps)} for level, (version, steps) in chains.items()}


def show_trial_page(page: TrialPage) -> dict[str, Any]:
    """Return a test page."""
    return {
        "id": str(page.id),
        "person": str(page.person_id),
        "asked_at": format_instant(page.asked_at),
        "confirmed_at": _show_instant(page.confirmed_at),
    }


def show_proofs(proofs: Sequence[Proof]) -> list[dict[str, Any]]:
    """Return who stands on call in the weeks ahead, and whether a page would reach them."""
    return [
        {
            "person": one.person_id,
            "display_name": one.display_name,
            "device": one.has_device,
            "confirmed_at": _show_instant(one.confirmed_at),
            "reachable": one.has_device and one.is_proven,
            "next_shift_at": _show_instant(one.next_shift_at),
        }
        for one in proofs
    ]


def show_chain_versions(chains: Iterable[Chain]) -> dict[str, Any]:
    """Return a team's chains over time."""
    shown = [
        {
            "level": one.level,
            "version": one.version,
            "changed_at": format_instant(one.saved_at),
            "changed_by": str(one.saved_by),
            "settings": {"steps": show_chain(restore_chain(one.steps))},
        }
        for one in chains
    ]
    return {"versions": shown}


def show_versions(versions: Iterable[SafetyVersion]) -> dict[str, Any]:
    """Return what a team has agreed over time."""
    shown = [
        {
            "version": one.version,
            "changed_at": format_instant(one.changed_at),
            "changed_by": _show_id(one.changed_by),
            "settings": one.settings,
        }
        for one in versions
    ]
    return {"versions": shown}


def _find_next_kind(escalation: Escalation) -> str | None:
    """Return whom the chain calls next, None when it has called everybody or the escalation has ended."""
    steps = escalation.chain["steps"]
    is_ahead = escalation.ended_at is None and escalation.chain_at < len(steps)
    return steps[escalation.chain_at]["kind"] if is_ahead else None


def _show_entry(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "verb": entry.verb,
        "from": entry.from_state,
        "to": entry.to_state,
        "by": _show_id(entry.by_id),
        "role": entry.role,
        "at": format_instant(entry.at),
        "refs": entry.refs,
    }


def _show_signal(signal: Signal) -> dict[str, Any]:
    return {
        "id": str(signal.id),
        "kind": signal.kind,
        "level": signal.level,
        "by": _show_id(signal.by_id),
        "role": signal.role,
        "c": _show_id(signal.conversation_id),
        "seqs": signal.seqs,
        "has_note": signal.note is not None,
        "at": format_instant(signal.at),
    }


def _show_page(page: Page) -> dict[str, Any]:
    return {
        "id": str(page.id),
        "channel": page.channel,
        "person": _show_id(page.person_id),
        "reason": page.reason,
        "state": page.state,
        "breaks_silence": page.breaks_silence,
        "tries": page.tries,
        "queued_at": format_instant(page.queued_at),
        "ended_at": _show_instant(page.ended_at),
    }


def _show_id(value: object) -> str | None:
    return str(value) if value is not None else None


def _show_instant(at: datetime | None) -> str | None:
    return format_instant(at) if at is not None else None
