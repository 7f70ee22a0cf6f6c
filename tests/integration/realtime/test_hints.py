"""Hints between servers, and how what they would have said is found when they are lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.foundation.rate_limits import get_limiter
from server.realtime.actions.acks import AckMark, note_acks
from server.realtime.limits import SILENCE_SECONDS
from tests.cast import Cast
from tests.integration.realtime.house import House, do, open_house


@pytest.fixture
async def other(house: House) -> AsyncIterator[House]:
    """A second server."""
    async with open_house() as other:
        await house.hub.keeper.beat()  # as its clock does: it learns that it is not alone
        yield other


async def test_a_message_reaches_the_other_server(cast: Cast, house: House, other: House) -> None:
    ada, ben = await house.open(cast.ada), await other.open(cast.ben)
    for at in range(3):
        await ada.send(cast.pair, f"{at}")
    await ben.wait_for_event("msg.new", seq=3)
    assert [one["body"] for one in ben.list_events("msg.new")] == ["0", "1", "2"]


async def test_a_lone_server_counts_its_devices_itself_until_another_lives(cast: Cast, house: House) -> None:
    assert (house.hub.alone, get_limiter().alone) == (True, True)
    async with open_house():
        await house.hub.keeper.beat()
        assert (house.hub.alone, get_limiter().alone) == (False, False)


async def test_a_receipt_comes_back_from_the_other_server(cast: Cast, house: House, other: House) -> None:
    ada, ben = await house.open(cast.ada), await other.open(cast.ben)
    await ada.send(cast.pair)
    await ben.wait_for_event("msg.new")
    ben.ack()
    assert (await ada.wait_for_event("receipt.delivered"))["upto"] == 1


async def test_a_lost_poke_is_found_by_the_reconciler(cast: Cast, house: House, other: House) -> None:
    await other.make_deaf()
    ada, ben = await house.open(cast.ada), await other.open(cast.ben)
    await ada.send(cast.pair)
    (socket,) = other.hub.by_user[cast.ben.id]
    assert (socket.sent_pos, ben.events) == (ben.pos, []), "nobody told this server"
    await other.hub.keeper.reconcile()
    assert (await ben.wait_for_event("msg.new"))["seq"] == 1


async def test_a_lost_poke_is_found_by_the_clients_ping(cast: Cast, house: House, other: House) -> None:
    await other.make_deaf()
    ada, ben = await house.open(cast.ada), await other.open(cast.ben)
    await ada.send(cast.pair)
    await ben.settle()
    assert [one["seq"] for one in ben.list_events("msg.new")] == [1]


async def test_without_the_reconciler_it_would_stall(cast: Cast, house: House, other: House) -> None:
    """The negative control: what the two tests above find is really lost before."""
    await other.make_deaf()
    await house.make_deaf()
    ada, ben = await house.open(cast.ada), await other.open(cast.ben)
    await ada.send(cast.pair)
    await do(lambda: None)
    assert ben._from_server.empty()


async def test_the_reconciler_finds_nothing_where_nothing_is_missing(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ada.send(cast.pair)
    await ben.settle()
    before = list(ben.events)
    await house.hub.keeper.reconcile()
    await ben.settle()
    assert ben.events == before


async def test_somebody_who_comes_while_it_looks_is_left_alone(cast: Cast, house: House) -> None:
    """The reconciler reads heads, then seats: who greeted in between has a seat that it did not ask for at first."""
    import asyncio

    from server.realtime.executor import _executor

    await house.open(cast.ben)
    await do(lambda: None)
    ada = house.make_client(cast.ada)
    await ada.connect()
    import threading

    gate = threading.Event()
    blocked = [_executor.submit(gate.wait, 20) for _ in range(8)]
    ada.tell("hello", id="h", ticket=None, device_id="phone", cursor=None)
    for _ in range(20):
        await asyncio.sleep(0)
    looking = asyncio.create_task(house.hub.keeper.reconcile())
    for _ in range(20):
        await asyncio.sleep(0)
    gate.set()
    await looking
    assert all(one.result() for one in blocked)
    assert (await ada.answer_to("h"))["type"] == "welcome"
    assert (await ada.ask("ping"))["type"] == "pong"


async def test_a_line_that_went_silent_is_closed(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    (socket,) = house.hub.by_user[cast.ada.id]
    socket.last_heard -= SILENCE_SECONDS + 1
    await house.hub.keeper.reconcile()
    assert await ada.wait_until_closed() == 4001
    assert (await ben.ask("ping"))["type"] == "pong"


async def test_an_acknowledgement_is_passed_on_again_when_the_database_was_away(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ada.send(cast.pair)
    await ben.settle()

    class Away:
        def take_acknowledged(self, *_: object, **__: object) -> None:
            raise RuntimeError("away")

    present, house.hub.receipts = house.hub.receipts, Away()
    ben.ack()
    await ben.ask("ping")
    await house.hub.keeper._flush_acks()
    house.hub.receipts = present
    assert (await ada.wait_for_event("receipt.delivered"))["upto"] == 1


async def test_marks_may_be_noted_twice(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    before = ben.pos
    await ada.send(cast.pair)
    await ben.settle()
    mark = AckMark(cast.ben.id, "phone", before, ben.pos)
    from server.foundation.clock import read_clock

    for _ in range(2):
        await do(lambda: note_acks([mark, mark], receipts=house.hub.receipts, now=read_clock()))
    await ada.settle()
    assert len(ada.list_events("receipt.delivered")) == 1
