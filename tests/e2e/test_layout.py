"""The production layout behind each proxy of deploy/: page, socket, limits, and one web process draining."""

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.e2e.layout import REPOSITORY, Layout, running_layout
from tests.e2e.proxies import PROXIES, Door, open_proxy
from tests.services import find_postgres_binaries
from tests.services.processes import wait_until

ANSWER_SECONDS = 10.0
SOCKETS = 4
DRAIN_CODE = 4000
# Below the limit of calls that mark as read.
CALLS, CALL_SECONDS = 40, 0.25


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    with running_layout(tmp_path_factory.mktemp("layout"), ["https://localhost"]) as running:
        yield running


@pytest.fixture(scope="module", params=sorted(PROXIES))
def door(request: pytest.FixtureRequest, layout: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with open_proxy(request.param, tmp_path_factory.mktemp(request.param), layout.ports) as opened:
        yield opened


class Socket:
    """One greeted socket of one device; answers and events as they come."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def ask(self, **frame: Any) -> dict[str, Any]:
        """Send a request and return its answer; what comes between is passed over."""
        frame["id"] = uuid.uuid4().hex[:8]
        await self._connection.send(json.dumps(frame))
        return await self.wait_for(lambda got: got.get("re") == frame["id"])

    async def wait_for(self, fits: Any) -> dict[str, Any]:
        """Return the next frame that fits. Raises: ConnectionClosed, TimeoutError."""
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                frame: dict[str, Any] = json.loads(await self._connection.recv())
                if fits(frame):
                    return frame

    async def wait_for_message(self, body: str) -> None:
        """Wait until an event brings this body."""
        await self.wait_for(lambda got: any(event.get("body") == body for event in got.get("ev", [])))

    async def read_to_the_end(self) -> tuple[int, list[dict[str, Any]]]:
        """Return the close code and the frames before it."""
        frames: list[dict[str, Any]] = []
        try:
            while True:
                frames.append(json.loads(await self._connection.recv()))
        except ConnectionClosed as closed:
            return (closed.rcvd.code if closed.rcvd else 1006), frames


@asynccontextmanager
async def greeted(door: Door, person: dict[str, str], *, by_ticket: bool = False) -> AsyncIterator[Socket]:
    """Open a socket through the proxy and say hello, by bearer header or by ticket as a page does."""
    bearer = {"Authorization": f"Bearer {person['token']}"}
    ticket = None
    if by_ticket:
        async with httpx.AsyncClient(verify=door.trust(), trust_env=False, timeout=30) as client:
            made = await client.post(f"{door.address}/api/v1/realtime/tickets", headers=bearer)
        assert made.status_code == 201, made.text
        ticket = made.json()["ticket"]
    async with connect(
        door.socket_address,
        ssl=door.trust(),
        subprotocols=[Subprotocol("warmlijn.v1")],
        additional_headers=None if by_ticket else bearer,
        proxy=None,
    ) as connection:
        socket = Socket(connection)
        proof = {"ticket": ticket} if ticket else {}
        welcome = await socket.ask(type="hello", device_id=str(uuid.uuid4()), cursor=None, caps=[], **proof)
        assert welcome["type"] == "welcome", welcome
        yield socket


async def fetch_cursor(door: Door, person: dict[str, str]) -> str:
    async with httpx.AsyncClient(verify=door.trust(), trust_env=False, timeout=30) as client:
        answer = await client.get(
            f"{door.address}/api/v1/snapshot", headers={"Authorization": f"Bearer {person['token']}"}
        )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["cursor"])


async def send(socket: Socket, pair: dict[str, Any], body: str) -> None:
    sent = await socket.ask(type="send", c=pair["conversation"], m=str(uuid.uuid4()), body=body)
    assert (sent["type"], sent["status"]) == ("sent", "stored"), sent


def test_the_page_comes_over_tls_with_its_headers(door: Door) -> None:
    with door.client() as client:
        page = client.get("/")
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "daphne" not in page.headers.get("Server", "").lower()


def test_alive_is_public_and_ready_is_not(door: Door, layout: Layout) -> None:
    for port in layout.ports:
        assert layout.probe(f"http://127.0.0.1:{port}/healthz") == 0
        ready = partial(layout.probe, f"http://127.0.0.1:{port}/readyz", "database", "redis", "worker")
        assert wait_until(lambda ready=ready: ready() == 0)  # type: ignore[misc]
        assert layout.probe(f"http://127.0.0.1:{port}/readyz", "database", "no-such-component") == 1
    with door.client() as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 404


def test_a_body_over_the_limit_never_reaches_the_server(door: Door) -> None:
    with door.client() as client:
        assert client.post("/api/v1/enrol", content=b"x" * 400_000).status_code == 413
        assert client.post("/api/v1/enrol", content=b"x" * 100_000).status_code in (400, 415, 422)


async def test_two_people_talk_through_the_proxy(door: Door, layout: Layout) -> None:
    pair, body = layout.pairs[0], f"hoi {uuid.uuid4()}"
    cursor = await fetch_cursor(door, pair["expert"])
    async with greeted(door, pair["youth"], by_ticket=True) as ada, greeted(door, pair["expert"]) as ben:
        await ben.ask(type="sync", cursor=cursor)
        await send(ada, pair, body)
        await ben.wait_for_message(body)


async def test_one_web_process_drains_and_the_other_takes_over(door: Door, layout: Layout) -> None:
    pair, drained = layout.pairs[0], layout.ports[0]
    try:
        async with AsyncExitStack() as stack:
            people = [pair["youth"], pair["expert"]] * (SOCKETS // 2)
            sockets = [await stack.enter_async_context(greeted(door, person)) for person in people]
            endings = [asyncio.create_task(socket.read_to_the_end()) for socket in sockets]
            statuses = asyncio.create_task(call_until_gone(door, pair, layout.webs[drained]))
            layout.drain_web(drained)
            assert await asyncio.to_thread(layout.webs[drained].wait, 20) == 0
            assert {status // 100 for status in await statuses} == {2}
            ended = [task.result() for task in endings if task.done()]
            # The proxy had spread them, so some were on the process that went, and only those are gone.
            assert 0 < len(ended) < SOCKETS
            for code, frames in ended:
                assert code == DRAIN_CODE
                assert (frames[-1]["type"], frames[-1]["code"]) == ("bye", DRAIN_CODE)
        await test_two_people_talk_through_the_proxy(door, layout)
    finally:
        layout.webs[drained].kill()
        layout.webs[drained].wait()
        await asyncio.to_thread(layout.start_webs, drained)


async def call_until_gone(door: Door, pair: dict[str, Any], web: subprocess.Popen[bytes]) -> list[int]:
    """Read and write through the proxy until a web process is gone and a little longer; return the statuses."""
    statuses = []
    path = f"/api/v1/conversations/{pair['conversation']}"
    bearer = {"Authorization": f"Bearer {pair['youth']['token']}"}
    async with httpx.AsyncClient(
        base_url=door.address, verify=door.trust(), trust_env=False, headers=bearer, timeout=10
    ) as client:
        for _ in range(CALLS):
            gone = web.poll() is not None
            for _ in range(2 if gone else 1):
                read = await client.get(f"{path}/messages")
                written = await client.post(f"{path}/read", json={"upto": 0})
                statuses += [read.status_code, written.status_code]
            if gone:
                break
            await asyncio.sleep(CALL_SECONDS)
    return statuses


def test_a_restored_backup_opens_and_makes_every_client_start_afresh(layout: Layout, tmp_path: Path) -> None:
    before = read_epochs(layout, "warmlijn")
    run_script(layout, "backup", tmp_path, layout.postgres.url("warmlijn"))
    (dump,) = tmp_path.glob("*.dump")
    said = run_script(layout, "restore", dump, layout.postgres.create_database("restored"))
    assert "active" in said
    after = read_epochs(layout, "restored")
    assert after.keys() == before.keys()
    assert all(after[user] != epoch for user, epoch in before.items())


def read_epochs(layout: Layout, database: str) -> dict[str, str]:
    rows = layout.postgres.execute("select user_id::text, epoch::text from realtime_userstream", database=database)
    assert rows
    return {str(user): str(epoch) for user, epoch in rows}


def run_script(layout: Layout, name: str, argument: Path, url: str) -> str:
    settings = {**layout.environment, "DATABASE_URL": url, "SERVER": f"{sys.executable} -m server"}
    del settings["DATABASE_URL_FILE"]
    path = os.pathsep.join([str(find_postgres_binaries()), settings["PATH"]])
    command = [REPOSITORY / "deploy" / name, argument]
    done = subprocess.run(
        command, cwd=REPOSITORY, env={**settings, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_one_address_that_guesses_codes_locks_nobody_else_out(door: Door) -> None:
    guess = {"code": "AAAA-AAAA-AAAA", "display_name": "Eve", "device_name": "x"}
    statuses: dict[str, set[int]] = {}
    # At most 20 fit in Redis, and 20 in each of two processes while it does not answer in time.
    for address, tries in (("127.0.0.2", 61), ("127.0.0.3", 1)):
        transport = httpx.HTTPTransport(verify=door.trust(), local_address=address)
        statuses[address] = set()
        with httpx.Client(base_url=door.address, transport=transport, trust_env=False, timeout=30) as client:
            while tries and 429 not in statuses[address]:
                statuses[address].add(client.post("/api/v1/enrol", json=guess).status_code)
                tries -= 1
    assert 429 in statuses["127.0.0.2"]
    assert 429 not in statuses["127.0.0.3"]
