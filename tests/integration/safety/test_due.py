"""The watch of the worker loops sees what the steps take: a row that it did not see would wait for its loop's rest."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from server.foundation.clock import read_clock
from server.foundation.loops import WorkerLoop, list_due
from server.wiring import make_loops
from tests.cast import Cast
from tests.integration.availability.people import TUESDAY
from tests.integration.chat.pool import ask, give_duty
from tests.integration.safety.evening import ENDS, give_evening, press, put_on_call

WATCHED = [loop for loop in make_loops() if loop.due]


def run_once(loop: WorkerLoop) -> bool:
    """Take a step, and see that the watch has named the loop exactly when there was something to do."""
    now = read_clock()
    named = loop.name in list_due(WATCHED, now)
    found = loop.step(now)
    assert found == named, loop.name
    return found


def run_all(seen: set[str]) -> None:
    """Do all that is due; note which loops had work."""
    while found := {loop.name for loop in WATCHED if run_once(loop)}:
        seen |= found


def test_every_row_that_a_step_takes_was_seen_by_the_watch(cast: Cast, clock: time_machine.Traveller) -> None:
    give_evening(cast.ben)
    put_on_call(cast, cast.mara, cast.noor)
    give_duty(cast.mara, [cast.ben])
    seen: set[str] = set()
    run_all(seen)
    assert press(cast.ada).status == ask(cast.ada).status == 201
    for minutes in range(0, 120, 10):
        clock.move_to(TUESDAY + timedelta(minutes=minutes))
        run_all(seen)
    clock.move_to(TUESDAY + ENDS + timedelta(minutes=1))
    run_all(seen)
    assert seen >= {"relay", "gates", "duty", "escalations", "pages", "letters", "webhooks"}
    assert list_due(WATCHED, read_clock()) == []
