"""Taking away: an ended session, a suspension, a removal shows on open sockets at once, with or without a hint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from server.accounts.actions import change_role, end_all_sessions, end_session, start_session, suspend_person
from server.foundation.clock import read_clock
from server.realtime.closes import SESSION_EXPIRED
from tests.cast import Cast, Player, Rest, SocketClient
from tests.integration.realtime.house import House, do

Revoke = Callable[[Cast], object]
WAYS: dict[str, tuple[Revoke, int]] = {
    "signed out": (lambda cast: Rest(cast.ada).call("DELETE", "/sessions/current"), 4300),
    "revoked": (
        lambda cast: end_session(session_id=cast.ada.session_id, reason="revoked", now=read_clock()),
        4300,
    ),
    "all ended": (lambda cast: end_all_sessions(person_id=cast.ada.id, reason="revoked", now=read_clock()), 4300),
    "role": (lambda cast: change_role(person_id=cast.ada.id, role="expert", now=read_clock()), 4300),
    "suspended": (lambda cast: suspend_person(person_id=cast.ada.id, actor=None, now=read_clock()), 4301),
}


@pytest.mark.parametrize("way", WAYS)
async def test_the_event_of_the_end_closes_the_socket(cast: Cast, house: House, way: str) -> None:
    revoke, code = WAYS[way]
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await do(lambda: revoke(cast))
    assert await ada.wait_until_closed() == code
    assert [one["kind"] for one in ada.events] == ["session.revoked"]
    assert (await ben.ask("ping"))["type"] == "pong", "nobody else is sent away"


@pytest.mark.parametrize("way", WAYS)
async def test_the_sweep_closes_the_socket_when_every_hint_was_lost(cast: Cast, house: House, way: str) -> None:
    revoke, code = WAYS[way]
    await house.make_deaf()
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    await house.hub.keeper.sweep_sessions()
    await do(lambda: revoke(cast))
    await house.hub.keeper.sweep_sessions()
    assert await ada.wait_until_closed() == code
    assert (await ben.ask("ping"))["type"] == "pong"


async def test_a_socket_that_takes_nothing_any_more_is_closed_all_the_same(cast: Cast, house: House) -> None:
    """The event waits behind the credit; the sweep does not."""
    from tests.integration.realtime.test_credit import flood

    ada = await house.open(cast.ada)
    await flood(cast, 201)
    await do(lambda: end_session(session_id=cast.ada.session_id, reason="revoked", now=read_clock()))
    await house.hub.keeper.sweep_sessions()
    assert await ada.wait_until_closed() == 4300


async def test_only_the_sockets_of_that_session_end(cast: Cast, house: House) -> None:
    session, token = await do(lambda: start_session(person_id=cast.ada.id, device_name="tablet", now=read_clock()))
    phone, tablet = (
        await house.open(cast.ada, "phone"),
        await house.open(Player(cast.ada.person, session, token), "tablet"),
    )
    await do(lambda: end_session(session_id=session.id, reason="revoked", now=read_clock()))
    assert await tablet.wait_until_closed() == 4300
    await phone.settle()
    (event,) = phone.list_events("session.revoked")
    assert (event["session"], event["reason"]) == (str(session.id), "revoked")
    assert (await phone.ask("ping"))["type"] == "pong"


async def test_an_old_end_of_another_session_closes_nothing_on_resume(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    cursor = ada.cursor
    session, _ = await do(lambda: start_session(person_id=cast.ada.id, device_name="tablet", now=read_clock()))
    await do(lambda: end_session(session_id=session.id, reason="revoked", now=read_clock()))
    await ada.leave()
    again = house.make_client(cast.ada)
    again.cursor = cursor
    await again.connect()
    await again.hello()
    await again.wait_for_event("session.revoked")
    assert (await again.ask("ping"))["type"] == "pong"


async def expire(cast: Cast, house: House, after: timedelta) -> SocketClient:
    """Return Ada's socket after the sweeps of a session that nobody used for so long."""
    await house.make_deaf()
    ada = await house.open(cast.ada)
    await house.hub.keeper.sweep_sessions()
    with time_machine.travel(read_clock() + after, tick=False):
        await house.hub.keeper.sweep_sessions()
    return ada


async def test_a_session_that_ran_out_closes_its_socket(cast: Cast, house: House) -> None:
    ada = await expire(cast, house, cast.ada.session.expires_at - read_clock())
    assert await ada.wait_until_closed() == SESSION_EXPIRED.code


async def test_a_session_that_still_runs_keeps_its_socket(cast: Cast, house: House) -> None:
    ada = await expire(cast, house, cast.ada.session.idle_expires_at - read_clock() - timedelta(seconds=5))
    assert (await ada.ask("ping"))["type"] == "pong"


async def test_a_session_idle_for_too_long_closes_its_socket(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    idle_end = cast.ada.session.idle_expires_at
    with time_machine.travel(idle_end - timedelta(seconds=1), tick=False):
        await house.hub.keeper.sweep_sessions()
        assert (await ada.ask("ping"))["type"] == "pong"
    with time_machine.travel(idle_end, tick=False):
        await house.hub.keeper.sweep_sessions()
    assert await ada.wait_until_closed() == SESSION_EXPIRED.code


@pytest.mark.parametrize("way", WAYS)
async def test_nothing_of_a_revoked_session_is_accepted_while_its_socket_is_still_open(
    cast: Cast, house: House, way: str
) -> None:
    from tests.integration.chat.witness import nothing_changes

    await house.make_deaf()
    ada = await house.open(cast.ada)
    await do(lambda: cast.accept(cast.ben))
    revoke, _ = WAYS[way]
    await do(lambda: revoke(cast))
    async with nothing_changes():
        assert (await ada.send(cast.pair))["code"] == "auth.session_revoked"
        assert (await ada.ask("read", c=cast.pair, upto=1))["code"] == "auth.session_revoked"
