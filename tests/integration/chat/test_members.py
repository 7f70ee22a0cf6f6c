"""Coming in and being taken out: who is not there receives, reads and sends nothing."""

from __future__ import annotations

from uuid import UUID

import pytest

from server.chat.actions.conversations import add_member, close_conversation, remove_member
from server.chat.errors import CannotSend, ConversationNotFound
from server.foundation.clock import read_clock
from tests.cast import Cast, Player, Rest
from tests.integration.chat.turning import OPENS_AT, shut
from tests.integration.chat.witness import nothing_changes, nothing_changes_here
from tests.integration.realtime.house import House, do


def take_out(cast: Cast, player: Player) -> None:
    """Remove somebody from the pair."""
    remove_member(conversation_id=UUID(cast.pair), person_id=player.person.id, now=read_clock())


def let_in(cast: Cast, player: Player, from_start: bool = False) -> None:
    """Add somebody to the pair."""
    add_member(conversation_id=UUID(cast.pair), person_id=player.person.id, from_start=from_start, now=read_clock())


async def test_who_was_taken_out_hears_that_and_nothing_more(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ada.send(cast.pair, "ervoor")
    await do(lambda: take_out(cast, cast.ben))
    for client in (ada, ben):
        changed = await client.wait_for_event("member.changed")
        assert (changed["user"], changed["change"]) == (cast.ben.id, "left")
    await ada.send(cast.pair, "erna")
    ada.tell("typing", c=cast.pair, on=True)
    await ada.ask("read", c=cast.pair, upto=2)
    frames = len(ben.pushes) + len(ben.events)
    await ben.settle()
    assert len(ben.pushes) + len(ben.events) == frames
    async with nothing_changes():
        assert (await ben.send(cast.pair))["code"] == "conv.not_found"
        assert (await ben.ask("read", c=cast.pair, upto=1))["code"] == "conv.not_found"


async def test_who_was_taken_out_reads_nothing_of_it_any_more(cast: Cast, house: House) -> None:
    await do(lambda: cast.accept(cast.ada))
    await do(lambda: take_out(cast, cast.ben))
    rest = Rest(cast.ben)
    answer = await do(lambda: rest.get(f"/conversations/{cast.pair}/messages"))
    assert (answer.status, answer.body["code"]) == (404, "conv.not_found")
    assert (await do(lambda: rest.get("/conversations"))).body == {"conversations": []}
    assert (await do(lambda: rest.get("/snapshot"))).body["conversations"] == []


async def test_an_old_cursor_brings_nothing_of_a_conversation_one_has_left(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    await ben.leave()
    await do(lambda: cast.accept(cast.ada, "geheim"))
    await do(lambda: cast.accept(cast.ben, "eigen"))
    await do(lambda: take_out(cast, cast.ben))
    again = house.make_client(cast.ben)
    again.cursor = ben.cursor
    await again.connect()
    welcome = await again.hello()
    await again.settle()
    assert [one["kind"] for one in again.events] == ["member.changed"]
    assert again.pos == welcome["head"], "the cursor moves over what may not be seen"


async def test_who_comes_in_late_sees_what_comes_after(cast: Cast, house: House) -> None:
    mara = await house.open(cast.mara)
    await do(lambda: cast.accept(cast.ada, "ervoor"))
    await do(lambda: let_in(cast, cast.mara))
    await mara.wait_for_event("conv.new", c=cast.pair)
    await do(lambda: cast.accept(cast.ada, "erna"))
    assert (await mara.wait_for_event("msg.new"))["body"] == "erna"
    history = await do(lambda: Rest(cast.mara).get(f"/conversations/{cast.pair}/messages?after=0"))
    assert ([one["seq"] for one in history.body["messages"]], history.body["more"]) == ([2], False)


async def test_who_comes_in_from_the_start_sees_all(cast: Cast, house: House) -> None:
    await do(lambda: cast.accept(cast.ada))
    await do(lambda: let_in(cast, cast.mara, from_start=True))
    history = await do(lambda: Rest(cast.mara).get(f"/conversations/{cast.pair}/messages"))
    assert [one["seq"] for one in history.body["messages"]] == [1]


async def test_who_comes_back_sees_what_comes_after_and_through_an_open_gate(cast: Cast, house: House) -> None:
    await do(lambda: shut(cast))
    await do(lambda: take_out(cast, cast.ben))
    await do(lambda: cast.accept(cast.ada, "intussen"))
    await do(lambda: let_in(cast, cast.ben))
    ben = await house.open(cast.ben)
    await do(lambda: cast.accept(cast.ada, "daarna"))
    assert (await ben.wait_for_event("msg.new"))["body"] == "daarna"
    rest = Rest(cast.ben)
    (shown,) = (await do(lambda: rest.get("/conversations"))).body["conversations"]
    assert (shown["gate"]["state"], shown["gate"]["opens_at"], shown["last_seq"]) == ("open", None, 2)
    history = (await do(lambda: rest.get(f"/conversations/{cast.pair}/messages"))).body["messages"]
    assert [one["body"] for one in history] == ["daarna"]
    (shown,) = (await do(lambda: Rest(cast.ada).get("/conversations"))).body["conversations"]
    assert shown["counterpart"]["next_opening"] is None, f"{OPENS_AT} was before the gate opened"


def test_letting_in_twice_is_letting_in_once(cast: Cast) -> None:
    let_in(cast, cast.mara)
    with nothing_changes_here():
        let_in(cast, cast.mara)


def test_nobody_is_taken_out_twice(cast: Cast) -> None:
    take_out(cast, cast.ben)
    with nothing_changes_here():
        for player in (cast.ben, cast.eve):
            with pytest.raises(ConversationNotFound):
                take_out(cast, player)


def test_a_conversation_closes_once_and_stays_readable(cast: Cast) -> None:
    cast.accept(cast.ada)
    close_conversation(conversation_id=UUID(cast.pair), now=read_clock())
    with nothing_changes_here(), pytest.raises(CannotSend):
        close_conversation(conversation_id=UUID(cast.pair), now=read_clock())
    (shown,) = Rest(cast.ada).get("/conversations").body["conversations"]
    assert shown["state"] == "closed"
    assert len(Rest(cast.ada).get(f"/conversations/{cast.pair}/messages").body["messages"]) == 1
