"""A state machine is a picture: a wrong one stops the import, a right one says for each pair of states what may be."""

from __future__ import annotations

from typing import Any

import pytest

from server.foundation.errors import Forbidden, WarmlijnError
from server.foundation.state_machine import StateMachine, WrongPicture

DOOR: dict[str, Any] = {
    "name": "door",
    "states": ("open", "shut", "gone"),
    "start": "shut",
    "ends": frozenset({"gone"}),
    "steps": {
        "open": (frozenset({"shut"}), "open"),
        "shut": (frozenset({"open"}), "shut"),
        "remove": (frozenset({"open", "shut"}), "gone"),
    },
    "refusal": Forbidden,
}


def test_every_verb_from_every_state_is_as_drawn() -> None:
    door = StateMachine(**DOOR)
    for verb, (froms, to) in DOOR["steps"].items():
        for state in DOOR["states"]:
            if state in froms:
                assert door.require_step(verb, state) == to
            else:
                with pytest.raises(Forbidden) as refused:
                    door.require_step(verb, state)
                assert isinstance(refused.value, WarmlijnError)


def test_an_unknown_verb_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        StateMachine(**DOOR).require_step("burn", "open")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"states": ("open", "shut", "gone", "ajar")}, "nobody reaches"),
        ({"start": "ajar"}, "unknown states"),
        ({"ends": frozenset({"gone", "lost"})}, "unknown states"),
        ({"steps": DOOR["steps"] | {"burn": (frozenset({"ashes"}), "gone")}}, "unknown states"),
        ({"steps": DOOR["steps"] | {"burn": (frozenset({"open"}), "ashes")}}, "unknown states"),
        ({"steps": DOOR["steps"] | {"mend": (frozenset({"gone"}), "open")}}, "ends must end"),
        ({"ends": frozenset()}, "ends must end"),
        ({"steps": {"open": DOOR["steps"]["open"], "remove": (frozenset({"shut"}), "gone")}}, "ends must end"),
    ],
)
def test_a_wrong_picture_does_not_start(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(WrongPicture, match=says):
        StateMachine(**(DOOR | changes))
