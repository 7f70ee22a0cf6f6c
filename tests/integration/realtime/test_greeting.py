"""The greeting: who knocks, with what, how long they may wait, and what they are told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from django.db import transaction

from server.accounts.actions import end_session, suspend_person
from server.foundation.clock import read_clock
from server.realtime.limits import HELLO_BYTES, HELLO_SECONDS, show_limits
from server.realtime.queries import get_cursor
from tests.cast import Cast, Closed, SocketClient
from tests.integration.realtime.house import House, do, get_ticket

pytestmark = pytest.mark.usefixtures("transactional_db")


async def knock(house: House, *, name: str = "phone", **hello: object) -> tuple[SocketClient, dict[str, object]]:
    """Connect somebody who brings no header, and greet."""
    client = house.make_client(None, name)
    await client.connect()
    return client, await client.hello(**hello)


async def test_a_ticket_opens_a_socket(cast: Cast, house: House) -> None:
    cursor = await do(lambda: get_cursor(cast.ada.id))
    _, welcome = await knock(house, ticket=await get_ticket(cast.ada), cursor=cursor)
    assert welcome["type"] == "welcome"
    assert (welcome["user"], welcome["role"], welcome["resumed"]) == (cast.ada.id, "youth", True)
    assert welcome["head"] == int(cursor.partition(".")[2])
    assert welcome["limits"] == show_limits()
    assert "reset" not in welcome


async def test_a_native_app_brings_its_bearer_header(cast: Cast, house: House) -> None:
    client = house.make_client(cast.ben)
    assert await client.connect() == "warmlijn.v1"
    welcome = await client.hello()
    assert (welcome["user"], welcome["role"], welcome["reset"]) == (cast.ben.id, "expert", "no_cursor")


async def test_a_cookie_opens_nothing(cast: Cast, house: House) -> None:
    client = house.make_client(None, "phone", Cookie=f"token={cast.ada.token}; sessionid={cast.ada.token}")
    await client.connect()
    assert (await client.hello())["code"] == "auth.ticket_invalid"
    assert await client.wait_until_closed() == 4101
