"""Seats: at most eight sockets a user over all servers, one a device, and the newest socket of a device wins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from server.foundation.clock import read_clock
from server.realtime.actions.sockets import beat_process
from server.realtime.limits import PROCESS_DEAD_SECONDS, SOCKETS_PER_USER
from server.realtime.models import DeviceLink
from tests.cast import Cast
from tests.integration.realtime.house import House, do, open_house


@pytest.fixture
async def other(house: House) -> AsyncIterator[House]:
    """A second server."""
    async with open_house() as other:
        await house.hub.keeper.beat()  # as its clock does: it learns that it is not alone
        yield other


async def test_the_ninth_socket_is_refused(cast: Cast, house: House) -> None:
    for at in range(SOCKETS_PER_USER):
        await house.open(cast.ada, f"device {at}")
    ninth = house.make_client(cast.ada, "device 9")
    await ninth.connect()
    assert (await ninth.hello())["retry"] == "after"
    assert await ninth.wait_until_closed() == 4202
    (bye,) = ninth.list_pushes("bye")
    assert bye["retry_after_ms"] > 0
    assert (await house.open(cast.ben)).pos, "others have seats of their own"


async def test_the_ninth_is_refused_whatever_server_it_comes_to(cast: Cast, house: House, other: House) -> None:
    for at in range(SOCKETS_PER_USER):
        await (house, other)[at % 2].open(cast.ada, f"device {at}")
    ninth = house.make_client(cast.ada, "device 9")
    await ninth.connect()
    await ninth.hello()
    assert await ninth.wait_until_closed() == 4202


async def test_a_seat_that_was_left_is_free(cast: Cast, house: House) -> None:
    devices = [await house.open(cast.ada, f"device {at}") for at in range(SOCKETS_PER_USER)]
    await devices[3].leave()
    await house.hub._gone.wait_until_idle()
    await house.open(cast.ada, "device 9")


async def test_a_known_device_takes_its_own_seat_again(cast: Cast, house: House) -> None:
    devices = [await house.open(cast.ada, f"device {at}") for at in range(SOCKETS_PER_USER)]
    await house.open(cast.ada, "device 3")
    assert await devices[3].wait_until_closed() == 4303
    assert [one["reason"] for one in devices[3].list_pushes("bye")] == ["replaced"]
    assert (await devices[4].ask("ping"))["type"] == "pong"


async def test_a_device_name_is_of_its_user_alone(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada, "phone")
    await house.open(cast.eve, "phone")
    assert (await ada.ask("ping"))["type"] == "pong"


@pytest.mark.parametrize("name", ["null", "NULL", "{}", 'a"b\\c,d', "é 😀", " "])
async def test_a_device_may_be_called_anything(cast: Cast, house: House, name: str) -> None:
    await house.open(cast.ada, name)
    assert (await do(lambda: DeviceLink.objects.get(user_id=cast.ada.id))).device_id == name
    assert len(house.hub.by_user[cast.ada.id]) == 1


async def test_the_newest_socket_of_a_device_wins_over_servers(cast: Cast, house: House, other: House) -> None:
    first = await house.open(cast.ada)
    second = await other.open(cast.ada)
    assert await first.wait_until_closed() == 4303
    assert (await second.ask("ping"))["type"] == "pong"


async def test_without_a_hint_the_replaced_socket_is_found_by_the_clock(cast: Cast, house: House, other: House) -> None:
    await house.make_deaf()
    first = await house.open(cast.ada)
    second = await other.open(cast.ada)
    assert (await first.ask("ping"))["type"] == "pong", "the hint was lost"
    await house.hub.keeper.reconcile()
    assert await first.wait_until_closed() == 4303
    await other.hub.keeper.reconcile()
    assert (await second.ask("ping"))["type"] == "pong"


async def test_sockets_of_a_server_that_died_take_no_seat(cast: Cast, house: House, other: House) -> None:
    for at in range(SOCKETS_PER_USER):
        await other.open(cast.ada, f"device {at}")
    later = read_clock() + timedelta(seconds=PROCESS_DEAD_SECONDS + 1)
    await do(lambda: beat_process(house.hub.process_id, "server", now=later))
    assert not await do(lambda: DeviceLink.objects.filter(process_id=other.hub.process_id).exists())
    await house.open(cast.ada, "device 9")


async def test_a_server_that_was_taken_for_dead_sends_its_sockets_round_not_away(
    cast: Cast, house: House, other: House
) -> None:
    """Stopped for 20 s, then woken: its people must come back by themselves, so the code is one of 4000–4099."""
    ada = await other.open(cast.ada)
    later = read_clock() + timedelta(seconds=PROCESS_DEAD_SECONDS + 1)
    await do(lambda: beat_process(house.hub.process_id, "server", now=later))
    await other.hub.keeper.reconcile()
    assert await ada.wait_until_closed() in range(4000, 4100)


async def test_a_seat_is_counted_before_the_server_has_shown_itself(cast: Cast, house: House) -> None:
    """The first hellos of a server, right after its start, may come before its first sign of life."""
    from server.realtime.models import ServerProcess

    await do(lambda: ServerProcess.objects.all().delete())
    for at in range(SOCKETS_PER_USER):
        await house.open(cast.ada, f"device {at}")
    ninth = house.make_client(cast.ada, "device 9")
    await ninth.connect()
    await ninth.hello()
    assert await ninth.wait_until_closed() == 4202


async def test_a_seat_whose_leaving_could_not_be_written_is_freed_by_the_clock(cast: Cast, house: House) -> None:
    """A socket that ended while the database was away leaves a row behind; nobody may be locked out by it."""
    for at in range(SOCKETS_PER_USER):
        client = await house.open(cast.ada, f"device {at}")
        link = await do(partial(DeviceLink.objects.get, device_id=client.name))
        await client.leave()
        await house.hub._gone.wait_until_idle()
        await do(partial(link.save, update_fields=["socket_id", "process_id"]))
    for _ in range(2):
        await house.hub.keeper.reconcile()
    await house.open(cast.ada, "device 9")
