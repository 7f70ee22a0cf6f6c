"""The gate: outside their hours an expert gets nothing of the conversation, and afterwards all of it, in order."""

from __future__ import annotations

import pytest

from server.accounts.actions import place_block
from server.chat.errors import ConversationNotFound
from server.chat.models import Membership
from server.foundation.clock import format_instant, read_clock
from server.foundation.ids import make_id
from tests.cast import Cast, Frame, Rest
from tests.integration.chat.turning import OPENS_AT, shut, unlock
from tests.integration.chat.witness import nothing_changes, nothing_changes_here
from tests.integration.realtime.house import House, do


def read_shown(cast: Cast) -> tuple[Frame, Frame, list[Frame]]:
    """Return what Ben is shown: the conversation, the one of his snapshot, and the history."""
    rest = Rest(cast.ben)
    (listed,) = rest.get("/conversations").body["conversations"]
    (snapshot,) = rest.get("/snapshot").body["conversations"]
    return listed, snapshot, rest.get(f"/conversations/{cast.pair}/messages").body["messages"]


async def test_a_message_to_a_closed_gate_is_held_and_says_why(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    await do(lambda: shut(cast))
    m = str(make_id())
    sent = await ada.send(cast.pair, "ben je er?", m=m)
    assert (sent["status"], sent["seq"], sent["dup"]) == ("held", 1, False)
    assert (sent["hold"]["reason"], sent["hold"]["opens_at"]) == ("outside_window", format_instant(OPENS_AT))
    assert {"112", "0800-0113"} <= {line["phone"] for line in sent["hold"]["help"]}
    again = await ada.send(cast.pair, "ben je er?", m=m)
    assert (again["status"], again["hold"], again["dup"]) == ("held", sent["hold"], True)


async def test_when_nobody_knows_when_it_opens_the_answer_says_so(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    await do(lambda: shut(cast, opens_at=None))
    assert (await ada.send(cast.pair))["hold"]["opens_at"] is None


async def test_behind_a_closed_gate_there_is_nothing_at_all(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ada.send(cast.pair, "ervoor")
    await ben.settle()
    await do(lambda: shut(cast))
    before, pos = await do(lambda: read_shown(cast)), ben.pos
    frames = len(ben.pushes) + len(ben.events)

    await ada.send(cast.pair, "erna")
    ada.tell("typing", c=cast.pair, on=True)
    assert (await ada.ask("read", c=cast.pair, upto=9))["type"] == "ok"
    await ada.settle()
    ada.ack()

    pong = await ben.ask("ping")
    await ben.settle()
    assert (pong["head"], len(ben.pushes) + len(ben.events)) == (pos, frames), "no event, no typing, no receipt"
    after = await do(lambda: read_shown(cast))
    assert [one["body"] for one in after[2]] == ["ervoor"]
    for shown, earlier in zip(after[:2], before[:2], strict=True):
        assert (shown["last_seq"], shown["visible_upto"]) == (1, 1)
        assert {name: shown[name] for name in shown if name != "members"} == {
            name: earlier[name] for name in earlier if name != "members"
        }
    page = await do(lambda: Rest(cast.ben).get(f"/conversations/{cast.pair}/messages?after=1"))
    assert page.body == {"messages": [], "more": False}


async def test_a_device_that_comes_while_it_is_closed_finds_nothing_either(cast: Cast, house: House) -> None:
    first = await house.open(cast.ben)
    cursor = first.cursor
    await first.leave()
    await do(lambda: cast.accept(cast.ada, "ervoor"))
    await do(lambda: shut(cast))
    await do(lambda: cast.accept(cast.ada, "erna"))
    again = house.make_client(cast.ben)
    again.cursor = cursor
    await again.connect()
    await again.hello()
    await again.settle()
    assert [one["body"] for one in again.list_events("msg.new")] == ["ervoor"]


async def test_opening_brings_what_was_held_in_order_and_tells_who_sent_it(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ada.send(cast.pair, "0")
    await do(lambda: shut(cast))
    for at in range(1, 6):
        assert (await ada.send(cast.pair, f"{at}"))["status"] == "held"
    assert await do(lambda: unlock(cast)) == 5
    opened = await ada.wait_for_event("gate.opened")
    assert (opened["c"], opened["upto"]) == (cast.pair, 6)
    await ben.settle()
    assert [(one["seq"], one["body"]) for one in ben.list_events("msg.new")] == [(at + 1, f"{at}") for at in range(6)]
    assert (await ada.send(cast.pair, "6"))["status"] == "stored"
    assert (await ben.wait_for_event("msg.new", seq=7))["body"] == "6"
    listed, _, history = await do(lambda: read_shown(cast))
    assert (listed["last_seq"], listed["visible_upto"], len(history)) == (7, 7, 7)


async def test_opening_brings_the_receipts_that_were_kept_back(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await ben.send(cast.pair, "slaap lekker")
    await ada.settle()
    await do(lambda: shut(cast))
    await ada.ask("read", c=cast.pair, upto=1)
    await ben.settle()
    assert not ben.list_events("receipt.read")
    await do(lambda: unlock(cast))
    assert (await ben.wait_for_event("receipt.read"))["upto"] == 1


async def test_turning_twice_is_turning_once(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    assert await do(lambda: shut(cast)) is True
    await ada.send(cast.pair)
    assert await do(lambda: shut(cast)) is False
    assert (await do(lambda: Membership.objects.get(person_id=cast.ben.id))).visible_upto == 0
    assert await do(lambda: unlock(cast)) == 1
    async with nothing_changes():
        assert await do(lambda: unlock(cast)) == 0
    await ben.settle()
    assert len(ben.list_events("msg.new")) == 1


async def test_a_closed_gate_takes_a_new_reason_and_time(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    await do(lambda: shut(cast, opens_at=None))
    await do(lambda: shut(cast))
    assert (await ada.send(cast.pair))["hold"]["opens_at"] == format_instant(OPENS_AT)


async def test_an_expert_does_not_send_outside_the_hours(cast: Cast, house: House) -> None:
    ben = await house.open(cast.ben)
    m = str(make_id())
    await ben.send(cast.pair, "tot morgen", m=m)
    await do(lambda: shut(cast))
    async with nothing_changes():
        refused = await ben.send(cast.pair)
        assert (refused["code"], refused["next_opening"]) == ("expert.outside_window", format_instant(OPENS_AT))
        assert refused["retry"] == "never"
        answer = await do(
            lambda: Rest(cast.ben).post(f"/conversations/{cast.pair}/messages", m=str(make_id()), body="hoi")
        )
        assert (answer.status, answer.body["code"]) == (409, "expert.outside_window")
        assert answer.body["next_opening"] == format_instant(OPENS_AT)
        assert (await ben.send(cast.pair, "tot morgen", m=m))["dup"] is True, "what was sent before is answered"
    await do(lambda: shut(cast, opens_at=None))
    assert (await ben.send(cast.pair))["next_opening"] is None


async def test_the_youth_sees_when_the_buddy_is_back(cast: Cast, house: House) -> None:
    await do(lambda: shut(cast))
    (shown,) = (await do(lambda: Rest(cast.ada).get("/conversations"))).body["conversations"]
    assert shown["counterpart"] == {
        "display_name": "Ben",
        "reachable": False,
        "until": None,
        "next_opening": format_instant(OPENS_AT),
    }
    await do(lambda: unlock(cast))
    (shown,) = (await do(lambda: Rest(cast.ada).get("/conversations"))).body["conversations"]
    assert shown["counterpart"] == {"display_name": "Ben", "reachable": True, "until": None, "next_opening": None}


async def test_a_block_wins_over_a_closed_gate(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    await do(lambda: shut(cast))
    await do(lambda: place_block(blocker_id=cast.ben.id, blocked_id=cast.ada.id, now=read_clock()))
    async with nothing_changes():
        assert (await ada.send(cast.pair))["code"] == "conv.cannot_send"


def test_a_gate_that_is_not_there_does_not_turn(cast: Cast) -> None:
    with nothing_changes_here():
        for turn in (shut, unlock):
            with pytest.raises(ConversationNotFound):
                turn(cast, cast.eve)
