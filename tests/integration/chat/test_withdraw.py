"""Taking a message back while nobody has seen it."""

from __future__ import annotations

from server.chat.actions.withdraw import withdraw_message
from server.chat.models import Message
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from tests.cast import Cast, Rest
from tests.integration.chat.turning import shut, unlock
from tests.integration.chat.witness import nothing_changes
from tests.integration.realtime.house import House, do


async def test_a_held_message_is_taken_back_and_its_text_destroyed(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await do(lambda: shut(cast))
    mid = (await ada.send(cast.pair, "laat maar"))["mid"]
    assert (await ada.ask("withdraw", c=cast.pair, mid=mid))["type"] == "ok"
    update = await ada.wait_for_event("msg.update")
    assert (update["c"], update["seq"], update["mid"], update["state"]) == (cast.pair, 1, mid, "withdrawn")
    row = await do(lambda: Message.objects.get(id=mid))
    assert (row.body, row.state) == (None, "withdrawn")
    await do(lambda: unlock(cast))
    got = await ben.wait_for_event("msg.new")
    assert (got["seq"], got["body"], got["state"]) == (1, "", "withdrawn"), "its place in the order stays"
    history = (await do(lambda: Rest(cast.ada).get(f"/conversations/{cast.pair}/messages"))).body["messages"]
    assert [(one["body"], one["state"]) for one in history] == [("", "withdrawn")]


async def test_a_device_that_was_away_learns_the_same(cast: Cast, house: House) -> None:
    phone, tablet = await house.open(cast.ada, "phone"), await house.open(cast.ada, "tablet")
    await tablet.leave()
    await do(lambda: shut(cast))
    mid = (await phone.send(cast.pair, "laat maar"))["mid"]
    await phone.ask("withdraw", c=cast.pair, mid=mid)
    again = house.make_client(cast.ada, "tablet")
    again.cursor = tablet.cursor
    await again.connect()
    await again.hello()
    await again.settle()
    assert [(one["kind"], one.get("body"), one["state"]) for one in again.events if "state" in one] == [
        ("msg.new", "", "withdrawn"),
        ("msg.update", None, "withdrawn"),
    ]


async def test_what_somebody_may_see_stays(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    open_mid = (await ada.send(cast.pair, "gezien"))["mid"]
    await do(lambda: shut(cast))
    held_mid = (await ada.send(cast.pair, "wacht"))["mid"]
    await do(lambda: unlock(cast))
    await ada.wait_for_event("gate.opened")
    async with nothing_changes():
        for mid in (open_mid, held_mid):
            refused = await ada.ask("withdraw", c=cast.pair, mid=mid)
            assert (refused["code"], refused["retry"]) == ("msg.not_held", "never")


async def test_a_message_from_before_the_gate_closed_is_not_held(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    mid = (await ada.send(cast.pair, "gezien"))["mid"]
    await do(lambda: shut(cast))
    async with nothing_changes():
        assert (await ada.ask("withdraw", c=cast.pair, mid=mid))["code"] == "msg.not_held"


async def test_twice_is_refused_the_second_time(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    await do(lambda: shut(cast))
    mid = (await ada.send(cast.pair))["mid"]
    await ada.ask("withdraw", c=cast.pair, mid=mid)
    async with nothing_changes():
        assert (await ada.ask("withdraw", c=cast.pair, mid=mid))["code"] == "msg.not_held"


async def test_somebody_elses_message_is_none(cast: Cast, house: House) -> None:
    ada, ben, eve = await house.open(cast.ada), await house.open(cast.ben), await house.open(cast.eve)
    await do(lambda: shut(cast))
    mid = (await ada.send(cast.pair))["mid"]
    async with nothing_changes():
        answers = [
            await ben.ask("withdraw", id="same", c=cast.pair, mid=mid),
            await ben.ask("withdraw", id="same", c=cast.pair, mid=str(make_id())),
            await eve.ask("withdraw", id="same", c=cast.pair, mid=mid),
            await eve.ask("withdraw", id="same", c=cast.elsewhere, mid=mid),
            await ada.ask("withdraw", id="same", c=cast.elsewhere, mid=mid),
        ]
        assert answers == [answers[0]] * 5
        assert answers[0]["code"] == "conv.not_found"


async def test_over_rest_it_is_the_same_function(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    await do(lambda: shut(cast))
    mid = (await ada.send(cast.pair))["mid"]
    path = f"/conversations/{cast.pair}/messages/{mid}"
    async with nothing_changes():
        stranger = await do(lambda: Rest(cast.eve).call("DELETE", path))
        imagined = await do(lambda: Rest(cast.ada).call("DELETE", f"/conversations/{cast.pair}/messages/{make_id()}"))
        assert stranger.seen == imagined.seen
        assert (stranger.status, stranger.body["code"]) == (404, "conv.not_found")
    done = await do(lambda: Rest(cast.ada).call("DELETE", path))
    assert (done.status, done.body) == (204, None)
    again = await do(lambda: Rest(cast.ada).call("DELETE", path))
    assert (again.status, again.body["code"]) == (409, "msg.not_held")


async def test_a_session_that_ended_takes_nothing_back(cast: Cast, house: House) -> None:
    from server.accounts.actions import end_session

    await house.make_deaf()
    ada = await house.open(cast.ada)
    await do(lambda: shut(cast))
    mid = (await ada.send(cast.pair))["mid"]
    await do(lambda: end_session(session_id=cast.ada.session_id, reason="revoked", now=read_clock()))
    async with nothing_changes():
        assert (await ada.ask("withdraw", c=cast.pair, mid=mid))["code"] == "auth.session_revoked"


def test_what_the_server_itself_takes_back_needs_no_session(cast: Cast) -> None:
    shut(cast)
    made = cast.accept(cast.ada)
    withdraw_message(
        person_id=cast.ada.id, session_id=None, conversation_id=cast.pair, message_id=made.message_id, now=read_clock()
    )
    assert Message.objects.get(id=made.message_id).body is None
