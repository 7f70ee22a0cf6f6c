"""Several experts in one room: each gate follows its own hours, and says nothing to who is outside theirs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.cast import Cast, Player, make_player
from tests.integration.chat.evenings import (
    EVENINGS,
    at,
    begin,
    head_of,
    is_held,
    keep_hours,
    list_kinds,
    make_room,
    read_log,
    say,
    seat_of,
    sweep,
)

START, END, TOMORROW = at("19:00"), at("22:00"), at("19:00", days=1)


@dataclass(frozen=True, slots=True)
class Duo:
    """Ada with two experts: Ben (19:00 to 22:00) and Cleo (22:00 to 23:00)."""

    cast: Cast
    cleo: Player
    room: str


@pytest.fixture
def duo(transactional_db: None) -> Duo:
    """The room, at 18:00."""
    cast = begin("18:00")
    cleo = make_player(cast.team, "expert", "Cleo", at("18:00"))
    keep_hours(cleo, [{"weekday": day, "start": "22:00", "end": "23:00"} for day in range(1, 8)], now=at("18:00"))
    return Duo(cast, cleo, make_room(cast, cast.ben, cleo, now=at("18:00")))


def test_each_gate_follows_its_own_hours(duo: Duo) -> None:
    cast = duo.cast
    held = say(cast, cast.ada, now=at("18:30"), conversation_id=duo.room)
    assert held.hold is not None
    assert (held.hold.person_id, held.hold.opens_at) == (cast.ben.id, START), "the first to open"
    assert not is_held(cast, now=at("20:00"), c=duo.room), "Ben reads it"
    assert [one for one in list_kinds(cast.ben) if one.startswith("msg")] == ["msg.new 1", "msg.new 2"]
    assert list_kinds(duo.cleo) == []
    sweep(END)
    assert list_kinds(duo.cleo)[:3] == ["conv.new", "msg.new 1", "msg.new 2"]


def test_who_is_outside_their_hours_hears_nothing_of_a_colleagues_opening(duo: Duo) -> None:
    """Neither that the colleague can be reached now, nor that the colleague has what one wrote oneself."""
    cast = duo.cast
    sweep(at("21:00"))
    say(cast, cast.ben, "voor jullie", now=at("21:30"), conversation_id=duo.room)
    ben, ada = head_of(cast.ben), head_of(cast.ada)
    assert not is_held(cast, now=at("22:30"), c=duo.room)
    sweep(at("22:30"))
    assert list_kinds(cast.ben, ben) == []
    assert "availability.changed" in list_kinds(cast.ada, ada)
    sweep(TOMORROW)
    heard = [one for one in read_log(cast.ben, ben) if str(one.conversation_id) == duo.room]
    assert [one.kind for one in heard if one.kind != "availability.changed"] == ["msg.new", "gate.opened"]
    assert [one.refs for one in heard if one.kind == "gate.opened"] == [{"upto": 2}], "read meanwhile"


def test_a_change_of_hours_is_not_told_to_a_colleague_whose_hours_are_over(duo: Duo) -> None:
    """Nobody has turned the colleague's gate yet; the change does."""
    cast = duo.cast
    sweep(at("21:00"))
    ben = head_of(cast.ben)
    keep_hours(duo.cleo, EVENINGS, now=at("22:01"))
    assert list_kinds(cast.ben, ben) == []
    assert seat_of(cast.ben, duo.room).gate == "closed"


def test_who_closes_their_own_hours_is_not_told_what_a_colleagues_clock_did(duo: Duo) -> None:
    """Cleo goes away when Ben's hours are over and nobody has turned his gate: both turn at once, neither hears."""
    cast = duo.cast
    sweep(END)
    ben, cleo = head_of(cast.ben), head_of(duo.cleo)
    keep_hours(cast.ben, [{"weekday": 2, "start": "22:00", "end": "22:30"}], now=at("22:01"))
    assert list_kinds(duo.cleo, cleo) == ["availability.changed"]
    ben, cleo = head_of(cast.ben), head_of(duo.cleo)
    keep_hours(duo.cleo, [], now=at("22:31"))
    assert (list_kinds(cast.ben, ben), list_kinds(duo.cleo, cleo)) == ([], [])


def test_gates_that_open_at_once_tell_each_other(duo: Duo) -> None:
    cast = duo.cast
    say(cast, cast.ben, "voor jullie", now=at("21:00"), conversation_id=duo.room)
    keep_hours(duo.cleo, EVENINGS, now=at("21:59"))
    assert "msg.new 1" in list_kinds(duo.cleo), "21:59 is in her hours now"
    sweep(END)
    keep_hours(duo.cleo, [], now=at("23:00"))
    keep_hours(duo.cleo, EVENINGS, now=at("23:30"))
    cleo = head_of(duo.cleo)
    say(cast, cast.ada, now=at("23:31"), conversation_id=duo.room)
    ada = head_of(cast.ada)
    sweep(TOMORROW)
    assert "msg.new 2" in list_kinds(duo.cleo, cleo)
    assert "msg.new 2" in list_kinds(cast.ben)
    assert list_kinds(cast.ada, ada).count("gate.opened") == 2


def test_what_an_expert_wrote_to_a_colleague_is_not_held_once_both_are_there(duo: Duo) -> None:
    cast = duo.cast
    sweep(at("21:00"))
    say(cast, cast.ben, "voor Cleo", now=at("21:00"), conversation_id=duo.room)
    keep_hours(duo.cleo, EVENINGS, now=at("22:30"))
    ben = head_of(cast.ben)
    sweep(TOMORROW)
    assert {seat_of(one, duo.room).gate for one in (cast.ben, duo.cleo)} == {"open"}
    assert "msg.new 1" in list_kinds(duo.cleo)
    assert "gate.opened" in list_kinds(cast.ben, ben)
