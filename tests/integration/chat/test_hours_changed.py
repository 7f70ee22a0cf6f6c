"""A change of hours moves the gates before it answers: nothing that is written afterwards goes the old way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine

from server.chat.errors import OutsideWindow
from tests.cast import Answer, Cast
from tests.integration.availability.people import delete, post, put
from tests.integration.chat.evenings import (
    ALWAYS,
    AMSTERDAM,
    EVENINGS,
    SECOND,
    at,
    begin,
    head_of,
    is_held,
    list_availability,
    list_kinds,
    say,
    seat_of,
    show,
    sweep,
)
from tests.integration.chat.witness import nothing_changes_here

NOW, END, TOMORROW = at("20:30"), at("22:00"), at("19:00", days=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Tuesday, 20:30: within Ben's evening."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def cast(transactional_db: None, clock: time_machine.Traveller) -> Cast:
    """The cast with Ben's evenings; a message has come through."""
    cast = begin("20:00")
    say(cast, cast.ada, now=at("20:10"))
    return cast


def set_windows(cast: Cast, windows: list[dict[str, Any]]) -> Answer:
    """Replace Ben's weekly hours."""
    return put(cast.ben, "/me/availability", zone=AMSTERDAM, windows=windows)


def except_today(cast: Cast, windows: list[dict[str, str]], parts: list[dict[str, str]]) -> Answer:
    """Give Ben other hours on this Tuesday."""
    dates = {"from": "2026-11-17", "to": "2026-11-17"}
    return post(cast.ben, "/me/availability/exceptions", kind="illness", windows=windows, parts=parts, **dates)


CLOSING: dict[str, tuple[Callable[[Cast], Answer], datetime | None]] = {
    "no hours": (lambda cast: set_windows(cast, []), None),
    "later hours": (
        lambda cast: set_windows(cast, [{"weekday": 2, "start": "21:00", "end": "22:00"}]),
        at("21:00"),
    ),
    "hours that ended": (
        lambda cast: set_windows(cast, [{"weekday": 2, "start": "19:00", "end": "20:30"}]),
        at("19:00", days=7),
    ),
    "another zone": (
        lambda cast: put(cast.ben, "/me/availability", zone="America/New_York", windows=EVENINGS),
        at("01:00", days=1),
    ),
    "a day closed": (lambda cast: except_today(cast, [], []), TOMORROW),
    "other hours today": (
        lambda cast: except_today(cast, [{"start": "21:15", "end": "21:45"}], []),
        at("21:15"),
    ),
    "a part taken off": (
        lambda cast: except_today(cast, [], [{"start": "20:15", "end": "21:00"}]),
        at("21:00"),
    ),
    "away": (
        lambda cast: post(cast.ben, "/me/availability/absences", from_="2026-11-17", to="2026-11-18"),
        at("19:00", days=2),
    ),
    "a pause": (lambda cast: post(cast.ben, "/me/pause"), None),
    "a pause until": (lambda cast: post(cast.ben, "/me/pause", until="2026-11-17T20:15:00Z"), at("21:15")),
    "rest": (lambda cast: post(cast.ben, "/me/rest"), at("20:30", days=1)),
}


@pytest.mark.parametrize("way", CLOSING)
def test_what_closes_has_closed_before_it_answers(cast: Cast, way: str) -> None:
    close, opens_at = CLOSING[way]
    ben, version = head_of(cast.ben), seat_of(cast.ben, cast.pair).gate_version
    answer = close(cast)
    assert answer.status in (200, 201), answer.body
    seat = seat_of(cast.ben, cast.pair)
    assert (seat.gate, seat.opens_at, seat.gate_version, seat.visible_upto) == ("closed", opens_at, version + 1, 1)
    assert is_held(cast, now=NOW + SECOND)
    with pytest.raises(OutsideWindow) as refused:
        say(cast, cast.ben, now=NOW + SECOND)
    assert refused.value.extra == {"next_opening": show(opens_at) if opens_at else None}
    assert list_kinds(cast.ben, ben) == []


@pytest.mark.parametrize("way", CLOSING)
def test_what_closes_closes_a_running_talk_too(cast: Cast, way: str) -> None:
    """Grace is for the clock: what the expert does themselves counts at once."""
    say(cast, cast.ben, "ik moet weg", now=at("20:29"))
    CLOSING[way][0](cast)
    assert seat_of(cast.ben, cast.pair).gate == "closed"


@pytest.mark.parametrize("way", CLOSING)
def test_what_closes_opens_again_by_itself(cast: Cast, way: str) -> None:
    close, opens_at = CLOSING[way]
    close(cast)
    held = is_held(cast, now=NOW + SECOND)
    assert held
    if opens_at is not None:
        sweep(opens_at - SECOND)
        assert "msg.new 2" not in list_kinds(cast.ben)
        sweep(opens_at)
        assert ("msg.new 2" in list_kinds(cast.ben)) is (seat_of(cast.ben, cast.pair).gate == "open")
        assert seat_of(cast.ben, cast.pair).gate == "open"


def find_made(answer: Answer) -> str:
    """Return the id of what was made."""
    return str(answer.body["id"])


def close_and_return(cast: Cast, way: str) -> Callable[[], Answer]:
    """Close in one of the ways that can be taken back, and return how."""
    answer = CLOSING[way][0](cast)
    if way == "a day closed":
        return lambda: delete(cast.ben, f"/me/availability/exceptions/{find_made(answer)}")
    if way == "away":
        return lambda: delete(cast.ben, f"/me/availability/absences/{find_made(answer)}")
    if way in ("a pause", "rest"):
        return lambda: delete(cast.ben, "/me/pause" if way == "a pause" else "/me/rest")
    return lambda: set_windows(cast, ALWAYS)


@pytest.mark.parametrize("way", ["no hours", "another zone", "a day closed", "away", "a pause", "rest"])
def test_what_is_taken_back_has_opened_before_it_answers(cast: Cast, clock: time_machine.Traveller, way: str) -> None:
    take_back = close_and_return(cast, way)
    assert is_held(cast, now=NOW + SECOND)
    ben, ada = head_of(cast.ben), head_of(cast.ada)
    clock.move_to(NOW + 5 * SECOND)
    assert take_back().status in (200, 204)
    assert list_kinds(cast.ben, ben) == ["msg.new 2"]
    assert "gate.opened" in list_kinds(cast.ada, ada)
    assert not is_held(cast, now=NOW + 6 * SECOND)


def test_hours_that_stay_the_same_change_nothing_but_their_version(cast: Cast) -> None:
    ben, ada, seat = head_of(cast.ben), head_of(cast.ada), seat_of(cast.ben, cast.pair)
    assert set_windows(cast, EVENINGS).status == 200
    again = seat_of(cast.ben, cast.pair)
    assert (again.gate_version, again.turned_at, again.turns_at) == (seat.gate_version, seat.turned_at, END)
    assert (head_of(cast.ben), head_of(cast.ada)) == (ben, ada)


def test_a_closed_gate_that_is_given_other_hours_keeps_its_cut(cast: Cast) -> None:
    set_windows(cast, [])
    assert is_held(cast, now=NOW + SECOND)
    before = seat_of(cast.ben, cast.pair)
    except_today(cast, [{"start": "21:15", "end": "21:45"}], [])
    after = seat_of(cast.ben, cast.pair)
    assert (after.gate, after.opens_at, after.visible_upto) == ("closed", at("21:15"), 1)
    assert (after.gate_version, after.turned_at) == (before.gate_version, before.turned_at)


def test_the_youth_hears_of_it_at_once_and_never_why(cast: Cast, clock: time_machine.Traveller) -> None:
    ada = head_of(cast.ada)
    post(cast.ben, "/me/pause")
    assert list_availability(cast.ada, ada) == [
        {"user": cast.ben.id, "reachable": False, "until": None, "next_opening": None}
    ]
    clock.move_to(NOW + SECOND)
    post(cast.ben, "/me/pause", until="2026-11-17T20:15:00Z")
    assert list_availability(cast.ada, ada) == [
        {"user": cast.ben.id, "reachable": False, "until": None, "next_opening": show(at("21:15"))}
    ]
    clock.move_to(NOW + 2 * SECOND)
    delete(cast.ben, "/me/pause")
    assert list_availability(cast.ada, ada) == [
        {"user": cast.ben.id, "reachable": True, "until": show(END), "next_opening": None}
    ]


def test_what_is_refused_moves_nothing(cast: Cast) -> None:
    with nothing_changes_here():
        assert set_windows(cast, [{"weekday": 9, "start": "19:00", "end": "22:00"}]).status == 422
        assert except_today(cast, [{"start": "1", "end": "2"}], []).status == 422
        assert post(cast.ben, "/me/pause", until="2026-11-17T10:00:00Z").status == 422
