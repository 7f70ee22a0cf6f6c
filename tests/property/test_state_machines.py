"""Every machine does what its picture says, in every state, for every verb; and a wrong picture does not start."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from itertools import product

import pytest
from django.apps import apps
from django.db.models import CheckConstraint, Q
from hypothesis import given
from hypothesis import strategies as st

import server
from server.foundation.errors import WarmlijnError
from server.foundation.state_machine import StateMachine, WrongPicture

# What is drawn here is drawn a second time on purpose: machine → from → to → verb (several, with a space between).
# Every other step is refused.
PICTURES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "buddy_request": {"waiting": {"placed": "place", "withdrawn": "withdraw"}, "placed": {"waiting": "bring_back"}},
    "complaint": {
        "received": {"assigned": "assign"},
        "assigned": {"advised": "advise", "decided": "decide"},
        "advised": {"decided": "decide"},
        "decided": {"closed": "close"},
        "closed": {"assigned": "reopen"},
    },
    "conversation": {"open": {"closed": "close"}},
    "duty_request": {"open": {"claimed": "claim", "withdrawn": "withdraw", "lapsed": "lapse"}},
    "escalation": {
        "open": {"acknowledged": "acknowledge", "open": "raise"},
        "acknowledged": {
            "in_progress": "begin",
            "open": "lapse release raise",
            "resolved": "resolve",
            "handed_over": "hand_over",
        },
        "in_progress": {"open": "release raise", "resolved": "resolve", "handed_over": "hand_over"},
        "resolved": {"open": "reopen"},
        "handed_over": {"open": "reopen"},
    },
    "message": {"accepted": {"withdrawn": "withdraw"}},
    "pairing": {
        "proposed": {"introduced": "introduce", "declined": "decline", "withdrawn": "withdraw"},
        "introduced": {
            "active": "activate",
            "closing": "close",
            "rematch": "change",
            "declined": "decline",
            "withdrawn": "withdraw",
        },
        "active": {"paused": "pause", "closing": "close", "rematch": "change"},
        "paused": {"active": "resume", "closing": "close", "rematch": "change"},
        "closing": {"active": "resume", "closed": "end", "rematch": "change"},
        "rematch": {"closed": "end"},
    },
    "shift_swap": {"proposed": {"accepted": "accept", "declined": "decline", "withdrawn": "withdraw"}},
}
# machine → the model and the column that keep its state, with a check constraint of the same states
COLUMNS = {
    "buddy_request": ("buddies.BuddyRequest", "state"),
    "complaint": ("safety.Complaint", "state"),
    "conversation": ("chat.Conversation", "state"),
    "duty_request": ("chat.DutyRequest", "state"),
    "escalation": ("safety.Escalation", "state"),
    "message": ("chat.Message", "state"),
    "pairing": ("buddies.Pairing", "state"),
    "shift_swap": ("availability.ShiftSwap", "state"),
}


def find_machines() -> Iterator[StateMachine]:
    """Yield every machine of the house: they stand in modules called `states`."""
    for found in pkgutil.walk_packages(server.__path__, "server."):
        if found.name.endswith(".states"):
            module = importlib.import_module(found.name)
            yield from (one for one in vars(module).values() if isinstance(one, StateMachine))


MACHINES = {machine.name: machine for machine in find_machines()}
CELLS = [(name, *pair) for name, machine in MACHINES.items() for pair in product(machine.states, machine.states)]
TRIES = [(name, *pair) for name, machine in MACHINES.items() for pair in product(machine.states, machine.steps)]


def test_every_machine_is_drawn_here_and_kept_in_a_column() -> None:
    assert MACHINES.keys() == PICTURES.keys() == COLUMNS.keys()


@pytest.mark.parametrize(("name", "here", "there"), CELLS)
def test_from_here_to_there_leads_exactly_the_verb_that_is_drawn(name: str, here: str, there: str) -> None:
    machine = MACHINES[name]
    leading = {verb for verb, (froms, to) in machine.steps.items() if here in froms and to == there}
    assert leading == set(PICTURES[name].get(here, {}).get(there, "").split())


@pytest.mark.parametrize(("name", "state", "verb"), TRIES)
def test_a_verb_leads_where_it_is_drawn_or_is_refused(name: str, state: str, verb: str) -> None:
    machine = MACHINES[name]
    drawn = {of: to for to, verbs in PICTURES[name].get(state, {}).items() for of in verbs.split()}
    if verb in drawn:
        assert machine.require_step(verb, state) == drawn[verb]
    else:
        with pytest.raises(machine.refusal):
            machine.require_step(verb, state)


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_the_database_knows_the_same_states(name: str) -> None:
    label, column = COLUMNS[name]
    constraints = [one for one in apps.get_model(label)._meta.constraints if isinstance(one, CheckConstraint)]
    known = {frozenset(states) for one in constraints for states in _list_known(one.condition, column)}
    assert known == {frozenset(MACHINES[name].states)}


def _list_known(condition: object, column: str) -> list[list[str]]:
    children = condition.children if isinstance(condition, Q) else []
    return [list(child[1]) for child in children if isinstance(child, tuple) and child[0] == f"{column}__in"]


STATES = st.sampled_from(("a", "b", "c", "d"))
STEPS = st.dictionaries(st.sampled_from(("go", "stop", "turn", "back")), st.tuples(st.frozensets(STATES), STATES))


@given(st.lists(STATES, unique=True, min_size=1).map(tuple), STATES, st.frozensets(STATES), STEPS)
def test_a_picture_starts_exactly_when_it_is_a_machine(
    states: tuple[str, ...], start: str, ends: frozenset[str], steps: dict[str, tuple[frozenset[str], str]]
) -> None:
    edges = {(state, to) for froms, to in steps.values() for state in froms}
    named = {start, *ends, *(to for _, to in steps.values()), *(state for state, _ in edges)}
    leaving = {state for state, _ in edges}
    sound = named <= set(states) and _walk(start, edges) >= set(states) and leaving == set(states) - ends
    try:
        machine = StateMachine("drawn", states, start, ends, steps, WarmlijnError)
    except WrongPicture:
        assert not sound
    else:
        assert sound
        assert all(machine.require_step(verb, state) == to for verb, (froms, to) in steps.items() for state in froms)


def _walk(start: str, edges: set[tuple[str, str]]) -> set[str]:
    reached = {start}
    for _ in range(len(edges)):
        reached |= {to for state, to in edges if state in reached}
    return reached
