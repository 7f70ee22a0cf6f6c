"""A chain: whom an escalation calls, one after the other, and how long each has. Checked when it is saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from server.safety.errors import ChainEmpty, ChainLoop, ChainTargetUnknown, ChainTooLong, ChainWait, ChainWithoutEnd
from server.safety.rules.levels import CONCERN, EMERGENCY, URGENT

ON_CALL: Final = "on_call"
NEXT_ON_CALL: Final = "next_on_call"
COORDINATORS: Final = "coordinators"
FALLBACK: Final = "fallback"
LAST_RESORT: Final = "last_resort"
STEP_KINDS: Final = (ON_CALL, NEXT_ON_CALL, COORDINATORS, FALLBACK, LAST_RESORT)

MOST_STEPS: Final = 12
# The longest wait after a step, in minutes: longer, and the level means nothing.
MOST_WAIT: Final = {CONCERN: 3 * 24 * 60, URGENT: 4 * 60, EMERGENCY: 30}


@dataclass(frozen=True, slots=True)
class Step:
    """Whom to call, and how many minutes to wait for an answer; None is until the next working moment.

    `people` are the ids of a fallback list.
    """

    kind: str
    wait_minutes: int | None = None
    people: tuple[str, ...] = ()

    @property
    def target(self) -> tuple[str, frozenset[str]]:
        """What must not come twice: who is meant."""
        return self.kind, frozenset(self.people)


_END: Final = Step(LAST_RESORT)
# SAFETY §3: emergency waits 3 minutes, urgent 15, a concern until the next working moment.
DEFAULTS: Final[Mapping[str, tuple[Step, ...]]] = {
    EMERGENCY: (Step(ON_CALL, 3), Step(NEXT_ON_CALL, 3), Step(COORDINATORS, 3), _END),
    URGENT: (Step(ON_CALL, 15), Step(NEXT_ON_CALL, 15), Step(COORDINATORS, 15), _END),
    CONCERN: (Step(ON_CALL), Step(COORDINATORS), _END),
}


def read_chain(rows: Sequence[Mapping[str, Any]], level: str, *, may_call: Collection[str]) -> tuple[Step, ...]:
    """Return the steps of a request for a level; `may_call` are the ids that a fallback list may name.

    Raises ChainEmpty, ChainTooLong, ChainTargetUnknown, ChainWait, ChainWithoutEnd, ChainLoop.
    """
    if not rows:
        raise ChainEmpty()
    if len(rows) > MOST_STEPS:
        raise ChainTooLong()
    steps = restore_chain(rows)
    for step in steps:
        _require_target(step, may_call)
        _require_wait(step, level)
    if steps[-1].kind != LAST_RESORT:
        raise ChainWithoutEnd()
    _require_no_loop(steps)
    return steps


def restore_chain(rows: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Return the steps of a stored or sent form."""
    return tuple(Step(row["kind"], row.get("wait_minutes"), tuple(row.get("people") or ())) for row in rows)


def show_chain(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return the form in which steps are stored, frozen and sent."""
    return [{"kind": one.kind, "wait_minutes": one.wait_minutes, "people": list(one.people)} for one in steps]


def freeze_chain(level: str, version: int, steps: Sequence[Step]) -> dict[str, Any]:
    """Return what an escalation keeps of its chain. It ends with the last resort, whatever the data says."""
    kept = [one for one in steps if one.kind != LAST_RESORT]
    return {"level": level, "version": version, "steps": show_chain([*kept, _END])}


def _require_target(step: Step, may_call: Collection[str]) -> None:
    if step.kind not in STEP_KINDS or (step.kind == FALLBACK) != bool(step.people):
        raise ChainTargetUnknown()
    if not set(step.people) <= set(may_call):
        raise ChainTargetUnknown()


def _require_wait(step: Step, level: str) -> None:
    if step.wait_minutes is None:
        fits = level == CONCERN or step.kind == LAST_RESORT
    else:
        fits = step.kind != LAST_RESORT and 1 <= step.wait_minutes <= MOST_WAIT[level]
    if not fits:
        raise ChainWait()


def _require_no_loop(steps: Sequence[Step]) -> None:
    # The next on the roster is somebody else each time; at most all steps of a chain.
    targets = [one.target for one in steps if one.kind != NEXT_ON_CALL]
    if len(set(targets)) != len(targets) or len({one for step in steps for one in step.people}) != sum(
        len(step.people) for step in steps
    ):
        raise ChainLoop()
