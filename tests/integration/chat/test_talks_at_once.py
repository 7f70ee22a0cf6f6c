"""As many talks at once as one person may have: the other gates close while these run, and open as they end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pytest

from server.availability.models import LedgerEntry
from server.chat.errors import OutsideWindow
from server.events.relay import step_relay
from server.wiring import LISTENERS
from tests.cast import Cast, Player, make_player
from tests.integration.chat.evenings import (
    SECOND,
    add_pair,
    at,
    begin,
    head_of,
    keep_hours,
    list_availability,
    list_kinds,
    say,
    seat_of,
    set_numbers,
    sweep,
)
from tests.integration.chat.witness import nothing_changes_here

NAMES = ("Ada", "Bas", "Cas", "Daan")


@dataclass(frozen=True, slots=True)
class Evening:
    """Ben with four youths, and where each writes."""

    cast: Cast
    youths: tuple[Player, ...]
    places: tuple[str, ...]

    def write(self, *numbers: int, now: datetime) -> None:
        """Have Ben write in these conversations, and the relay hand on that he did."""
        for number in numbers:
            say(self.cast, self.cast.ben, conversation_id=self.places[number], now=now)
        hand_on(now)

    def list_gates(self) -> list[str]:
        """Return the state of each gate."""
        return [seat_of(self.cast.ben, place).gate for place in self.places]

    def is_held(self, number: int, now: datetime) -> bool:
        """Have a youth write, and say whether it is held."""
        held = say(self.cast, self.youths[number], conversation_id=self.places[number], now=now)
        return held.hold is not None


def hand_on(now: datetime) -> None:
    """Run the relay until nothing is left."""
    while step_relay(now, LISTENERS):
        pass


@pytest.fixture
def evening(transactional_db: None) -> Evening:
    """20:00, four conversations, two talks at once."""
    cast = begin("20:00")
    set_numbers(cast, talks_at_once=2)
    others = [make_player(cast.team, "youth", name, at("20:00")) for name in NAMES[1:]]
    places = [add_pair(cast, youth, cast.ben, now=at("20:00") + SECOND) for youth in others]
    hand_on(at("20:00") + SECOND)
    return Evening(cast, (cast.ada, *others), (cast.pair, *places))


def test_the_second_talk_closes_the_others_and_not_the_two(evening: Evening) -> None:
    evening.write(0, now=at("20:10"))
    assert evening.list_gates() == ["open"] * 4
    evening.write(1, now=at("20:12"))
    assert evening.list_gates() == ["open", "open", "closed", "closed"]
    seat = seat_of(evening.cast.ben, evening.places[2])
    assert (seat.gate_reason, seat.opens_at, seat.turns_at) == ("cap", None, at("20:25")), "until the first talk ends"
    assert [evening.is_held(number, at("20:13")) for number in range(4)] == [False, False, True, True]


def test_what_is_held_comes_when_the_first_talk_ends(evening: Evening) -> None:
    evening.write(0, 1, now=at("20:10"))
    assert evening.is_held(2, at("20:11"))
    ben = head_of(evening.cast.ben)
    sweep(at("20:25") - SECOND)
    assert list_kinds(evening.cast.ben, ben) == []
    assert not evening.is_held(2, at("20:25")), "with the sweeper dead"
    sweep(at("20:25"))
    assert list_kinds(evening.cast.ben, ben) == ["msg.new 1", "msg.new 2"]
    assert evening.list_gates() == ["open"] * 4


def test_a_talk_that_goes_on_keeps_the_others_closed(evening: Evening) -> None:
    evening.write(0, 1, now=at("20:10"))
    evening.write(0, 1, now=at("20:24"))
    sweep(at("20:25"))
    assert evening.list_gates() == ["open", "open", "closed", "closed"]
    assert seat_of(evening.cast.ben, evening.places[2]).turns_at == at("20:39")
    evening.write(0, now=at("20:38"))
    sweep(at("20:39"))
    assert evening.list_gates() == ["open"] * 4, "one of the two has ended"


def test_a_third_talk_that_began_before_anybody_looked_goes_on_too(evening: Evening) -> None:
    """The limit closes what is silent; it cuts nobody off in the middle."""
    evening.write(0, 1, 2, now=at("20:10"))
    assert evening.list_gates() == ["open", "open", "open", "closed"]


def test_elsewhere_the_expert_is_refused_meanwhile(evening: Evening) -> None:
    evening.write(0, 1, now=at("20:10"))
    with pytest.raises(OutsideWindow) as refused:
        say(evening.cast, evening.cast.ben, conversation_id=evening.places[2], now=at("20:11"))
    assert refused.value.extra == {"next_opening": None}
    assert LedgerEntry.objects.get(kind="refused_send").reason == "cap"


def test_the_youth_hears_that_nobody_is_there_now_and_not_why(evening: Evening) -> None:
    daan = evening.youths[3]
    before = head_of(daan)
    evening.write(0, 1, now=at("20:10"))
    (told,) = list_availability(daan, before)
    assert told == {"user": evening.cast.ben.id, "reachable": False, "until": None, "next_opening": None}


def test_the_facts_told_again_change_nothing(evening: Evening) -> None:
    evening.write(0, 1, now=at("20:10"))
    from server.chat.handlers import turn_when_full
    from server.events.facts import MessageAccepted

    fact = MessageAccepted(evening.places[1], 1, evening.places[1], evening.cast.ben.id, (), ())
    with nothing_changes_here():
        turn_when_full([fact, fact], at("20:10"))
        turn_when_full([fact], at("20:10") + SECOND)


def test_the_end_of_the_window_closes_all_of_them(evening: Evening) -> None:
    evening.write(0, 1, now=at("21:55"))
    sweep(at("22:00"))
    assert evening.list_gates() == ["open", "open", "closed", "closed"], "grace for the talks"
    assert seat_of(evening.cast.ben, evening.places[2]).gate_reason == "outside_hours"
    sweep(at("22:10"))
    assert evening.list_gates() == ["closed"] * 4


def test_a_talk_in_its_grace_keeps_it_when_the_relay_comes_late(evening: Evening) -> None:
    """The window has ended and nobody has turned the gates when the facts of its last minute are handed on."""
    say(evening.cast, evening.cast.ben, conversation_id=evening.places[0], now=at("21:59"))
    say(evening.cast, evening.cast.ben, conversation_id=evening.places[1], now=at("21:59"))
    hand_on(at("22:00") + SECOND)
    assert evening.list_gates()[:2] == ["open", "open"]
    assert seat_of(evening.cast.ben, evening.places[0]).turns_at == at("22:10")


def test_without_a_limit_everybody_stays(evening: Evening) -> None:
    set_numbers(evening.cast, talks_at_once=None)
    evening.write(0, 1, 2, now=at("20:10"))
    assert evening.list_gates() == ["open"] * 4


def test_other_experts_are_not_touched(evening: Evening) -> None:
    cast = evening.cast
    noa = make_player(cast.team, "expert", "Noa", at("20:00"))
    keep_hours(noa, [{"weekday": 2, "start": "19:00", "end": "22:00"}], now=at("20:00"))
    place = add_pair(cast, evening.youths[2], noa, now=at("20:01"))
    evening.write(0, 1, now=at("20:10"))
    assert seat_of(noa, place).gate == "open"
