"""One run: people talk, things break by the schedule, then everybody must have everything."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from tests.faults import journal as j
from tests.faults.checker import Report, check
from tests.faults.client import Habits
from tests.faults.crew import HARNESS, Crew, wait_until
from tests.faults.faults import FAULTS
from tests.faults.gates import start_gate_turner
from tests.faults.line import Frame
from tests.faults.rest import Rest
from tests.faults.schedule import Planned
from tests.faults.site import Ground, Site, open_site
from tests.faults.table import read_table
from tests.faults.workload import CANARY, Workload
from tests.frames import check_answer, check_sent_by_client, check_sent_by_server

WARM_SECONDS = 1.0
WATCH_SECONDS = 0.3
MOST_SECONDS, MOST_SECONDS_PER_FAULT = 180.0, 20.0
CATCH_UP_SECONDS = 20.0
# Losing Redis costs at most 5 s and jitter (PROTOCOL.md section 4); the rest is the harness's own clock.
WITHOUT_REDIS_SECONDS = 8.0
DRAIN_SECONDS = 20.0


@dataclass
class Campaign:
    """A site, its crew and its workload; also the stage on which faults act."""

    site: Site
    crew: Crew
    workload: Workload
    random: Random
    _groups: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def bounce_devices(self, count: int) -> None:
        """Close some apps and open them again."""
        for device in self.random.sample(self.crew.devices, count):
            await device.close()
            device.open()

    def submit_twice(self, count: int) -> int:
        """Have people with two devices press send on both at once."""
        return self.workload.submit_twice(count, self.random)

    def note_odd(self, who: str, what: str) -> None:
        """Journal a broken promise that devices do not see."""
        self.crew.note(j.Odd, who, what=what)

    def note_away(self, way: int, started: float) -> None:
        """Journal that nothing could answer through this door, or through any, from then on until now."""
        self.crew.note(j.Away, way=way, ways=len(self.site.doors), started=started)

    async def run(self, planned: Sequence[Planned]) -> Report:
        """Break everything in the plan under load, then drain and compare. Raises: TimeoutError when stuck."""
        watch = asyncio.ensure_future(self._watch())
        try:
            async with asyncio.timeout(MOST_SECONDS + MOST_SECONDS_PER_FAULT * len(planned)):
                await self._break_under_load(planned)
                await self._settle()
                return await self._compare()
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)

    async def _break_under_load(self, planned: Sequence[Planned]) -> None:
        """Break one thing after the other; before the last one every gate is open and everybody has written."""
        self.workload.start()
        try:
            await asyncio.sleep(WARM_SECONDS)
            await self._break_all(planned[:-1])
        finally:
            await self.workload.stop()
        await self._write_to_everybody()
        await self._break_one(planned[-1])

    async def _settle(self) -> None:
        await self.crew.wait_until_caught_up(self.crew.devices, CATCH_UP_SECONDS)
        await self._talk_without_redis()
        await self.crew.drain_by_resume(DRAIN_SECONDS)
        await self.crew.drain_by_snapshot(DRAIN_SECONDS)

    async def _compare(self) -> Report:
        for unpublished in self.crew.rest.unpublished:
            self.note_odd(HARNESS, unpublished)
        for program in [*self.site.servers, self.site.worker]:
            if CANARY in program.log.read_text(errors="replace"):
                self.note_odd(program.name, "wrote what somebody said into its log")
        table = await asyncio.to_thread(read_table, self.site.url)
        return check(self.crew.entries, table, self.crew.seed)

    async def _break_all(self, planned: Sequence[Planned]) -> None:
        running: list[asyncio.Task[None]] = []
        try:
            for one in planned:
                await asyncio.sleep(one.pause)
                if not one.overlaps:
                    await asyncio.gather(*running)
                    running = []
                running.append(asyncio.ensure_future(self._break_one(one)))
            await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _break_one(self, planned: Planned) -> None:
        fault = FAULTS[planned.kind]
        async with self._lock(fault.part):
            started = asyncio.get_running_loop().time()
            detail = await fault.act(self, planned)
            self.crew.note(j.FaultDone, kind=planned.kind, started=started, detail=detail)

    async def _watch(self) -> None:
        """Start again, as an init system would, what ended though nobody killed it.

        Odd, unless it had just been started: a process may end when it is started while the database is away.
        """
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            for program in [*self.site.servers, self.site.worker]:
                if not program.is_running and not self._lock(program.part).locked():
                    if not program.is_starting:
                        self.note_odd(program.name, "fell over by itself")
                    program.start()

    def _lock(self, part: str) -> asyncio.Lock:
        """Return the lock that a fault holds while it breaks this part."""
        return self._groups.setdefault(part, asyncio.Lock())

    async def _write_to_everybody(self) -> None:
        for person in self.crew.people:
            for c in person.conversations:
                self.workload.write(person, c, self.random)

    async def _talk_without_redis(self) -> None:
        """Youths at one server, experts at the other, and Redis away: only the reconciler can bring what they write."""
        ports = self.site.ports
        for person in self.crew.people:
            await self.crew.move(person, [ports[0 if person.account.role == "youth" else 1]])
        await wait_until(lambda: all(device.is_live for device in self.crew.devices), DRAIN_SECONDS)
        redis = self.site.ground.redis
        await asyncio.to_thread(redis.shutdown)
        await self._write_to_everybody()
        await self.crew.wait_until_caught_up(self.crew.devices, WITHOUT_REDIS_SECONDS, without_redis=True)
        await asyncio.to_thread(redis.start)
        for person in self.crew.people:
            await self.crew.move(person, ports)


def check_frame(direction: str, frame: Frame) -> None:
    """Hold a frame against docs/protocol. Raises: AssertionError."""
    if direction == "out":
        check_sent_by_client(frame)
    else:
        check_sent_by_server(frame)


@asynccontextmanager
async def open_crew(site: Site, seed: int) -> AsyncIterator[Crew]:
    """Give a site a crew without people, and close its devices and journals at the end."""
    rest = Rest(look=check_answer)
    crew = Crew(site, seed, rest)
    try:
        yield crew
    finally:
        try:
            await crew.close()
        finally:
            await rest.close()


@asynccontextmanager
async def open_campaign(ground: Ground, seed: int, *, pause: float) -> AsyncIterator[Campaign]:
    """Open a site with its people talking to it; each writes every `pause` seconds on average.

    Every frame and every answer is held against docs/protocol.
    """
    async with open_site(ground, f"seed_{seed}") as site, open_crew(site, seed) as crew:
        crew.add_people(Habits(tap=check_frame))
        await crew.greet()
        log = ground.directory / f"{site.database}-gates.log"
        gates = start_gate_turner(ground.environment(site.database), log)
        try:
            yield Campaign(site, crew, Workload(crew, gates, seed, pause), Random(f"{seed} stage"))
        finally:
            gates.stop()
