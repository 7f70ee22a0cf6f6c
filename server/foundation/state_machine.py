"""A state machine as a literal table, checked when it is imported; a wrong picture cannot start the server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.foundation.errors import WarmlijnError


class WrongPicture(Exception):
    """The table is not a machine: an unknown state, a state nobody reaches, an end that goes on."""


@dataclass(frozen=True)
class StateMachine:
    """`steps[verb] = (states it may start from, state it leads to)`; `start` and `ends` close the picture.

    Raises WrongPicture while importing, when a step names an unknown state, a state cannot be reached from `start`,
    a state that is no end leads nowhere, or an end leads somewhere.
    """

    name: str
    states: tuple[str, ...]
    start: str
    ends: frozenset[str]
    steps: Mapping[str, tuple[frozenset[str], str]]
    refusal: type[WarmlijnError]

    def __post_init__(self) -> None:
        known, reached = set(self.states), self._reachable()
        named = {self.start, *self.ends} | {state for froms, to in self.steps.values() for state in (*froms, to)}
        leaving = {state for froms, _ in self.steps.values() for state in froms}
        if named - known:
            raise WrongPicture(f"{self.name}: unknown states {sorted(named - known)}")
        if known - reached:
            raise WrongPicture(f"{self.name}: nobody reaches {sorted(known - reached)}")
        if leaving & self.ends or known - self.ends - leaving:
            raise WrongPicture(f"{self.name}: ends must end and others must lead on")

    def require_step(self, verb: str, state: str) -> str:
        """Return the state that `verb` leads to from `state`. Raises the machine's refusal."""
        froms, to = self.steps[verb]
        if state not in froms:
            raise self.refusal(f"{verb} is not possible while {state}")
        return to

    def _reachable(self) -> set[str]:
        reached, grown = {self.start}, True
        while grown:
            new = {to for froms, to in self.steps.values() if froms & reached} - reached
            reached |= new
            grown = bool(new)
        return reached
