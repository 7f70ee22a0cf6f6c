"""The generator's clients against the stand-in: over real sockets of one loop, no database."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.load.generator import Generator
from tests.load.standin import StandIn, World
from tests.load.wire import WireProblem

LOOPBACK = "127.0.0.1"


class Served:
    """A stand-in with three pairs, and the generator's orders for it."""

    def __init__(self, world: World, port: int, seats: Path) -> None:
        self.world = world
        self.connect = {"stack": "product", "ports": [port], "seats": str(seats), "sockets": 6}


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """Serve a stand-in on a port that the system chooses."""
    seats = tmp_path / "seats.jsonl"
    seats.write_text("\n".join(json.dumps(make_pair(number)) for number in range(3)))
    world = World(seats)
    server = await asyncio.get_running_loop().create_server(lambda: StandIn(world), LOOPBACK, 0)
    async with server:
        yield Served(world, server.sockets[0].getsockname()[1], seats)


def make_pair(number: int) -> dict[str, object]:
    """Return one line of what `seed` writes."""
    people = {role: {"id": str(uuid.uuid4()), "token": f"{role}{number}"} for role in ("youth", "expert")}
    return {**people, "conversation": str(uuid.uuid4())}


async def test_closed_loop_delivers_what_it_sends(served: Served) -> None:
    generator = Generator()
    await generator.connect(served.connect)

    outcome = await generator.run_closed({"seconds": 0.1})
    await generator.disconnect({})

    assert outcome["unfinished"] == 0
    assert outcome["sent"] == outcome["delay_ms"]["count"] == sum(served.world.last_seq.values())
    assert set(served.world.last_seq) == set(served.world.members)


async def test_storm_brings_everybody_what_they_missed(served: Served) -> None:
    generator = Generator()
    await generator.connect({**served.connect, "by_ticket": True})

    outcome = await generator.run_storm({"missed": 2, "quiet": 0.01})
    await generator.disconnect({})

    assert (outcome["incomplete"], outcome["disconnected_twice"]) == (0, 0)
    assert all(seq == 4 for seq in served.world.last_seq.values())


async def test_wrong_path_is_a_problem_not_a_hang(served: Served) -> None:
    generator = Generator()
    with pytest.raises((WireProblem, OSError)):
        await generator.connect({**served.connect, "stack": "baseline", "ports": [1]})


async def test_batch_from_elsewhere_asks_for_a_sync_and_counts_nothing(served: Served) -> None:
    generator = Generator()
    await generator.connect(served.connect)
    syncs = served.world.syncs

    push_events(served, generator, "standin.7", "standin.9", 2)
    await until(lambda: served.world.syncs > syncs)
    await generator.disconnect({})

    assert served.world.syncs == syncs + 1
    assert generator.seats[0].received == 0


async def test_an_old_batch_is_dropped(served: Served) -> None:
    generator = Generator()
    await generator.connect(served.connect)
    syncs = served.world.syncs

    push_events(served, generator, "standin.-2", "standin.0", 2)
    push_events(served, generator, "standin.0", "standin.1", 1)
    await until(lambda: generator.seats[0].cursor == "standin.1")
    await generator.disconnect({})

    assert served.world.syncs == syncs
    assert generator.seats[0].received == 1


@pytest.mark.parametrize(("count", "acknowledged"), [(19, None), (20, "standin.20")])
async def test_acknowledges_after_twenty_events(served: Served, count: int, acknowledged: str | None) -> None:
    generator = Generator()
    await generator.connect(served.connect)

    push_events(served, generator, "standin.0", f"standin.{count}", count)
    await until(lambda: generator.seats[0].received == count)
    await generator.disconnect({})

    assert served.world.acknowledged.get(generator.seats[0].person) == acknowledged


def push_events(served: Served, generator: Generator, start: str, end: str, count: int) -> None:
    """Let the stand-in push a batch of its own making to the first device."""
    person = generator.seats[0].person
    event = {"kind": "msg.new", "sender": "somebody else", "body": "1 word"}
    batch = {"type": "events", "from": start, "to": end, "more": False, "ev": [event] * count}
    served.world.sockets[person].send(batch)


async def until(is_so: Callable[[], bool]) -> None:
    """Let the loop turn until it is so, 5 s at most."""
    async with asyncio.timeout(5):
        while not is_so():
            await asyncio.sleep(0)
