"""The greeting: who knocks, with what, how long they may wait, and what they are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.accounts.actions import end_session, suspend_person
from server.foundation.clock import read_clock
from server.foundation.rate_limits import RateLimiter, replace_limiter
from server.foundation.rates import DEVICE_RATES
from server.realtime.limits import BAD_FRAMES, HELLO_BYTES, HELLO_SECONDS, show_limits
from server.realtime.models import DeviceLink
from server.realtime.queries import get_cursor
from tests.cast import Cast, Closed, Frame, SocketClient
from tests.integration.realtime.clocks import advance_loop
from tests.integration.realtime.house import House, do, get_ticket


async def knock(house: House, **hello: Any) -> tuple[SocketClient, Frame]:
    """Connect somebody who brings no header, and greet."""
    client = house.make_client()
    await client.connect()
    return client, await client.hello(**hello)


async def test_a_ticket_opens_a_socket(cast: Cast, house: House) -> None:
    cursor = await do(lambda: get_cursor(cast.ada.id))
    client, welcome = await knock(house, ticket=await get_ticket(cast.ada), cursor=cursor)
    assert welcome["type"] == "welcome"
    assert (welcome["user"], welcome["role"], welcome["resumed"]) == (cast.ada.id, "youth", True)
    assert welcome["head"] == int(cursor.partition(".")[2])
    assert welcome["limits"] == show_limits()
    assert "reset" not in welcome
    client.cursor = cursor
    events = await client.hear()
    assert (events["from"], events["to"], events["more"], events["ev"]) == (cursor, cursor, False, [])


async def test_a_native_app_brings_its_bearer_header(cast: Cast, house: House) -> None:
    client = house.make_client(cast.ben)
    assert await client.connect() == "warmlijn.v1"
    welcome = await client.hello()
    assert (welcome["user"], welcome["role"], welcome["resumed"]) == (cast.ben.id, "expert", False)


async def test_a_header_of_another_kind_or_of_nobody_opens_nothing(cast: Cast, house: House) -> None:
    for header, code, close in (
        (f"Basic {cast.ada.token}", "auth.ticket_invalid", 4101),
        ("Bearer nobody", "auth.session_revoked", 4300),
        (f"Bearer {cast.ada.token}é", "auth.session_revoked", 4300),
    ):
        client = house.make_client(None, "phone", Authorization=header)
        await client.connect()
        assert (await client.hello())["code"] == code
        assert await client.wait_until_closed() == close


async def test_a_cookie_opens_nothing(cast: Cast, house: House) -> None:
    client = house.make_client(None, "phone", Cookie=f"token={cast.ada.token}; sessionid={cast.ada.token}")
    await client.connect()
    assert (await client.hello())["code"] == "auth.ticket_invalid"
    assert await client.wait_until_closed() == 4101


async def test_a_ticket_speaks_for_its_own_session_whatever_the_header_says(cast: Cast, house: House) -> None:
    client = house.make_client(cast.ada)
    await client.connect()
    assert (await client.hello(ticket=await get_ticket(cast.eve)))["user"] == cast.eve.id


async def test_a_ticket_that_is_used_imagined_or_late_opens_nothing(cast: Cast, house: House) -> None:
    used = await get_ticket(cast.ada)
    assert (await knock(house, ticket=used))[1]["type"] == "welcome"
    late = await get_ticket(cast.ada, read_clock() - timedelta(seconds=31))
    for ticket in (used, "x" * 43, late):
        client, answer = await knock(house, ticket=ticket)
        assert (answer["type"], answer["code"], answer["retry"]) == ("error", "auth.ticket_invalid", "never")
        assert await client.wait_until_closed() == 4101
        assert client.list_pushes("bye") == [
            {"type": "bye", "code": 4101, "reason": "ticket_invalid", "retry_after_ms": 0}
        ]


async def test_a_ticket_of_a_session_that_ended_opens_nothing(cast: Cast, house: House) -> None:
    ended, suspended = await get_ticket(cast.ada), await get_ticket(cast.ben)
    now = read_clock()
    await do(lambda: end_session(session_id=cast.ada.session_id, reason="revoked", now=now))
    await do(lambda: suspend_person(person_id=cast.ben.id, actor=None, now=now))
    for ticket in (ended, suspended):
        client, answer = await knock(house, ticket=ticket)
        assert answer["code"] == "auth.session_revoked"
        assert await client.wait_until_closed() == 4300
    assert not await do(lambda: DeviceLink.objects.exists()), "a refused greeting leaves no socket"


async def test_who_says_no_hello_in_time_is_sent_away_however_much_they_chatter(house: House) -> None:
    client = house.make_client()
    await client.connect()
    assert (await client.ask("ping"))["code"] == "proto.not_ready"
    advance_loop(HELLO_SECONDS - 0.5)
    assert (await client.ask("ping"))["code"] == "proto.not_ready"
    advance_loop(0.6)
    assert await client.wait_until_closed() == 4100
    assert [one["reason"] for one in client.list_pushes("bye")] == ["hello_timeout"]


async def test_requests_before_the_greeting_are_refused_and_can_be_sent_again(cast: Cast, house: House) -> None:
    client = house.make_client(cast.ada)
    await client.connect()
    refused = await client.send(cast.pair)
    assert (refused["code"], refused["retry"]) == ("proto.not_ready", "same")
    assert (await client.hello())["type"] == "welcome"
    assert (await client.send(cast.pair))["seq"] == 1


async def test_who_only_ever_sends_other_requests_is_sent_away(house: House) -> None:
    client = house.make_client()
    await client.connect()
    for _ in range(BAD_FRAMES):
        client.tell("ping", id="p")
    assert await client.wait_until_closed() == 4304
    assert len(client.list_pushes("error")) == BAD_FRAMES


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "proto.bad_frame"),
        ("hello", "proto.bad_frame"),
        ('{"type":"hello","id":"1"}', "proto.bad_frame"),
        ('{"type":"hello","id":"1","device_id":""}', "proto.bad_frame"),
        ('{"type":"hello","id":"1","device_id":"' + "x" * 65 + '"}', "proto.bad_frame"),
        ('{"type":"hello","id":"1","device_id":"a","cursor":"1"}', "proto.bad_frame"),
        ('{"type":"hello","id":"1","device_id":"a","cursor":"e.-1"}', "proto.bad_frame"),
        ('{"type":"hello","id":"1","device_id":"a","token":"x"}', "proto.bad_frame"),
        ('{"type":"hello","id":"1","device_id":"a","caps":"all"}', "proto.bad_frame"),
        ('{"type":"hello","id":"1","device_id":"a","caps":["' + "x" * HELLO_BYTES + '"]}', "proto.too_large"),
    ],
)
async def test_a_hello_of_another_form_ends_the_connection(cast: Cast, house: House, text: str, code: str) -> None:
    client = house.make_client(cast.ada)
    await client.connect()
    client.tell_text(text)
    assert await client.wait_until_closed() == 4304
    assert [one["code"] for one in client.list_pushes("error")] == [code]


async def test_a_binary_hello_ends_the_connection(cast: Cast, house: House) -> None:
    client = house.make_client(cast.ada)
    await client.connect()
    client.tell_bytes(b'{"type":"hello","id":"1","device_id":"a"}')
    assert await client.wait_until_closed() == 4304


async def test_hello_is_said_once(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    assert (await ada.hello())["code"] == "proto.bad_frame"
    assert (await ada.ask("ping"))["type"] == "pong", "the first one stands"


@pytest.mark.parametrize("offered", [(), ("warmlijn.v0",), ("WARMLIJN.V1",)])
async def test_without_a_known_subprotocol_the_answer_is_4302(house: House, offered: tuple[str, ...]) -> None:
    client = house.make_client()
    assert await client.connect(subprotocols=offered) is None
    assert await client.wait_until_closed() == 4302
    assert [one["type"] for one in client.pushes] == ["error", "bye"]
    assert client.pushes[0]["code"] == "proto.unsupported_version"


async def test_the_known_subprotocol_is_chosen_among_others(cast: Cast, house: House) -> None:
    client = house.make_client(cast.ada)
    assert await client.connect(subprotocols=("warmlijn.v2", "warmlijn.v1")) == "warmlijn.v1"


@pytest.mark.parametrize("path", ["/ws", "/ws/v2", "/ws/v1/x", "/"])
async def test_other_paths_are_refused_before_the_handshake_ends(house: House, path: str) -> None:
    with pytest.raises(Closed):
        await house.make_client().connect(path=path)


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1", "https://app.example.evil.example"]
)
async def test_an_origin_that_is_not_listed_is_refused(cast: Cast, house: House, origin: str) -> None:
    with pytest.raises(Closed):
        await house.make_client(cast.ada, "phone", Origin=origin, Host="127.0.0.1:8000").connect()


async def test_the_own_origin_is_let_in_and_none_as_well(cast: Cast, house: House) -> None:
    for headers in ({"Origin": "http://127.0.0.1:8000", "Host": "127.0.0.1:8000"}, {"Host": "127.0.0.1:8000"}):
        client = house.make_client(cast.ada, "phone", **headers)
        await client.connect()
        assert (await client.hello())["type"] == "welcome"


async def test_the_eleventh_hello_of_a_device_in_a_minute_is_refused(cast: Cast, house: House) -> None:
    replace_limiter(RateLimiter())
    try:
        (times, _), *_ = DEVICE_RATES["hello"]
        for _ in range(times):
            assert (await knock(house, ticket=await get_ticket(cast.ada)))[1]["type"] == "welcome"
        client, answer = await knock(house, ticket=await get_ticket(cast.ada))
        assert (answer["code"], answer["retry"]) == ("rate.limited", "after")
        assert 0 < answer["retry_after_ms"] <= 60_000
        assert await client.wait_until_closed() == 4200
        assert (await knock(house, ticket=await get_ticket(cast.ben)))[1]["type"] == "welcome", "others are not slowed"
    finally:
        replace_limiter(None)
