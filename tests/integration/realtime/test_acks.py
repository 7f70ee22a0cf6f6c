"""Acknowledgements: cumulative, never ahead, kept per device."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import OperationalError

from server.realtime import keeping, limits
from server.realtime.actions.acks import AckMark, note_acks
from server.realtime.models import DeviceLink
from tests.cast import Cast, SocketClient
from tests.integration.realtime.house import House, do


def split(client: SocketClient) -> tuple[str, int]:
    """Return epoch and position of the client's cursor."""
    return str(client.cursor).partition(".")[0], client.pos


async def rest(house: House) -> None:
    """Return when no acknowledgement waits to be passed on."""
    while house.hub.keeper._ack_flush is not None:
        await asyncio.sleep(0.01)


async def test_beyond_what_was_sent_is_refused_and_ends_the_connection(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    epoch, pos = split(ben)
    ben.tell("ack", cursor=f"{epoch}.{pos + 1}")
    assert await ben.wait_until_closed() == 4304
    assert [(one["type"], one["code"]) for one in ben.pushes] == [("error", "proto.ack_ahead"), ("bye", 4304)]
    assert (await do(lambda: DeviceLink.objects.get(user_id=cast.ben.id))).acked_pos <= pos


async def test_an_older_one_and_one_of_another_epoch_change_nothing(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    epoch, pos = split(ben)
    ben.tell("ack", cursor=f"{epoch}.{pos - 1}")
    ben.tell("ack", cursor=f"other.{pos + 100}")
    assert (await ben.ask("ping"))["type"] == "pong"


async def test_before_the_log_is_followed_there_is_nothing_to_acknowledge(cast: Cast, house: House) -> None:
    client = house.make_client(cast.ben)
    await client.connect()
    assert (await client.hello())["reset"] == "no_cursor"
    client.tell("ack", cursor="any.7")
    assert (await client.ask("ping"))["type"] == "pong"


async def test_what_a_device_acknowledged_is_kept_for_it(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ada.send(cast.pair)
    await ben.settle()
    ben.ack()
    await ada.wait_for_event("receipt.delivered")
    link = await do(lambda: DeviceLink.objects.get(user_id=cast.ben.id))
    assert link.acked_pos == ben.pos


async def test_many_are_passed_on_in_pieces_and_what_failed_once_more(
    cast: Cast, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = [await house.open(cast.ben, f"device {number}") for number in range(3)]
    ada = await house.open(cast.ada)
    await ada.send(cast.pair)
    for device in devices:
        await device.settle()
    await rest(house)
    monkeypatch.setattr(keeping, "_MOST_MARKS", 2)
    pieces: list[int] = []

    def note(marks: Sequence[AckMark], **given: Any) -> None:
        pieces.append(len(marks))
        if len(pieces) in (2, 3):  # the second piece, and the second try that every piece of work gets
            raise OperationalError("away")
        note_acks(marks, **given)

    monkeypatch.setattr(keeping, "note_acks", note)
    for device in devices:
        house.hub.keeper.take_ack(cast.ben.id, device.name, device.pos - 1, device.pos)
    await ada.wait_for_event("receipt.delivered")
    await rest(house)
    assert pieces == [2, 1, 1, 1], "two, the third fails and is run again, then comes with the next flush"
    links = await do(lambda: list(DeviceLink.objects.filter(user_id=cast.ben.id).values_list("acked_pos", flat=True)))
    assert links == [device.pos for device in devices]


async def test_between_two_pieces_the_messages_get_their_turn(
    cast: Cast, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = [await house.open(cast.ben, f"device {number}") for number in range(3)]
    await rest(house)
    keeper, seen = house.hub.keeper, list[str | float]()

    def note(marks: Sequence[AckMark], **given: Any) -> None:
        seen.append("piece")
        note_acks(marks, **given)

    async def pause(seconds: float, until: asyncio.Event) -> None:
        seen.append(seconds)

    monkeypatch.setattr(keeping, "_MOST_MARKS", 1)
    monkeypatch.setattr(keeping, "note_acks", note)
    monkeypatch.setattr(keeping, "rest", pause)
    for device in devices:
        keeper._acks[cast.ben.id, device.name] = AckMark(cast.ben.id, device.name, device.pos - 1, device.pos)
    await keeper._flush_acks()
    short = keeping._PAUSE_SECONDS
    assert seen == ["piece", short, "piece", short, "piece"], "and none after the last"


async def test_who_leaves_does_not_pause(cast: Cast, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end passes on everything at once: with two pauses of 20 seconds it would come too late."""
    devices = [await house.open(cast.ben, f"device {number}") for number in range(3)]
    await rest(house)
    monkeypatch.setattr(keeping, "_MOST_MARKS", 1)
    monkeypatch.setattr(keeping, "_PAUSE_SECONDS", 20.0)
    monkeypatch.setattr(limits, "ACK_FLUSH_SECONDS", 60.0)
    for device in devices:
        house.hub.keeper.take_ack(cast.ben.id, device.name, device.pos - 1, device.pos)
    async with asyncio.timeout(20):
        await house.hub.keeper.stop()
    links = await do(lambda: list(DeviceLink.objects.filter(user_id=cast.ben.id).values_list("acked_pos", flat=True)))
    assert links == [device.pos for device in devices]


async def test_the_cursor_of_a_hello_acknowledges_too(cast: Cast, house: House) -> None:
    """The last acknowledgement may have been lost with the line; the next greeting says it again."""
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ada.send(cast.pair)
    await ben.settle()
    await ben.leave()
    again = house.make_client(cast.ben)
    again.cursor = ben.cursor
    await again.connect()
    assert (await again.hello())["resumed"] is True
    assert (await ada.wait_for_event("receipt.delivered"))["upto"] == 1


async def test_an_ack_with_an_id_gets_no_answer(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    ben.tell("ack", id="a", cursor=ben.cursor)
    assert (await ben.ask("ping"))["type"] == "pong"
    assert ben.pushes == []
