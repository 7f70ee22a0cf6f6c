"""Too much at once: bounded, answered, and nobody else's business."""

from __future__ import annotations

import asyncio

import pytest
from django.test import override_settings

from server.foundation.ids import make_id
from server.foundation.rates import SOCKET_FRAME_BURST
from server.realtime.limits import BACKLOG_BYTES, BAD_FRAMES, INBOUND_QUEUE
from server.realtime.sockets import Socket
from tests.cast import Cast
from tests.integration.realtime.house import House, do


async def test_more_requests_than_the_queue_holds_are_all_answered_in_order(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    (socket,) = house.hub.by_user[cast.ada.id]
    most = 0
    for at in range(3 * INBOUND_QUEUE):
        ada.tell("send", id=at, c=cast.pair, m=str(make_id()), body=f"{at}")
    for at in range(3 * INBOUND_QUEUE):
        assert (await ada.answer_to(at))["seq"] == at + 1
        most = max(most, socket.in_flight)
    assert most <= INBOUND_QUEUE


async def test_the_line_is_not_read_while_the_queue_is_full(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    for at in range(INBOUND_QUEUE + 8):
        ada.tell("send", id=at, c=cast.pair, m=str(make_id()), body=f"{at}")
    (socket,) = house.hub.by_user[cast.ada.id]
    while socket.in_flight < INBOUND_QUEUE:
        await asyncio.sleep(0)
    assert ada._to_server.qsize() == 8


@override_settings(RATE_LIMITS=True)
async def test_a_flood_of_pings_is_cut_and_then_closed(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    for at in range(SOCKET_FRAME_BURST + BAD_FRAMES + 200):
        ada.tell("ping", id=at)
    assert await ada.wait_until_closed() == 4200
    refused = [one for one in ada.list_pushes("error") if one["code"] == "rate.limited"]
    assert len(refused) == BAD_FRAMES
    assert all(one["retry"] == "after" and one["retry_after_ms"] > 0 for one in refused)
    assert (await ben.send(cast.pair))["type"] == "sent"


@pytest.mark.parametrize("size", [BACKLOG_BYTES // 4])
async def test_a_reader_that_never_reads_costs_no_more_than_its_backlog(cast: Cast, house: House, size: int) -> None:
    """The network takes nothing: the first frame waits, the next ones are kept up to a bound, then it is over."""
    taken: list[str] = []
    stuck = asyncio.Event()

    async def send(message: dict[str, str]) -> None:
        taken.append(message["type"])
        if message["type"] == "websocket.send":
            await stuck.wait()

    socket = Socket(send)
    frames = 0
    while not socket.closed:
        socket.offer(b"x" * size)
        frames += 1
        assert frames < 10
    assert taken == ["websocket.send", "websocket.close"]
    assert socket.credit_events() == 0
    stuck.set()
    await do(lambda: None)


async def test_a_congested_line_keeps_the_order_when_it_flows_again() -> None:
    sent: list[str] = []
    flows = asyncio.Event()

    async def send(message: dict[str, str]) -> None:
        await flows.wait()
        sent.append(message["text"])

    socket = Socket(send)
    for at in range(5):
        socket.offer(b"%d" % at)
    assert sent == []
    flows.set()
    while len(sent) < 5:
        await asyncio.sleep(0)
    for at in range(5, 7):
        socket.offer(b"%d" % at)
    while len(sent) < 7:
        await asyncio.sleep(0)
    assert sent == [f"{at}" for at in range(7)]
