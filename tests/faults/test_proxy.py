"""The proxy does each of its tricks, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from tests.faults.proxy import LOOPBACK, Proxy

PATIENCE = 20.0  # seconds for what must come; nothing here asserts speed

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while line := await reader.readline():
            writer.write(b"echo " + line)
            await writer.drain()
    await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def _proxy_of(handler: Handler, slow_close: float = 0.0) -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(handler, LOOPBACK, 0)
    proxy = Proxy(server.sockets[0].getsockname()[1], slow_close=slow_close)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.close()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), PATIENCE)


@asynccontextmanager
async def _call(proxy: Proxy) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(LOOPBACK, proxy.port)
    try:
        yield reader, writer
    finally:
        await _close(writer)


async def _say(proxy: Proxy, text: bytes) -> bytes:
    async with _call(proxy) as (reader, writer):
        writer.write(text + b"\n")
        return await asyncio.wait_for(reader.readline(), PATIENCE)


async def test_bytes_pass_both_ways() -> None:
    async with _proxy_of(_echo) as proxy:
        assert await _say(proxy, b"hi") == b"echo hi\n"


async def test_latency_delays_both_directions() -> None:
    async with _proxy_of(_echo) as proxy:
        proxy.latency = 0.1
        began = asyncio.get_running_loop().time()
        await _say(proxy, b"hi")
        assert asyncio.get_running_loop().time() - began >= 0.2


async def test_cut_resets_open_connections_and_new_ones_work() -> None:
    async with _proxy_of(_echo) as proxy:
        async with _call(proxy) as (reader, writer):
            writer.write(b"hi\n")
            await asyncio.wait_for(reader.readline(), PATIENCE)
            assert proxy.cut() == 1
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(reader.readline(), PATIENCE)
        assert await _say(proxy, b"back") == b"echo back\n"


async def test_black_hole_holds_everything_and_gives_it_back_in_order() -> None:
    async with _proxy_of(_echo) as proxy, _call(proxy) as (reader, writer):
        proxy.swallow()
        writer.write(b"one\ntwo\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readline(), 0.2)
        proxy.release()
        lines = [await asyncio.wait_for(reader.readline(), PATIENCE) for _ in range(2)]
        assert lines == [b"echo one\n", b"echo two\n"]


async def test_slow_close_keeps_the_other_side_believing() -> None:
    ended: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set_result(asyncio.get_running_loop().time())
        await _close(writer)

    async with _proxy_of(listen, slow_close=0.3) as proxy:
        async with _call(proxy) as (_, writer):
            writer.write(b"hi\n")
        closed = asyncio.get_running_loop().time()
        assert await asyncio.wait_for(ended, PATIENCE) - closed >= 0.25


async def test_an_answer_is_lost_after_the_server_gave_it() -> None:
    async with _proxy_of(_echo) as proxy:
        proxy.lose_answers(b"echo", 1)
        with pytest.raises(ConnectionResetError):
            await _say(proxy, b"hi")
        assert proxy.answers_to_lose == 0
        assert await _say(proxy, b"hi") == b"echo hi\n"
