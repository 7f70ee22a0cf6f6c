"""The machines of the chat room, walked over every pair of verb and state."""

from __future__ import annotations

import pytest

from server.chat.errors import CannotSend, NotHeld
from server.chat.states import CONVERSATION, MESSAGE
from server.foundation.errors import WarmlijnError
from server.foundation.state_machine import StateMachine

ALLOWED = {("conversation", "close", "open"): "closed", ("message", "withdraw", "accepted"): "withdrawn"}


@pytest.mark.parametrize(("machine", "refusal"), [(CONVERSATION, CannotSend), (MESSAGE, NotHeld)])
def test_every_pair(machine: StateMachine, refusal: type[WarmlijnError]) -> None:
    for verb in machine.steps:
        for state in machine.states:
            if (to := ALLOWED.get((machine.name, verb, state))) is not None:
                assert machine.require_step(verb, state) == to
            else:
                with pytest.raises(refusal):
                    machine.require_step(verb, state)
