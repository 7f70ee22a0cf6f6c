"""Leaving in order: every socket hears `bye` 4000, and what was on its way is finished first."""

from __future__ import annotations

import asyncio

from server.foundation.ids import make_id
from server.realtime.models import DeviceLink, ServerProcess
from tests.cast import Cast
from tests.integration.realtime.house import House, do


async def test_everybody_hears_bye_and_comes_back_elsewhere(cast: Cast, house: House) -> None:
    clients = [await house.open(player) for player in (cast.ada, cast.ben, cast.eve)]
    await house.hub.drain(1.0)
    for client in clients:
        assert await client.wait_until_closed() == 4000
        (bye,) = client.list_pushes("bye")
        assert (bye["code"], bye["reason"]) == (4000, "drain")
        assert bye["retry_after_ms"] > 0
    assert house.hub.sockets == {}


async def test_a_message_on_its_way_is_finished_and_answered_first(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    for at in range(30):
        ada.tell("send", id=at, c=cast.pair, m=str(make_id()), body=f"{at}")
    (socket,) = house.hub.by_user[cast.ada.id]
    while not socket.in_flight:
        await asyncio.sleep(0)
    draining = asyncio.create_task(house.hub.drain(5.0))
    assert await ada.wait_until_closed() == 4000
    await draining
    answered = {one["re"]: one["seq"] for one in ada.list_pushes("sent")}
    stored = (await do(lambda: cast_seqs(cast)))[-1:]
    assert len(answered) >= 1
    assert stored == [max(answered.values())], "what is stored was answered"
    assert ada.pushes[-1]["type"] == "bye", "and the answers came before the bye"


def cast_seqs(cast: Cast) -> list[int]:
    """Return the seqs of the pair's messages."""
    from server.chat.models import Message

    return list(Message.objects.filter(conversation_id=cast.pair).order_by("seq").values_list("seq", flat=True))


async def test_who_comes_while_it_drains_is_sent_on(cast: Cast, house: House) -> None:
    house.hub.draining = True
    client = house.make_client(cast.ada)
    await client.connect()
    assert await client.wait_until_closed() == 4000


async def test_who_was_greeting_when_it_began_is_sent_on(cast: Cast, house: House) -> None:
    client = house.make_client(cast.ada)
    await client.connect()
    assert (await client.ask("ping"))["code"] == "proto.not_ready"
    house.hub.draining = True
    client.tell("hello", id="h", ticket=None, device_id="phone", cursor=None)
    assert await client.wait_until_closed() == 4000
    assert house.hub.sockets == {}


async def test_a_server_that_drained_holds_no_seats(cast: Cast, house: House) -> None:
    await house.open(cast.ada)
    await house.hub.drain(1.0)
    assert not await do(lambda: DeviceLink.objects.filter(socket_id__isnull=False).exists())
    assert not await do(lambda: ServerProcess.objects.filter(id=house.hub.process_id).exists())


async def test_acknowledgements_that_waited_are_passed_on_before_it_ends(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    await do(lambda: cast.accept(cast.ada))
    await ben.settle()
    ben.ack()
    await ben.ask("ping")
    await house.hub.drain(1.0)
    (shown,) = (await do(lambda: read_delivered(cast)),)
    assert shown == 1


def read_delivered(cast: Cast) -> int:
    """Return how far Ben has received."""
    from server.chat.models import Membership

    return Membership.objects.get(person_id=cast.ben.id).delivered_upto
