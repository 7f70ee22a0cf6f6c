"""The machine of a swap, walked over every pair of verb and state."""

from __future__ import annotations

from itertools import product

import pytest

from server.availability.errors import SwapState
from server.availability.states import SHIFT_SWAP

ALLOWED = {"accept": "accepted", "decline": "declined", "withdraw": "withdrawn"}


@pytest.mark.parametrize(("verb", "state"), list(product(ALLOWED, SHIFT_SWAP.states)))
def test_every_pair(verb: str, state: str) -> None:
    if state == "proposed":
        assert SHIFT_SWAP.require_step(verb, state) == ALLOWED[verb]
    else:
        with pytest.raises(SwapState):
            SHIFT_SWAP.require_step(verb, state)
