"""The generator: a process of its own on a core of its own, told what to do by JSON lines.

A line on standard input is one order, a line on standard output its answer. An order that fails answers
`{"problem": …}`; the process ends with its input.
"""

import asyncio
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import uvloop

from tests.load.devices import HOST, Device, PlainDevice, ProductDevice, Seat
from tests.load.storm import Storm
from tests.load.traffic import ClosedLoop, Loop, OpenLoop, Pair
from tests.load.wire import WireProblem, call_rest

GENTLE = 32
Answer = dict[str, Any]


class Generator:
    """Holds the seats and sockets between orders."""

    def __init__(self) -> None:
        self.kind: type[Device] = ProductDevice
        self.by_ticket = False
        self.seats: list[Seat] = []
        self.devices: list[Device] = []
        self.orders: dict[str, Callable[[Answer], Awaitable[Answer]]] = {
            "connect": self.connect,
            "closed": self.run_closed,
            "open": self.run_open,
            "storm": self.run_storm,
            "disconnect": self.disconnect,
        }

    async def connect(self, order: Answer) -> Answer:
        """Take the first seats (a youth's and an expert's by turns) and connect them gently."""
        self.kind = PlainDevice if order["stack"] == "baseline" else ProductDevice
        self.by_ticket = bool(order.get("by_ticket"))
        self.seats = read_seats(Path(order["seats"]), order["ports"])[: order["sockets"]]
        gate = asyncio.Semaphore(GENTLE)

        async def enter(seat: Seat) -> Device:
            async with gate:
                return await self.open_device(seat)

        started = time.perf_counter()
        entering = await asyncio.gather(*map(enter, self.seats), return_exceptions=True)
        self.devices = [one for one in entering if isinstance(one, Device)]
        if problem := next((one for one in entering if isinstance(one, BaseException)), None):
            await self.disconnect({})
            raise problem
        return {"sockets": len(self.devices), "seconds": time.perf_counter() - started}

    async def open_device(self, seat: Seat) -> Device:
        """Connect one device and do its greeting to the end. Raises WireProblem, OSError."""
        ticket = None
        if self.by_ticket:
            made = await call_rest(seat.port, "POST", "/api/v1/realtime/tickets", seat.token)
            ticket = str(made["ticket"])
        device = self.kind(seat, Loop([], 0.0), not self.by_ticket)
        await asyncio.get_running_loop().create_connection(lambda: device, HOST, seat.port)
        await device.opened
        await device.greet(ticket)
        return device

    async def run_closed(self, order: Answer) -> Answer:
        """Run the closed loop for `seconds`."""
        return (await ClosedLoop(self.pairs(), order["seconds"]).run()).describe()

    async def run_open(self, order: Answer) -> Answer:
        """Run the open loop for `seconds` at `rate` messages a second."""
        return (await OpenLoop(self.pairs(), order["seconds"], order["rate"]).run()).describe()

    async def run_storm(self, order: Answer) -> Answer:
        """Cut every socket, let `missed` messages arrive meanwhile, and bring all back at once."""
        storm = Storm(self.devices, self.open_device, order["missed"], order["quiet"])
        outcome = await storm.run()
        self.devices = storm.devices
        return outcome

    async def disconnect(self, order: Answer) -> Answer:
        """Close every socket properly; say how many had been closed by the server before."""
        lost = sum(device.closed.done() for device in self.devices)
        for device in self.devices:
            device.close()
        await asyncio.wait_for(asyncio.gather(*(device.closed for device in self.devices)), 30)
        return {"lost_before": lost}

    def pairs(self) -> list[Pair]:
        """Return the connected devices, two by two."""
        return [Pair(*two) for two in zip(self.devices[::2], self.devices[1::2], strict=True)]


def read_seats(file: Path, ports: list[int]) -> list[Seat]:
    """Read what `seed` wrote. With two ports the youths sit at the first and the experts at the second."""
    seats = []
    for line in file.read_text().splitlines():
        pair = orjson.loads(line)
        for role, port in (("youth", ports[0]), ("expert", ports[-1])):
            if role in pair:
                seats.append(Seat(pair[role]["id"], pair[role]["token"], pair["conversation"], port))
    return seats


async def obey() -> None:
    """Read orders until the input ends."""
    generator, loop = Generator(), asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        order = orjson.loads(line)
        try:
            answer = await generator.orders[order["do"]](order)
        except (WireProblem, OSError, TimeoutError) as problem:
            answer = {"problem": f"{type(problem).__name__}: {problem}"}
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvloop.run(obey())
