"""What the tests of the availability room share: a clock that stands still, gates that write down, the cast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from server.ports import registry
from server.ports.gates import GateMover
from tests.cast import Cast, make_cast
from tests.integration.availability.gates import RecordingGates
from tests.integration.availability.people import TUESDAY, Neighbours, make_neighbours


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A Tuesday evening."""
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def gates(monkeypatch: pytest.MonkeyPatch) -> RecordingGates:
    """Whoever moves gates in these tests."""
    mover = RecordingGates()
    answerers: dict[Any, Any] = registry._answerers
    monkeypatch.setitem(answerers, GateMover, mover)
    return mover


@pytest.fixture
def cast(db: None, clock: object, gates: RecordingGates) -> Cast:
    """The cast, all signed in."""
    made = make_cast()
    gates.forget()
    return made


@pytest.fixture
def neighbours(cast: Cast) -> Neighbours:
    """Bo, and two of Eve's team."""
    return make_neighbours(cast)
