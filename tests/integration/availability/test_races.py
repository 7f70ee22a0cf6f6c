"""Two at once, on real connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from server.availability.actions import accept_swap, add_shifts, assign_shift, propose_swap, set_hours, start_pause
from server.availability.actions.caps import ReachedCap, close_by_caps
from server.availability.errors import ShiftChanged, ShiftOverlap, SwapState
from server.availability.models import CapClosure, Hours, LedgerEntry, Pause, Shift, ShiftSwap
from server.availability.rules.caps import Usage, find_cap
from server.availability.rules.wind_down import HoursSettings
from tests.cast import Cast, make_cast, make_player
from tests.integration.accounts.test_races import run_together
from tests.integration.availability.gates import RecordingGates
from tests.integration.availability.people import EVENINGS, TUESDAY, Neighbours, card_of, make_neighbours

pytestmark = pytest.mark.usefixtures("on_postgres")


@pytest.fixture
def cast(on_postgres: None, clock: object, gates: RecordingGates) -> Cast:
    """The cast, committed, so that other connections see it."""
    return make_cast()


@pytest.fixture
def neighbours(cast: Cast) -> Neighbours:
    """Bo and the others, committed."""
    return make_neighbours(cast)


def add_duty(cast: Cast) -> Shift:
    return add_shifts(
        actor=card_of(cast.mara),
        kind="duty",
        on="2026-11-17",
        start="19:00",
        end="23:00",
        person_id=cast.ben.id,
        now=TUESDAY,
    )[0]


def count_kinds(results: list[Any]) -> Counter[str]:
    return Counter(type(one).__name__ for one in results)


def take_turns(works: list[Callable[[], object]]) -> list[Any]:
    """Run these works at once, each on a connection of its own."""
    waiting = list(works)
    return run_together(len(works), lambda: waiting.pop()())


def test_a_swap_accepted_twice_at_once_is_accepted_once(cast: Cast, neighbours: Neighbours) -> None:
    shift = add_duty(cast)
    swap = propose_swap(actor=card_of(cast.ben), shift_id=shift.id, with_id=neighbours.bo.id, now=TUESDAY)
    bo = card_of(neighbours.bo)
    results = run_together(4, lambda: accept_swap(actor=bo, swap_id=swap.id, now=TUESDAY))
    assert count_kinds(results) == {"ShiftSwap": 1, "SwapState": 3}
    assert str(Shift.objects.get().person_id) == neighbours.bo.id


def test_of_two_colleagues_who_accept_at_once_one_has_the_shift(cast: Cast, neighbours: Neighbours) -> None:
    shift = add_duty(cast)
    takers = [neighbours.bo, make_player(cast.team, "expert", "Noa", TUESDAY)]
    swaps = [propose_swap(actor=card_of(cast.ben), shift_id=shift.id, with_id=one.id, now=TUESDAY) for one in takers]

    def accept(at: int) -> Callable[[], object]:
        return lambda: accept_swap(actor=card_of(takers[at]), swap_id=swaps[at].id, now=TUESDAY)

    results = take_turns([accept(0), accept(1)])
    assert len([one for one in results if isinstance(one, ShiftSwap)]) == 1
    assert len([one for one in results if isinstance(one, (SwapState, ShiftChanged))]) == 1
    assert sorted(ShiftSwap.objects.values_list("state", flat=True)) == ["accepted", "withdrawn"]


def test_a_swap_and_the_coordinators_change_leave_one_owner(cast: Cast, neighbours: Neighbours) -> None:
    shift = add_duty(cast)
    swap = propose_swap(actor=card_of(cast.ben), shift_id=shift.id, with_id=neighbours.bo.id, now=TUESDAY)
    results = take_turns(
        [
            lambda: accept_swap(actor=card_of(neighbours.bo), swap_id=swap.id, now=TUESDAY),
            lambda: assign_shift(actor=card_of(cast.mara), shift_id=shift.id, person_id=None, now=TUESDAY),
        ]
    )
    assert len([one for one in results if isinstance(one, (ShiftSwap, Shift))]) == 1
    owner = Shift.objects.get().person_id
    state = ShiftSwap.objects.get().state
    assert (str(owner), state) in {(neighbours.bo.id, "accepted"), ("None", "withdrawn")}


def test_two_shifts_at_one_time_leave_one(cast: Cast) -> None:
    results = run_together(3, lambda: add_duty(cast))
    assert count_kinds(results) == {"Shift": 1, ShiftOverlap.__name__: 2}


def test_hours_set_at_once_are_each_counted(cast: Cast, gates: RecordingGates) -> None:
    def put() -> None:
        set_hours(actor=card_of(cast.ben), zone="Europe/Amsterdam", windows=EVENINGS, now=TUESDAY)

    before = Hours.objects.filter(person_id=cast.ben.id).values_list("version", flat=True).first() or 0
    results = run_together(4, put)
    assert [one for one in results if isinstance(one, Exception)] == []
    assert Hours.objects.get(person_id=cast.ben.id).version == before + 4


def test_two_taps_make_one_pause(cast: Cast) -> None:
    results = run_together(3, lambda: start_pause(actor=card_of(cast.ben), now=TUESDAY))
    assert [one for one in results if isinstance(one, Exception)] == []
    assert Pause.objects.filter(ended_at=None).count() == 1


def test_a_cap_reached_in_two_workers_at_once_closes_once(cast: Cast) -> None:
    closure = find_cap(Usage(180, 1, 180), HoursSettings(), TUESDAY, "Europe/Amsterdam")
    assert closure is not None
    reached = [ReachedCap(card_of(cast.ben), closure)]
    results = run_together(3, lambda: close_by_caps(reached=reached, now=TUESDAY))
    assert sorted(len(one) for one in results if isinstance(one, list)) == [0, 0, 1]
    assert (CapClosure.objects.count(), LedgerEntry.objects.count()) == (1, 1)
