"""How the availability room's answers are made; `schemas` says the same to the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from server.accounts.queries import PersonCard
from server.availability.coverage import Alone, Coverage, Gap, Weakness
from server.availability.desk import Opening, Post, Tonight
from server.availability.models import (
    HoursAbsence,
    HoursException,
    LedgerEntry,
    Pause,
    Shift,
    ShiftSwap,
    TeamHours,
    TeamHoursVersion,
)
from server.availability.queries import OwnHours, Signal, find_shift_span
from server.availability.rules.kinds import SHIFT_KINDS
from server.availability.rules.reachability import Stretch
from server.availability.rules.reading import show_day, show_time, show_weekly
from server.availability.rules.schedule import DatedException, Reachability
from server.availability.rules.team_settings import read_settings, show_settings
from server.availability.rules.wind_down import CAPS, HoursSettings
from server.foundation.clock import format_instant


def show_reachability(answer: Reachability) -> dict[str, Any]:
    """Return the answer to the one question."""
    return {
        "open": answer.open,
        "until": _show_instant(answer.until),
        "next_opening": _show_instant(answer.next_opening),
        "reason": answer.reason,
        "rule_id": answer.rule_id,
    }


def show_hours(own: OwnHours) -> dict[str, Any]:
    """Return a person's whole schedule."""
    return {
        "zone": own.schedule.zone,
        "windows": show_weekly(own.schedule.windows),
        "exceptions": [show_exception(one) for one in own.exceptions],
        "absences": [show_absence(one) for one in own.absences],
        "pause": show_pause(own.pause) if own.pause else None,
        "rest": {"until": format_instant(own.rest.until)} if own.rest else None,
        "extensions": [{"c": c, "until": format_instant(until)} for c, until in own.extensions.items()],
        "holidays": {
            "country": own.row.holiday_country if own.row else "",
            "subdivision": own.row.holiday_subdivision if own.row else "",
        },
        "version": own.row.version if own.row else 0,
        "reachability": show_reachability(own.reachability),
    }


def show_exception(row: HoursException) -> dict[str, Any]:
    """Return an exception."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "from": row.first_on.isoformat(),
        "to": row.last_on.isoformat(),
        "windows": row.windows,
        "parts": row.parts,
    }


def show_draft(draft: DatedException) -> dict[str, Any]:
    """Return an exception that an import would make or has made."""
    return {
        "kind": draft.kind,
        "from": draft.first.isoformat(),
        "to": draft.last.isoformat(),
        "windows": show_day(draft.windows),
        "parts": show_day(draft.parts),
    }


def show_absence(row: HoursAbsence) -> dict[str, Any]:
    """Return an absence."""
    return {"id": str(row.id), "from": row.first_on.isoformat(), "to": row.last_on.isoformat()}


def show_pause(row: Pause) -> dict[str, Any]:
    """Return a pause."""
    return {"started_at": format_instant(row.started_at), "until": _show_instant(row.until)}


def show_stretch(one: Stretch) -> dict[str, Any]:
    """Return one line of the preview."""
    return {
        "on": one.on.isoformat(),
        "start": show_time(one.start),
        "end": show_time(one.end),
        "starts_at": format_instant(one.starts_at),
        "ends_at": format_instant(one.ends_at),
        "rule_id": one.rule_id,
    }


def show_caps(own: Mapping[str, int], team: HoursSettings, in_force: HoursSettings) -> dict[str, Any]:
    """Return a person's own caps, the team's, and what counts."""
    return {
        "own": {name: own.get(name) for name in CAPS},
        "team": {name: getattr(team, name) for name in CAPS},
        "in_force": {name: getattr(in_force, name) for name in CAPS},
    }


def show_entry(entry: LedgerEntry) -> dict[str, Any]:
    """Return one line of the ledger, as its person sees it."""
    return {
        "at": format_instant(entry.at),
        "kind": entry.kind,
        "reason": entry.reason,
        "rule_id": entry.rule_id,
        "c": str(entry.conversation_id) if entry.conversation_id else None,
        "minutes": entry.minutes,
        "own_choice": entry.actor_id == entry.person_id,
    }


def show_signals(signals: Iterable[Signal]) -> dict[str, Any]:
    """Return the counts of a ledger by week."""
    weeks: dict[str, list[dict[str, Any]]] = {}
    for one in signals:
        counted = {"kind": one.kind, "count": one.count, "minutes": one.minutes}
        weeks.setdefault(one.week.date().isoformat(), []).append(counted)
    return {"weeks": [{"week": week, "counts": counts} for week, counts in weeks.items()]}


def show_team_hours(row: TeamHours | TeamHoursVersion | None) -> dict[str, Any]:
    """Return what a team has agreed."""
    return show_settings(read_settings(row.settings if row else {})) | {
        "duty_windows": row.duty_windows if row else [],
        "on_call_windows": row.on_call_windows if row else [],
    }


def show_team_versions(versions: Iterable[TeamHoursVersion]) -> dict[str, Any]:
    """Return what a team has agreed over time."""
    shown = [
        {
            "version": one.version,
            "changed_at": format_instant(one.changed_at),
            "changed_by": str(one.changed_by) if one.changed_by else None,
            "settings": show_team_hours(one),
        }
        for one in versions
    ]
    return {"versions": shown}


def show_shift(shift: Shift) -> dict[str, Any]:
    """Return a shift, with the instants that its wall times mean."""
    starts_at, ends_at = find_shift_span(shift)
    return {
        "id": str(shift.id),
        "kind": shift.kind,
        "person": str(shift.person_id) if shift.person_id else None,
        "on": shift.on.isoformat(),
        "start": show_time(shift.start),
        "end": show_time(shift.end),
        "zone": shift.zone,
        "starts_at": format_instant(starts_at),
        "ends_at": format_instant(ends_at),
    }


def show_shifts(shifts: Sequence[Shift]) -> dict[str, Any]:
    """Return shifts in order."""
    return {"shifts": [show_shift(one) for one in shifts]}


def show_weaknesses(weaknesses: Sequence[Weakness]) -> dict[str, Any]:
    """Return why a page might reach nobody on the shifts that were saved."""
    return {"weaknesses": [{"shift": str(one.shift.id), "reason": one.reason} for one in weaknesses]}


def show_swap(swap: ShiftSwap) -> dict[str, Any]:
    """Return a swap with its shift."""
    return {
        "id": str(swap.id),
        "state": swap.state,
        "shift": show_shift(swap.shift),
        "from": str(swap.from_person_id),
        "to": str(swap.to_person_id),
        "proposed_at": format_instant(swap.proposed_at),
        "decided_at": _show_instant(swap.decided_at),
    }


def show_coverage(coverage: Coverage) -> dict[str, Any]:
    """Return what the roster leaves open."""
    return {
        "gaps": _show_gaps(coverage.gaps),
        "unreachable": [show_shift(one) for one in coverage.unreachable],
        "alone": [_show_alone(one) for one in coverage.alone],
    }


def show_tonight(tonight: Tonight) -> dict[str, Any]:
    """Return who stands on shifts now and next, by kind."""
    posts = {
        kind: {
            "now": [_show_post(one) for one in tonight.now if one.shift.kind == kind],
            "next": [_show_post(one) for one in tonight.next if one.shift.kind == kind],
        }
        for kind in SHIFT_KINDS
    }
    return posts | {"gaps": _show_gaps(tonight.gaps)}


def show_openings(openings: Iterable[Opening]) -> dict[str, Any]:
    """Return when the experts of a team may be reached: when, never why not."""
    return {"people": [_show_opening(one) for one in openings]}


def _show_opening(one: Opening) -> dict[str, Any]:
    stretches = [
        {"starts_at": format_instant(span.starts_at), "ends_at": format_instant(span.ends_at)} for span in one.stretches
    ]
    return {
        "person": _show_person(one.person),
        "zone": one.zone,
        "open": one.reachability.open,
        "until": _show_instant(one.reachability.until),
        "next_opening": _show_instant(one.reachability.next_opening),
        "stretches": stretches,
    }


def _show_post(post: Post) -> dict[str, Any]:
    return {
        "shift": str(post.shift.id),
        "person": _show_person(post.person) if post.person else None,
        "starts_at": format_instant(post.starts_at),
        "ends_at": format_instant(post.ends_at),
        "there": post.there,
        "device": post.device,
        "test_page": post.proven,
    }


def _show_person(card: PersonCard) -> dict[str, str]:
    return {"id": card.id, "display_name": card.display_name}


def _show_gaps(gaps: Iterable[Gap]) -> list[dict[str, str]]:
    return [
        {"kind": gap.kind, "starts_at": format_instant(gap.start), "ends_at": format_instant(gap.end)} for gap in gaps
    ]


def _show_alone(alone: Alone) -> dict[str, Any]:
    return {
        "pairing": alone.pairing.id,
        "youth": alone.pairing.youth_id,
        "expert": alone.pairing.expert_id,
        "backup": alone.pairing.backup_id,
        "starts_at": format_instant(alone.start),
        "ends_at": format_instant(alone.end),
    }


def _show_instant(at: datetime | None) -> str | None:
    return format_instant(at) if at else None
