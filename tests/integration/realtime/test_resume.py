"""Coming back: what was missed comes once and in order, and a cursor that cannot be resumed says why."""

from __future__ import annotations

from functools import partial

import pytest

from server.realtime.actions.epochs import prune_log, renew_epochs
from server.realtime.queries import get_cursor, read_positions
from tests.cast import Cast, Frame, Rest, SocketClient
from tests.integration.realtime.house import House, do


async def greet(house: House, cast: Cast, cursor: str | None, name: str = "phone") -> tuple[SocketClient, Frame]:
    """Connect Ben's device with this cursor."""
    client = house.make_client(cast.ben, name)
    await client.connect()
    client.cursor = cursor
    return client, await client.hello()


async def test_what_was_missed_comes_once_and_in_order(cast: Cast, house: House) -> None:
    cursor = await do(lambda: get_cursor(cast.ben.id))
    for at in range(5):
        await do(partial(cast.accept, cast.ada, f"{at}"))
    ben, welcome = await greet(house, cast, cursor)
    assert (welcome["resumed"], welcome["head"]) == (True, int(cursor.rpartition(".")[2]) + 5)
    await ben.settle()
    assert [(one["seq"], one["body"]) for one in ben.list_events("msg.new")] == [(at + 1, f"{at}") for at in range(5)]


async def test_the_same_cursor_brings_the_same_again(cast: Cast, house: House) -> None:
    cursor = await do(lambda: get_cursor(cast.ben.id))
    await do(lambda: cast.accept(cast.ada))
    seen = []
    for _ in range(2):
        ben, _ = await greet(house, cast, cursor)
        await ben.settle()
        seen.append(ben.events)
        await ben.leave()
    assert seen[0] == seen[1] != []


async def test_more_than_one_reading_is_needed_and_the_batches_say_so(cast: Cast, house: House) -> None:
    cursor = await do(lambda: get_cursor(cast.ben.id))
    await do(lambda: accept_many(cast, 150, "x" * 600))
    ben, _ = await greet(house, cast, cursor)
    batches = [await ben.hear()]
    while batches[-1]["more"]:
        ben.ack()
        batches.append(await ben.hear())
    assert len(batches) > 1
    assert [one["more"] for one in batches] == [True] * (len(batches) - 1) + [False]
    assert [one["seq"] for one in ben.list_events("msg.new")] == list(range(1, 151))


def accept_many(cast: Cast, times: int, body: str) -> None:
    """Have Ada send many messages at once."""
    from server.chat.actions.accept import accept_messages
    from server.foundation.clock import read_clock

    batch = accept_messages([cast.draft(cast.ada, body) for _ in range(times)], now=read_clock())
    assert len(batch.bodies) == times


@pytest.mark.parametrize("reason", ["no_cursor", "epoch_changed", "ahead_of_head", "expired"])
async def test_a_cursor_that_cannot_be_resumed_leads_to_a_snapshot(cast: Cast, house: House, reason: str) -> None:
    cursor = await do(lambda: get_cursor(cast.ben.id))
    await do(lambda: cast.accept(cast.ada, "one"))
    spoiled = await do(lambda: spoil(cast, cursor, reason))
    ben, welcome = await greet(house, cast, spoiled)
    assert (welcome["resumed"], welcome["reset"]) == (False, reason)

    await do(lambda: cast.accept(cast.ada, "two"))
    assert (await ben.ask("ping"))["type"] == "pong"
    assert ben.events == [], "nothing comes before the client says from where"

    snapshot = (await do(lambda: Rest(cast.ben).get("/snapshot"))).body
    await do(lambda: cast.accept(cast.ada, "three"))
    assert (await ben.sync(snapshot["cursor"]))["type"] == "events"
    await ben.settle()
    known = [one["body"] for one in snapshot["conversations"][0]["messages"]]
    assert known + [one["body"] for one in ben.list_events("msg.new")] == ["one", "two", "three"]


def spoil(cast: Cast, cursor: str, reason: str) -> str | None:
    """Return a cursor of Ben's that is refused for this reason."""
    epoch, _, pos = cursor.rpartition(".")
    head = read_positions([cast.ben.id])[cast.ben.id].head
    if reason == "epoch_changed":
        assert renew_epochs() >= 2
    if reason == "expired":
        assert prune_log(cast.ben.id, head) >= 1
    return {"no_cursor": None, "ahead_of_head": f"{epoch}.{head + 1}"}.get(reason, f"{epoch}.{int(pos)}")


async def test_a_log_whose_tail_was_pruned_is_resumed_from_its_floor(cast: Cast, house: House) -> None:
    for at in range(3):
        await do(partial(cast.accept, cast.ada, f"{at}"))
    position = (await do(lambda: read_positions([cast.ben.id])))[cast.ben.id]
    await do(lambda: prune_log(cast.ben.id, position.head - 1))
    ben, welcome = await greet(house, cast, f"{position.epoch}.{position.head - 1}")
    assert welcome["resumed"] is True
    await ben.settle()
    assert [one["body"] for one in ben.list_events("msg.new")] == ["2"]


async def test_a_new_epoch_reaches_a_socket_that_is_open(cast: Cast, house: House) -> None:
    """A restore while a server runs: its sockets must not wait for positions that never come, nor spin for them."""
    ben = await house.open(cast.ben)
    await do(renew_epochs)
    await do(lambda: cast.accept(cast.ada))
    assert await ben.wait_until_closed() in range(4000, 4100)
    _, welcome = await greet(house, cast, ben.cursor)
    assert welcome["reset"] == "epoch_changed"


async def test_events_pruned_before_they_were_sent_are_not_skipped_in_silence(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    await do(lambda: accept_many(cast, 250, "hoi"))
    while len(ben.events) < 200:
        await ben.hear()
    head = (await do(lambda: read_positions([cast.ben.id])))[cast.ben.id].head
    await do(lambda: prune_log(cast.ben.id, head - 10))
    ben.ack()
    assert await ben.wait_until_closed() in range(4000, 4100)
    assert [one["seq"] for one in ben.list_events("msg.new")] == list(range(1, 201)), "nothing beyond the gap"
    _, welcome = await greet(house, cast, ben.cursor)
    assert welcome["reset"] == "expired"


async def test_sync_refuses_a_cursor_as_hello_does_and_goes_on(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    epoch = str(ben.cursor).partition(".")[0]
    for cursor, reason in ((f"{epoch}.999", "ahead_of_head"), ("other.0", "epoch_changed")):
        answer = await ben.sync(cursor)
        assert (answer["code"], answer["detail"]) == ("sync.reset_required", reason)
    await do(lambda: cast.accept(cast.ada))
    await ben.settle()
    assert len(ben.list_events("msg.new")) == 1, "the log is followed from where it was"


async def test_sync_goes_back_to_where_the_client_is(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    cursor = str(ben.cursor)
    await do(lambda: cast.accept(cast.ada))
    await ben.settle()
    first = list(ben.events)
    answer = await ben.sync(cursor)
    assert (answer["type"], answer["from"], answer["ev"]) == ("events", cursor, first)


async def test_pong_says_where_the_log_is_in_the_database(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    before = (await ben.ask("ping", cursor=ben.cursor))["head"]
    await do(lambda: cast.accept(cast.ada))
    assert (await ben.ask("ping"))["head"] == before + 1
