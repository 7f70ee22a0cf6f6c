"""Typing: never stored, seldom, and never where it must not be seen."""

from __future__ import annotations

import pytest

from server.accounts.actions import place_block
from server.chat.actions.conversations import close_conversation
from server.foundation.clock import read_clock
from tests.cast import Cast, Frame, SocketClient
from tests.integration.chat.turning import shut
from tests.integration.chat.witness import nothing_changes
from tests.integration.realtime.house import House, do, open_house


async def type_at(ada: SocketClient, ben: SocketClient, c: str, *turns: bool) -> list[Frame]:
    """Have Ada begin (True) and end (False) typing; return what Ben has seen of it by then."""
    for on in turns:
        ada.tell("typing", c=c, on=on)
    await ada.ask("ping")
    await ben.settle()
    return ben.list_pushes("typing")


async def test_the_other_sees_it_once_and_nothing_is_stored(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    async with nothing_changes():
        seen = await type_at(ada, ben, cast.pair, True)
        await ben.ask("ping")
        await ben.ask("ping")
    assert seen == ben.list_pushes("typing") == [{"type": "typing", "c": cast.pair, "user": cast.ada.id, "on": True}]
    await ada.settle()
    assert not ada.pushes, "oneself sees nothing, and there is no answer"


async def test_it_reaches_the_other_server_too(cast: Cast, house: House) -> None:
    async with open_house() as other:
        await house.hub.keeper.beat()
        ada, ben = await house.open(cast.ada), await other.open(cast.ben)
        ada.tell("typing", c=cast.pair, on=True)
        frame = await ben.hear()
        assert (frame["type"], frame["user"]) == ("typing", cast.ada.id)


async def test_at_most_one_in_three_seconds(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    assert len(await type_at(ada, ben, cast.pair, True, True, True)) == 1
    (socket,) = house.hub.by_user[cast.ada.id]
    socket.typed_at.update({c: (began - 3.0, on) for c, (began, on) in socket.typed_at.items()})
    assert len(await type_at(ada, ben, cast.pair, True, True)) == 2


async def test_the_end_of_typing_is_told_at_once_but_not_again_and_again(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    seen = await type_at(ada, ben, cast.pair, True, False, False, False, True, False)
    assert [one["on"] for one in seen] == [True, False]


async def test_never_through_a_closed_gate(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await do(lambda: shut(cast))
    assert await type_at(ada, ben, cast.pair, True, False) == []
    assert await type_at(ben, ada, cast.pair, True, False) == [], "nor by the one behind it"


@pytest.mark.parametrize("blocker", ["ada", "ben"])
async def test_never_between_two_of_whom_one_blocked_the_other(cast: Cast, house: House, blocker: str) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    one, other = (cast.ada, cast.ben) if blocker == "ada" else (cast.ben, cast.ada)
    await do(lambda: place_block(blocker_id=one.id, blocked_id=other.id, now=read_clock()))
    assert await type_at(ada, ben, cast.pair, True) == []
    assert await type_at(ben, ada, cast.pair, True) == []


async def test_never_in_a_closed_conversation(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await do(lambda: close_conversation(conversation_id=cast.pair, now=read_clock()))
    assert await type_at(ada, ben, cast.pair, True) == []


async def test_where_one_is_no_member_it_is_refused_like_nowhere(cast: Cast, house: House) -> None:
    eve, ben = await house.open(cast.eve), await house.open(cast.ben)
    eve.tell("typing", c=cast.pair, on=True)
    eve.tell("typing", c="00000000-0000-7000-8000-000000000000", on=True)
    await eve.ask("ping")
    await ben.settle()
    assert ben.pushes == []
    assert len(eve.pushes) == 2
    assert eve.pushes[0] == eve.pushes[1]
    assert eve.pushes[0]["code"] == "conv.not_found"


async def test_a_device_that_has_not_synced_sees_none(cast: Cast, house: House) -> None:
    ada, ben = await house.open(cast.ada), house.make_client(cast.ben)
    await ben.connect()
    assert (await ben.hello())["resumed"] is False
    ada.tell("typing", c=cast.pair, on=True)
    await ada.ask("ping")
    await ben.ask("ping")
    assert ben.pushes == []
