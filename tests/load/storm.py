"""The reconnect storm: all lose the connection, miss messages, and come back in the same instant."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from itertools import count

from tests.load.devices import WORDS, Device, Seat
from tests.load.traffic import Loop, summarise
from tests.load.wire import WireProblem, call_rest

GENTLE, ATTEMPTS, PATIENCE_SECONDS = 16, 20, 60.0
WATCH = 3
RETRY_SECONDS = 0.25
_numbers = count(1_000_000_000)


class Storm:
    """One storm over devices that are connected and caught up. `quiet`: seconds of rest around it."""

    def __init__(
        self, devices: list[Device], reopen: Callable[[Seat], Awaitable[Device]], missed: int, quiet: float
    ) -> None:
        self.devices = devices
        self.seats = [device.seat for device in devices]
        self._reopen = reopen
        self._missed = missed
        self._quiet = quiet
        self._took: list[float] = []
        self._failures = 0
        self._tried_again: set[str] = set()

    async def run(self) -> dict[str, object]:
        """Cut, send what will be missed, come back all at once, then watch that everybody stays.

        "Disconnected twice" counts devices whose new connection failed or ended, in the storm or within
        the seconds after it; "incomplete" counts devices that did not get exactly what they missed.
        """
        await self._cut()
        await self._send_missed()
        before = {seat.person: seat.received for seat in self.seats}
        self._started = time.perf_counter()
        coming = asyncio.gather(*map(self._come_back, self.seats))
        self.devices = await asyncio.wait_for(coming, PATIENCE_SECONDS)
        await asyncio.sleep(WATCH * self._quiet)
        gone = {device.seat.person for device in self.devices if device.closed.done()}
        return {
            "sockets": len(self.seats),
            "missed_each": self._missed,
            "seconds": max(self._took),
            "back_ms": summarise([took * 1000 for took in self._took]),
            "failed_attempts": self._failures,
            "disconnected_twice": len(self._tried_again | gone),
            "incomplete": sum(seat.received - before[seat.person] != self._missed for seat in self.seats),
        }

    async def _cut(self) -> None:
        silence = Loop([], 0.0)
        for device in self.devices:
            device.audience = silence
            device.transport.abort()
        await asyncio.sleep(self._quiet)

    async def _send_missed(self) -> None:
        """Everybody sends by REST, so that the other person's device misses it."""
        gate = asyncio.Semaphore(GENTLE)

        async def post(seat: Seat) -> None:
            async with gate:
                path = f"/api/v1/conversations/{seat.conversation}/messages"
                body = {"m": str(uuid.uuid4()), "body": f"{next(_numbers)} {WORDS}"}
                await call_rest(seat.port, "POST", path, seat.token, body)

        for _ in range(self._missed):
            await asyncio.gather(*map(post, self.seats))
        await asyncio.sleep(self._quiet)

    async def _come_back(self, seat: Seat) -> Device:
        for _ in range(ATTEMPTS):
            try:
                device = await self._reopen(seat)
            except (WireProblem, OSError):
                self._failures += 1
                self._tried_again.add(seat.person)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            self._took.append(time.perf_counter() - self._started)
            return device
        raise WireProblem(f"a device did not come back in {ATTEMPTS} attempts")
