"""What a hostile or broken client gets from the real server: its stable refusal, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from tests.e2e.house import House, Pair, Somebody, open_house
from tests.frames import check_sent_by_server

WAIT_SECONDS = 20
SUBPROTOCOL = Subprotocol("warmlijn.v1")
# Far above what a socket may cost, far below what an unbounded queue of the same abuse would take.
ROOM_BYTES = 40 * 1024 * 1024


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The real server with its rate limits on; no browser is needed here."""
    with open_house(tmp_path_factory.mktemp("abuse")) as opened:
        opened.stop()
        opened.settings = {**opened.settings, "RATE_LIMITS": "on"}
        opened.start()
        yield opened


@pytest.fixture
def pair(house: House) -> Pair:
    """Ada and Ben, who have not written yet."""
    return house.take_pair()


async def receive(line: ClientConnection) -> dict[str, Any]:
    """Return the next frame, held against the published schema."""
    frame: dict[str, Any] = json.loads(await asyncio.wait_for(line.recv(), WAIT_SECONDS))
    check_sent_by_server(frame)
    return frame


async def receive_type(line: ClientConnection, kind: str) -> dict[str, Any]:
    """Return the next frame of a type; others are passed over."""
    while True:
        frame = await receive(line)
        if frame["type"] == kind:
            return frame


async def read_until_closed(line: ClientConnection, seen: list[dict[str, Any]] | None = None) -> int | None:
    """Read until the server has closed; return the close code, None when the connection just broke."""
    while True:
        try:
            frame = await receive(line)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None
        if seen is not None:
            seen.append(frame)


def ws_url(house: House) -> str:
    """Return the socket's address."""
    return house.url.replace("http", "ws") + "/ws/v1"


@asynccontextmanager
async def greeted(house: House, person: Somebody, **options: Any) -> AsyncIterator[ClientConnection]:
    """Yield a socket that said hello with the bearer header and follows from a snapshot."""
    headers = {"Authorization": f"Bearer {person.token}"}
    async with httpx.AsyncClient(base_url=f"{house.url}/api/v1", headers=headers, timeout=30) as rest:
        cursor = (await rest.get("/snapshot")).json()["cursor"]
    async with connect(
        ws_url(house), subprotocols=[SUBPROTOCOL], additional_headers=headers, compression=None, **options
    ) as line:
        await line.send(json.dumps({"type": "hello", "id": "h", "device_id": str(uuid.uuid4()), "cursor": cursor}))
        assert (await receive(line))["type"] == "welcome"
        assert (await receive(line))["type"] == "events"
        yield line


def measure_memory(house: House) -> int:
    """Return the server's resident bytes."""
    assert house.child is not None
    return int(psutil.Process(house.child.pid).memory_info().rss)


async def is_served(house: House, person: Somebody) -> bool:
    """Tell whether somebody else's ping is answered."""
    async with greeted(house, person) as line:
        await line.send(json.dumps({"type": "ping", "id": "still-there"}))
        return bool((await receive_type(line, "pong"))["re"] == "still-there")


async def test_frame_of_33_kib_is_refused_and_the_line_stays(house: House, pair: Pair) -> None:
    async with greeted(house, pair.ada) as line:
        body = "x" * (33 * 1024)
        await line.send(
            json.dumps({"type": "send", "id": 1, "c": pair.conversation, "m": str(uuid.uuid4()), "body": body})
        )
        assert (await receive_type(line, "error"))["code"] == "proto.too_large"
        await line.send(json.dumps({"type": "ping", "id": 2}))
        assert (await receive_type(line, "pong"))["re"] == 2


async def test_frames_of_one_mebibyte_close_the_line_and_cost_no_memory(house: House, pair: Pair) -> None:
    before = measure_memory(house)
    for _ in range(10):
        async with greeted(house, pair.ada, max_size=None) as line:
            with suppress(ConnectionClosed):  # the server may close before it has taken all of it
                await line.send("x" * (1024 * 1024))
            assert await read_until_closed(line) in (1009, None)
    assert measure_memory(house) - before < ROOM_BYTES
    assert await is_served(house, pair.ben)


async def test_binary_frame_is_a_bad_frame(house: House, pair: Pair) -> None:
    async with greeted(house, pair.ada) as line:
        await line.send(b'{"type":"ping","id":1}')
        assert (await receive_type(line, "error"))["code"] == "proto.bad_frame"


async def test_bytes_that_are_no_utf8_close_the_line(house: House, pair: Pair) -> None:
    async with greeted(house, pair.ada) as line:
        await line.send(b"\xff\xfe{", text=True)
        assert await read_until_closed(line) == 1007


async def test_33_frames_at_once_are_all_answered_in_order(house: House, pair: Pair) -> None:
    async with greeted(house, pair.ada) as line:
        for number in range(33):
            await line.send(json.dumps({"type": "ping", "id": number}))
        assert [(await receive_type(line, "pong"))["re"] for _ in range(33)] == list(range(33))


async def test_a_flood_is_refused_then_closed_with_4200(house: House, pair: Pair) -> None:
    async with greeted(house, pair.ada, max_queue=None) as line:
        seen: list[dict[str, Any]] = []
        listening = asyncio.create_task(read_until_closed(line, seen))
        for number in range(20_000):
            try:
                await line.send(json.dumps({"type": "ping", "id": number}))
                await asyncio.sleep(0)  # so that the close is heard, and answered in time
            except ConnectionClosed:
                break
        assert await asyncio.wait_for(listening, WAIT_SECONDS) == 4200
    assert "rate.limited" in {frame.get("code") for frame in seen}
    assert await is_served(house, pair.ben)


async def test_a_reader_that_never_reads_costs_no_memory(house: House, pair: Pair) -> None:
    """A raw client asks for answers and takes none: the server stops reading it instead of queueing."""
    before = measure_memory(house)
    async with greeted(house, pair.ada) as line:
        line.transport.pause_reading()
        question = json.dumps({"type": "ping", "id": "x" * 64})
        try:
            for _ in range(5_000):
                await asyncio.wait_for(line.send(question), 1)
        except (TimeoutError, ConnectionClosed):
            pass  # the line takes no more, or was closed over it: both keep memory bounded
        assert measure_memory(house) - before < ROOM_BYTES
        assert await is_served(house, pair.ben)
        line.transport.abort()


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://127.0.0.1.evil.example"}, False),
        ({"Origin": "http://127.0.0.1:1"}, False),
    ],
)
async def test_origin_is_listed_or_absent(house: House, headers: dict[str, str], allowed: bool) -> None:
    async def knock() -> int:
        try:
            async with connect(ws_url(house), subprotocols=[SUBPROTOCOL], additional_headers=headers):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    # Autobahn refuses `null` itself (400), our own check everything else (403).
    assert await knock() in ({101} if allowed else {400, 403})


async def test_own_origin_is_allowed_and_a_cookie_is_no_proof(house: House, pair: Pair) -> None:
    headers = {"Origin": house.url, "Cookie": f"token={pair.ada.token}; sessionid={pair.ada.token}"}
    async with connect(ws_url(house), subprotocols=[SUBPROTOCOL], additional_headers=headers) as line:
        await line.send(json.dumps({"type": "hello", "id": 1, "device_id": "d"}))
        assert (await receive(line))["code"] == "auth.ticket_invalid"
        assert (await receive(line))["code"] == 4101


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_beyond_the_limit_is_refused_unread(house: House, pair: Pair, announced: bool) -> None:
    body = b"x" * (300 * 1024)
    head = (
        f"POST /api/v1/conversations/{pair.conversation}/messages HTTP/1.1\r\nHost: {house.url[7:]}\r\n"
        f"Authorization: Bearer {pair.ada.token}\r\nContent-Type: application/json\r\n"
    ).encode()
    if announced:
        request = head + f"Content-Length: {len(body)}\r\n\r\n".encode()
    else:
        request = head + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(body) + body + b"\r\n"
    host, port = house.url[7:].split(":")
    answer = await asyncio.to_thread(_exchange, host, int(port), request)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"proto.too_large"' in answer


def _exchange(host: str, port: int, request: bytes) -> bytes:
    with socket.create_connection((host, port), timeout=WAIT_SECONDS) as line:
        line.sendall(request)
        answer = b""
        try:
            while piece := line.recv(65_536):
                answer += piece
        except ConnectionResetError:
            pass  # the server closes without reading the rest
        return answer


async def test_sigterm_sends_everybody_away_with_4000_and_loses_nothing(house: House, pair: Pair) -> None:
    """Last in the file on purpose of its own server: it ends it, and starts it again."""
    m = str(uuid.uuid4())
    async with greeted(house, pair.ada) as line, greeted(house, pair.ben) as other:
        await line.send(json.dumps({"type": "send", "id": 1, "c": pair.conversation, "m": m, "body": "nog net"}))
        assert house.child is not None
        house.child.terminate()
        sent, byes = await receive_type(line, "sent"), []
        for one in (line, other):
            byes.append(await receive_type(one, "bye"))
        assert [bye["code"] for bye in byes] == [4000, 4000]
        assert await asyncio.to_thread(house.child.wait, WAIT_SECONDS) == 0
    house.start()
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {pair.ben.token}"}, timeout=30) as rest:
        page = (await rest.get(f"{house.url}/api/v1/conversations/{pair.conversation}/messages")).json()
    assert [(one["mid"], one["body"]) for one in page["messages"]] == [(sent["mid"], "nog net")]
