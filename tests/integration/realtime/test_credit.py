"""Credit: how much may be under way to a device before it has said what it keeps."""

from __future__ import annotations

from server.chat.actions.accept import MessageDraft, accept_messages
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.realtime.limits import BATCH_OUT_BYTES, CREDIT_BYTES, CREDIT_EVENTS
from tests.cast import Cast
from tests.integration.realtime.house import House, do, hear_all_there_is


async def flood(cast: Cast, times: int, body: str = "hoi") -> None:
    """Have so many messages of Ada's committed at once."""
    drafts = [MessageDraft(cast.ada.id, None, cast.pair, str(make_id()), body) for _ in range(times)]
    batch = await do(lambda: accept_messages(drafts, now=read_clock()))
    assert len(batch.bodies) == times


async def test_without_an_acknowledgement_it_stops_at_the_credit(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    await flood(cast, CREDIT_EVENTS + 50)
    await hear_all_there_is(house, ben)
    assert [one["seq"] for one in ben.list_events("msg.new")] == list(range(1, CREDIT_EVENTS + 1))


async def test_an_acknowledgement_lets_the_rest_come(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    await flood(cast, CREDIT_EVENTS + 50)
    await hear_all_there_is(house, ben)
    ben.ack()
    await ben.settle()
    assert [one["seq"] for one in ben.list_events("msg.new")] == list(range(1, CREDIT_EVENTS + 51))


async def test_live_messages_wait_behind_the_credit_as_well(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await flood(cast, CREDIT_EVENTS)
    await hear_all_there_is(house, ben)
    await ada.settle()
    ada.ack()
    assert (await ada.send(cast.pair, "late"))["seq"] == CREDIT_EVENTS + 1
    await hear_all_there_is(house, ben)
    assert not ben.list_events("msg.new", body="late")
    ben.ack()
    await ben.wait_for_event("msg.new", body="late")


async def test_a_part_acknowledged_gives_that_part_back(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    epoch, first = str(ben.cursor).partition(".")[0], ben.pos
    for _ in range(4):
        await flood(cast, CREDIT_EVENTS // 4)
        await ben.settle()
    await flood(cast, CREDIT_EVENTS)
    await hear_all_there_is(house, ben)
    assert len(ben.events) == CREDIT_EVENTS
    ben.tell("ack", cursor=f"{epoch}.{first + CREDIT_EVENTS // 4}")
    await hear_all_there_is(house, ben)
    assert len(ben.events) == CREDIT_EVENTS + CREDIT_EVENTS // 4


async def test_long_messages_stop_at_the_bytes(cast: Cast, house: House) -> None:
    """PROTOCOL §3: at most 200 events or 256 KiB beyond the last acknowledgement. 60 of these are 720 KB."""
    ben = await house.open(cast.ben)
    await flood(cast, 60, "€" * 4_000)
    await hear_all_there_is(house, ben)
    assert CREDIT_BYTES - 2 * BATCH_OUT_BYTES < ben.bytes_heard <= CREDIT_BYTES
    for _ in range(60):
        ben.ack()
        await hear_all_there_is(house, ben)
        if len(ben.events) == 60:
            break
    assert [one["seq"] for one in ben.list_events("msg.new")] == list(range(1, 61))


async def test_a_device_that_never_acknowledges_is_sent_away(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    await flood(cast, CREDIT_EVENTS + 1)
    await hear_all_there_is(house, ben)
    (socket,) = house.hub.by_user[cast.ben.id]
    assert socket.starved_since is not None
    socket.starved_since -= 61
    await house.hub.keeper.reconcile()
    assert await ben.wait_until_closed() == 4002
