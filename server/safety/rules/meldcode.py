"""The meldcode as data: five steps, in this order. The coordinator's work; the server reports nothing by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from server.safety.file_errors import (
    MeldcodeDate,
    MeldcodeDecisionMissing,
    MeldcodeOrder,
    MeldcodeReasonMissing,
    MeldcodeRoleUnknown,
    MeldcodeStepUnknown,
)

DONE: Final = "done"
SKIPPED: Final = "skipped"
OUTCOMES: Final = (DONE, SKIPPED)
# What the fifth step may come to. Whoever reports does so themselves, outside of this server.
DECISIONS: Final = ("no_suspicion", "organise_help", "report")
# With whom a step was done; names of people have no place here.
ROLES: Final = (
    "colleague", "coordinator", "attention_officer", "veilig_thuis", "youth", "parent", "professional", "doctor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number, its stable name, and whom it cannot do without."""

    number: int
    name: str


STEPS: Final = (
    Step(1, "map_signs"),
    Step(2, "consult"),
    Step(3, "talk"),
    Step(4, "weigh"),
    Step(5, "decide"),
)
LAST: Final = STEPS[-1].number


@dataclass(frozen=True, slots=True)
class StepDraft:
    """What somebody wants to write down about a step: `outcome` is done or skipped, `reason` their own words."""

    number: int
    outcome: str
    reason: str
    with_role: str | None = None
    decision: str | None = None


def require_step(draft: StepDraft, *, taken: Iterable[int], on: date, today: date) -> None:
    """Refuse a step that cannot stand in the file: `taken` are the steps that were done or skipped before.

    A step may be done again (a second consult), and only when the ones before it are there; the last cannot be
    skipped. One that is skipped, and the decision, have a reason. Raises MeldcodeStepUnknown, MeldcodeOrder,
    MeldcodeReasonMissing, MeldcodeRoleUnknown, MeldcodeDecisionMissing, MeldcodeDate.
    """
    if draft.number not in {one.number for one in STEPS} or draft.outcome not in OUTCOMES:
        raise MeldcodeStepUnknown()
    last = draft.number == LAST
    if set(range(1, draft.number)) - set(taken) or (last and draft.outcome == SKIPPED):
        raise MeldcodeOrder()
    if not draft.reason.strip() and (last or draft.outcome == SKIPPED):
        raise MeldcodeReasonMissing()
    if draft.with_role is not None and draft.with_role not in ROLES:
        raise MeldcodeRoleUnknown()
    if draft.decision not in (DECISIONS if last else (None,)):
        raise MeldcodeDecisionMissing()
    if on > today:
        raise MeldcodeDate()


def find_next(taken: Iterable[int]) -> int | None:
    """Return the number of the step that comes next, None after the last."""
    done = set(taken)
    return next((one.number for one in STEPS if one.number not in done), None)
