"""Receipts: delivered once a device has persisted, read as far as was read, never more than may be seen."""

from __future__ import annotations

import pytest

from server.accounts.actions import place_block
from server.chat.models import Membership
from server.foundation.clock import read_clock
from server.realtime.models import UserEvent
from tests.cast import Cast, Frame, Rest
from tests.integration.chat.turning import shut
from tests.integration.chat.witness import nothing_changes
from tests.integration.realtime.house import House, do


async def test_delivered_comes_once_the_device_has_acknowledged(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    for _ in range(3):
        await ada.send(cast.pair)
    await ben.settle()
    await ada.settle()
    assert not ada.list_events("receipt.delivered"), "sent to the line is not received"
    ben.ack()
    got = await ada.wait_for_event("receipt.delivered")
    assert (got["c"], got["user"], got["upto"]) == (cast.pair, cast.ben.id, 3)
    await ben.settle()
    assert not ben.list_events("receipt.delivered"), "one's own messages are not received by oneself"


async def test_a_part_acknowledged_is_a_part_delivered(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    first = ben.pos
    for _ in range(3):
        await ada.send(cast.pair)
    await ben.settle()
    ben.tell("ack", cursor=f"{str(ben.cursor).partition('.')[0]}.{first + 2}")
    assert (await ada.wait_for_event("receipt.delivered"))["upto"] == 2


async def test_acknowledging_ones_own_messages_delivers_nothing(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ada.send(cast.pair)
    await ada.settle()
    ada.ack()
    await ada.leave()  # passes acknowledgements on
    await ben.send(cast.pair)
    await ben.settle()
    assert not ben.list_events("receipt.delivered")


async def read_marks(cast: Cast) -> tuple[int, int]:
    """Return how far Ben has read and received."""
    row = await do(lambda: Membership.objects.get(person_id=cast.ben.id))
    return row.read_upto, row.delivered_upto


async def test_read_only_rises_and_stops_at_what_may_be_seen(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    for _ in range(3):
        await ada.send(cast.pair)
    for upto, reached in ((2, 2), (1, 2), (2, 2), (0, 2), (2**53 - 1, 3)):
        assert (await ben.ask("read", c=cast.pair, upto=upto))["type"] == "ok"
        assert (await read_marks(cast))[0] == reached
    await ada.settle()
    assert [(one["user"], one["upto"]) for one in ada.list_events("receipt.read")][-1] == (cast.ben.id, 3)


async def test_read_stops_at_the_gate(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    await do(lambda: cast.accept(cast.ada))
    await do(lambda: shut(cast))
    await do(lambda: cast.accept(cast.ada))
    assert (await ben.ask("read", c=cast.pair, upto=2))["type"] == "ok"
    assert (await read_marks(cast))[0] == 1


async def test_a_read_that_moves_nothing_tells_nobody(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ada.send(cast.pair)
    await ben.ask("read", c=cast.pair, upto=1)
    await ada.wait_for_event("receipt.read")
    async with nothing_changes():
        for upto in (0, 1, 5):
            assert (await ben.ask("read", c=cast.pair, upto=upto))["type"] == "ok"


async def test_the_readers_other_device_learns_it(cast: Cast, house: House) -> None:
    phone, tablet = await house.open(cast.ben, "phone"), await house.open(cast.ben, "tablet")
    await do(lambda: cast.accept(cast.ada))
    await phone.ask("read", c=cast.pair, upto=1)
    got = await tablet.wait_for_event("self.read")
    assert (got["c"], got["upto"]) == (cast.pair, 1)


async def test_a_slot_keeps_the_newest_only(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    cursor = ada.cursor
    await ada.leave()
    for at in range(1, 6):
        await do(lambda: cast.accept(cast.ada))
        await ben.ask("read", c=cast.pair, upto=at)
    kept = await do(
        lambda: list(UserEvent.objects.filter(kind__in=("receipt.read", "self.read")).values("kind", "refs"))
    )
    assert sorted((one["kind"], (one["refs"] or {})["upto"]) for one in kept) == [("receipt.read", 5), ("self.read", 5)]
    again = house.make_client(cast.ada)
    again.cursor = cursor
    await again.connect()
    await again.hello()
    await again.settle()
    assert [one["upto"] for one in again.list_events("receipt.read")] == [5]
    assert [one["seq"] for one in again.list_events("msg.new")] == [1, 2, 3, 4, 5]


async def test_over_rest_it_is_the_same_function(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    await ada.send(cast.pair)
    path = f"/conversations/{cast.pair}/read"
    answer = await do(lambda: Rest(cast.ben).post(path, upto=7))
    assert (answer.status, answer.body) == (200, {"read_upto": 1})
    assert (await ada.wait_for_event("receipt.read"))["upto"] == 1
    assert (await do(lambda: Rest(cast.ben).post(path, upto=0))).body == {"read_upto": 1}


async def test_both_see_how_far_the_other_is(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    for _ in range(2):
        await ada.send(cast.pair)
    await ben.settle()
    ben.ack()
    await ada.wait_for_event("receipt.delivered")
    await ben.ask("read", c=cast.pair, upto=1)
    (shown,) = (await do(lambda: Rest(cast.ada).get("/conversations"))).body["conversations"]
    members: dict[str, Frame] = {one["id"]: one for one in shown["members"]}
    assert (members[cast.ben.id]["delivered_upto"], members[cast.ben.id]["read_upto"]) == (2, 1)


async def test_a_conversation_that_is_not_ones_own_is_none(cast: Cast, house: House) -> None:
    eve = await house.open(cast.eve)
    await do(lambda: cast.accept(cast.ada))
    async with nothing_changes():
        foreign = await eve.ask("read", id="same", c=cast.pair, upto=1)
        imagined = await eve.ask("read", id="same", c="00000000-0000-7000-8000-000000000000", upto=1)
        assert foreign == imagined
        assert foreign["code"] == "conv.not_found"


@pytest.mark.parametrize("blocker", ["ada", "ben"])
async def test_no_receipt_passes_between_two_of_whom_one_blocked_the_other(
    cast: Cast, house: House, blocker: str
) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ada.send(cast.pair)
    await ben.settle()
    one, other = (cast.ada, cast.ben) if blocker == "ada" else (cast.ben, cast.ada)
    await do(lambda: place_block(blocker_id=one.id, blocked_id=other.id, now=read_clock()))
    ben.ack()
    await ben.ask("read", c=cast.pair, upto=1)
    await ben.wait_for_event("self.read")
    while (await read_marks(cast)) != (1, 1):
        await ben.ask("ping")
    await ada.settle()
    assert not ada.list_events("receipt.read") + ada.list_events("receipt.delivered")
