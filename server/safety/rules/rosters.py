"""Whom a step calls: coordinators only, never an expert, never who must not hear of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from server.safety.rules.chains import COORDINATORS, FALLBACK, NEXT_ON_CALL, ON_CALL, Step


@dataclass(frozen=True, slots=True)
class Roster:
    """Who could be called at an instant: all coordinators of the team in good standing, and the roster's order.

    `on_call` stand on call now; `coming` are those of the next shifts, the next first. Both may hold anybody: only
    `coordinators` are called.
    """

    coordinators: Sequence[str]
    on_call: Sequence[str] = ()
    coming: Sequence[str] = ()


def choose_called(step: Step, roster: Roster, called: Collection[str], excluded: Collection[str]) -> list[str]:
    """Return whom a step calls, ascending; nobody is a step that failed. `called` are those called in this round.

    The next on call is one: somebody else who stands on call now, or whose shift comes next.
    """
    may = {one for one in roster.coordinators if one not in excluded}
    if step.kind == ON_CALL:
        chosen = set(roster.on_call)
    elif step.kind == NEXT_ON_CALL:
        waiting = [one for one in (*roster.on_call, *roster.coming) if one in may and one not in called]
        chosen = set(waiting[:1])
    elif step.kind == COORDINATORS:
        chosen = may
    else:
        chosen = set(step.people) if step.kind == FALLBACK else set()
    return sorted(chosen & may)
