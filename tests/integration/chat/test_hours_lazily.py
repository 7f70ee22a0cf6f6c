"""The sweeper is dead: whoever looks, sends, reads or types finds the gates as the hours say, to the instant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime

import pytest
import time_machine

from server.foundation.clock import read_clock
from server.realtime.queries import get_cursor
from tests.cast import Cast, Rest, SocketClient
from tests.integration.chat.evenings import INSTANT, at, begin, list_kinds, say, seat_of, show
from tests.integration.chat.test_typing import type_at
from tests.integration.realtime.house import House, do

START, END, TOMORROW = at("19:00"), at("22:00"), at("19:00", days=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Tuesday, 18:00."""
    with time_machine.travel(at("18:00"), tick=False) as clock:
        yield clock


@pytest.fixture
def cast(transactional_db: None, clock: time_machine.Traveller) -> Cast:
    """The cast with Ben's evenings; no worker loop runs."""
    return begin("18:00")


Look = Callable[[Cast, House, SocketClient], Awaitable[object]]


async def greet(cast: Cast, house: House, ben: SocketClient) -> None:
    """Come with another device."""
    tablet = house.make_client(cast.ben, "tablet")
    await tablet.connect()
    await tablet.hello()


def call(path: str) -> Look:
    """Return a look over REST."""

    async def look(cast: Cast, house: House, ben: SocketClient) -> None:
        answer = await do(lambda: Rest(cast.ben).get(path.format(c=cast.pair)))
        assert answer.status == 200

    return look


# What an expert does, and whereupon their gate is as the hours say.
LOOKS: dict[str, Look] = {
    "hello": greet,
    "ping": lambda cast, house, ben: ben.ask("ping"),
    "read": lambda cast, house, ben: ben.ask("read", c=cast.pair, upto=0),
    "send": lambda cast, house, ben: ben.send(cast.pair),
    "history": call("/conversations/{c}/messages"),
    "list": call("/conversations"),
    "snapshot": call("/snapshot"),
}


@pytest.mark.parametrize("look", LOOKS)
async def test_an_expert_who_looks_at_the_start_finds_everything(
    cast: Cast, house: House, clock: time_machine.Traveller, look: str
) -> None:
    ben = await house.open(cast.ben)
    await do(lambda: say(cast, cast.ada, "ben je er?", now=at("18:30")))
    clock.move_to(START - INSTANT)
    await LOOKS[look](cast, house, ben)
    await ben.settle()
    assert ben.list_events("msg.new") == []
    clock.move_to(START)
    await LOOKS[look](cast, house, ben)
    assert (await ben.wait_for_event("msg.new"))["body"] == "ben je er?"
    seat = await do(lambda: seat_of(cast.ben, cast.pair))
    assert (seat.gate, seat.turns_at) == ("open", END)


@pytest.mark.parametrize("look", LOOKS)
async def test_an_expert_who_looks_at_the_end_finds_it_closed(
    cast: Cast, house: House, clock: time_machine.Traveller, look: str
) -> None:
    clock.move_to(at("20:00"))
    ben = await house.open(cast.ben)
    await ben.settle()
    clock.move_to(END - INSTANT)
    assert (await ben.ask("read", c=cast.pair, upto=0))["type"] == "ok"
    assert (await do(lambda: seat_of(cast.ben, cast.pair))).gate == "open"
    clock.move_to(END)
    await LOOKS[look](cast, house, ben)
    seat = await do(lambda: seat_of(cast.ben, cast.pair))
    assert (seat.gate, seat.turns_at) == ("closed", TOMORROW)


async def test_a_sync_at_the_start_and_at_the_end_finds_the_same(
    cast: Cast, house: House, clock: time_machine.Traveller
) -> None:
    await do(lambda: say(cast, cast.ada, "ben je er?", now=at("18:30")))
    tablets = [house.make_client(cast.ben, name) for name in ("tablet", "laptop")]
    for tablet in tablets:
        await tablet.connect()
        assert (await tablet.hello())["resumed"] is False
    clock.move_to(START)
    cursor = await do(lambda: get_cursor(cast.ben.id))
    await tablets[0].sync(cursor)
    assert (await tablets[0].wait_for_event("msg.new"))["body"] == "ben je er?"
    clock.move_to(END)
    await tablets[1].sync(await do(lambda: get_cursor(cast.ben.id)))
    assert (await do(lambda: seat_of(cast.ben, cast.pair))).gate == "closed"


async def test_the_snapshot_at_the_start_holds_what_was_held_and_the_cursor_is_before_it(
    cast: Cast, house: House, clock: time_machine.Traveller
) -> None:
    await do(lambda: say(cast, cast.ada, "ben je er?", now=at("18:30")))
    clock.move_to(START)
    snapshot = (await do(lambda: Rest(cast.ben).get("/snapshot"))).body
    (conversation,) = snapshot["conversations"]
    assert [one["body"] for one in conversation["messages"]] == ["ben je er?"]
    assert (conversation["last_seq"], conversation["gate"]) == (
        1,
        {"state": "open", "opens_at": None, "until": show(END)},
    )
    assert snapshot["cursor"] == await do(lambda: get_cursor(cast.ben.id))


async def test_the_list_after_the_end_counts_to_where_the_gate_closed(
    cast: Cast, house: House, clock: time_machine.Traveller
) -> None:
    await do(lambda: say(cast, cast.ada, "dag", now=at("21:00")))
    clock.move_to(END)
    (shown,) = (await do(lambda: Rest(cast.ben).get("/conversations"))).body["conversations"]
    assert shown["gate"] == {"state": "closed", "opens_at": show(TOMORROW), "until": None}
    await do(lambda: say(cast, cast.ada, "nog iets", now=END + INSTANT))
    (shown,) = (await do(lambda: Rest(cast.ben).get("/conversations"))).body["conversations"]
    assert (shown["last_seq"], shown["visible_upto"]) == (1, 1)


# --- what the youth sees


@pytest.mark.parametrize("path", ["/conversations", "/snapshot"])
async def test_the_youth_sees_who_can_be_reached_to_the_instant(
    cast: Cast, house: House, clock: time_machine.Traveller, path: str
) -> None:
    def look(now: datetime) -> tuple[bool, str | None, str | None]:
        clock.move_to(now)
        (shown,) = Rest(cast.ada).get(path).body["conversations"]
        other = shown["counterpart"]
        return other["reachable"], other["until"], other["next_opening"]

    assert await do(lambda: look(START - INSTANT)) == (False, None, show(START))
    assert await do(lambda: look(START)) == (True, show(END), None)
    assert await do(lambda: look(END - INSTANT)) == (True, show(END), None)
    assert await do(lambda: look(END)) == (False, None, show(TOMORROW))


async def test_the_youths_history_says_held_until_the_start(
    cast: Cast, house: House, clock: time_machine.Traveller
) -> None:
    await do(lambda: say(cast, cast.ada, now=at("18:30")))

    def look(now: datetime) -> str | None:
        clock.move_to(now)
        (message,) = Rest(cast.ada).get(f"/conversations/{cast.pair}/messages").body["messages"]
        status: str | None = message.get("status")
        return status

    assert await do(lambda: look(START - INSTANT)) == "held"
    assert await do(lambda: look(START)) is None


async def test_a_message_over_the_socket_is_held_and_stored_to_the_instant(
    cast: Cast, house: House, clock: time_machine.Traveller
) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    held = []
    for now in (START - INSTANT, START, END - INSTANT, END):
        clock.move_to(now)
        held.append((await ada.send(cast.pair))["status"])
    assert held == ["held", "stored", "stored", "held"]
    assert (await ben.wait_for_event("msg.new", seq=3))["at"] == show(END - INSTANT)
    await ben.settle()
    assert [one["seq"] for one in ben.list_events("msg.new")] == [1, 2, 3]


async def test_typing_goes_through_from_the_start_to_the_end(
    cast: Cast, house: House, clock: time_machine.Traveller
) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)

    async def type_now(now: datetime) -> int:
        clock.move_to(now)
        for socket in house.hub.by_user[cast.ada.id]:
            socket.typed_at.clear()
        before = len(ben.list_pushes("typing"))
        return len(await type_at(ada, ben, cast.pair, True)) - before

    seen = [await type_now(now) for now in (START - INSTANT, START, END - INSTANT, END)]
    assert seen == [0, 1, 1, 0]


async def test_a_read_receipt_goes_through_from_the_start_to_the_end(
    cast: Cast, house: House, clock: time_machine.Traveller
) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    clock.move_to(START)
    await ben.send(cast.pair, "1")
    await ben.send(cast.pair, "2")
    clock.move_to(END - INSTANT)
    await ada.ask("read", c=cast.pair, upto=1)
    assert (await ben.wait_for_event("receipt.read"))["upto"] == 1
    clock.move_to(END)
    await ada.ask("read", c=cast.pair, upto=2)
    await ben.settle()
    assert [one["upto"] for one in ben.list_events("receipt.read")] == [1]
    clock.move_to(TOMORROW)
    await ben.ask("ping")
    await ben.settle()
    assert ben.list_events("receipt.read")[-1]["upto"] == 2


async def test_an_acknowledgement_tells_nothing_after_the_end(
    cast: Cast, house: House, clock: time_machine.Traveller
) -> None:
    """Ada's device says at night what it has got; Ben does not hear it before tomorrow."""
    clock.move_to(at("21:30"))
    ada = await house.open(cast.ada)
    await do(lambda: say(cast, cast.ben, now=read_clock()))
    await ada.settle()
    clock.move_to(END)
    ada.ack()
    await ada.ask("ping")
    await house.hub.keeper._flush_acks()
    assert "receipt.delivered" not in await do(lambda: list_kinds(cast.ben))
    clock.move_to(TOMORROW)
    ben = await house.open(cast.ben)
    receipt = await ben.wait_for_event("receipt.delivered")
    assert (receipt["user"], receipt["upto"]) == (cast.ada.id, 1)


async def test_withdrawing_at_the_start_comes_too_late(cast: Cast, house: House, clock: time_machine.Traveller) -> None:
    ada = await house.open(cast.ada)
    clock.move_to(at("18:30"))
    first, second = [(await ada.send(cast.pair))["mid"] for _ in range(2)]
    clock.move_to(START - INSTANT)
    assert (await ada.ask("withdraw", c=cast.pair, mid=first))["type"] == "ok"
    clock.move_to(START)
    assert (await ada.ask("withdraw", c=cast.pair, mid=second))["code"] == "msg.not_held"
