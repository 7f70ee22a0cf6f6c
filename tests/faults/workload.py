"""What people do while things break: write, read, press send twice, close their gates, pry."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx

from tests.faults import journal as j
from tests.faults.crew import Crew, Person
from tests.faults.gates import GateTurner
from tests.faults.help import call_for_help
from tests.faults.outbox import Draft
from tests.faults.rest import RestRefused

WORDS = (
    "hoi",
    "ça va?",
    "morgen",
    "👋",
    "rustig aan",
    "ik ben er",
    "even ademhalen",
    "\u200dstil",
    "日本",
    "x" * 900,
)
CANARY = "zandkasteel-kanarie"  # nowhere but in bodies: no log may hold it
MOST_WAITING = 5
GATE_SECONDS = (2.0, 5.0)
GATE_REST_SECONDS = (1.0, 4.0)
HELP_SECONDS = (0.2, 1.2)


@dataclass
class Workload:
    """Runs until it is stopped; every choice comes from the seed."""

    crew: Crew
    gates: GateTurner
    seed: int
    pause: float
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)
    _numbers: int = 0
    _ending: asyncio.Event = field(default_factory=asyncio.Event)
    _mover: "asyncio.Task[None] | None" = None
    _helper: "asyncio.Task[None] | None" = None

    def start(self) -> None:
        """Have everybody write, experts move their gates, and somebody pry."""
        for number, person in enumerate(self.crew.people):
            self._run(self._write(person, Random(f"{self.seed} writer {number}")))
        self._ending.clear()
        self._mover = asyncio.ensure_future(self._move_gates(Random(f"{self.seed} gates")))
        self._run(self._pry(Random(f"{self.seed} eve")))
        self._helper = asyncio.ensure_future(self._need_help(Random(f"{self.seed} help")))

    async def stop(self) -> None:
        """Stop writing and prying and open every gate. Raises what broke in the workload itself."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        self._ending.set()
        # Never cancelled: a command cut short could close a gate after it was opened for good, and whoever has pressed
        # for help is to be answered.
        results += await asyncio.gather(*filter(None, (self._mover, self._helper)), return_exceptions=True)
        broken = [result for result in results if isinstance(result, Exception)]
        if broken:
            raise broken[0]

    def write(self, person: Person, c: str, random: Random, route: str = "socket") -> Draft:
        """Make a message that nobody else makes and press send on one of the person's devices."""
        self._numbers += 1
        draft = make_draft(c, f"{self._numbers} {CANARY} {random.choice(WORDS)}", random, route)
        random.choice(person.devices).write(draft)
        return draft

    def submit_twice(self, count: int, random: Random) -> int:
        """Have people with two devices send the same message on both at once, now and then by REST."""
        able = [person for person in self.crew.people if len(person.devices) > 1 and person.list_open()]
        for _ in range(count if able else 0):
            person = random.choice(able)
            self._numbers += 1
            draft = make_draft(random.choice(person.list_open()), f"{self._numbers} dubbel", random, "socket")
            for device in person.devices:
                device.write(draft if random.random() < 0.7 else Draft(draft.c, draft.m, draft.body, "rest"))
        return count if able else 0

    async def _need_help(self, random: Random) -> None:
        """Have one youth after the other press, now and then on two devices at once; nobody waits for who is before."""
        youths = [person for person in self.crew.people if person.account.role == "youth"]
        async with asyncio.TaskGroup() as calls:
            while not await self._rest(random.uniform(*HELP_SECONDS)):
                for device in random.choice(youths).devices:
                    calls.create_task(call_for_help(self.crew, device, random))

    def _run(self, part: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.ensure_future(part))

    async def _write(self, person: Person, random: Random) -> None:
        while True:
            await asyncio.sleep(random.expovariate(1 / self.pause))
            device = random.choice(person.devices)
            choices = person.list_open()
            if choices and len(device.outbox) < MOST_WAITING:
                self.write(person, random.choice(choices), random, "rest" if random.random() < 0.1 else "socket")
            if random.random() < 0.3:
                await device.mark_read(random.choice(person.conversations))

    async def _move_gates(self, random: Random) -> None:
        """Close one expert's gate at a time; look from a fresh device while it is closed."""
        experts = [person for person in self.crew.people if person.account.role == "expert"]
        while not await self._rest(random.uniform(*GATE_REST_SECONDS)):
            person = random.choice(experts)
            c = random.choice(person.conversations)
            person.closed.add(c)
            await self._move_gate(person, c, closed=True)
            await self._rest(random.uniform(*GATE_SECONDS))
            await self._peek(person)
            await self._move_gate(person, c, closed=False)
            person.closed.discard(c)

    async def _rest(self, seconds: float) -> bool:
        """Wait so long, or until the end; return whether it is the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()
        return self._ending.is_set()

    async def _move_gate(self, person: Person, c: str, *, closed: bool) -> None:
        started = asyncio.get_running_loop().time()
        await self.gates.turn(c, person.account.id, closed=closed)
        gate = f"gate of {person.account.id}"
        self.crew.note(j.GateMoved, gate, person.account.id, c=c, closed=closed, started=started)

    async def _peek(self, person: Person) -> None:
        """Read snapshot and history as a fresh device would."""
        device = self.crew.make_device(person.account, f"peek-{len(self.crew.journals)}", person.devices[0].habits)
        with suppress(httpx.HTTPError, RestRefused):
            await device.start_over()

    async def _pry(self, random: Random) -> None:
        """Ask for, and write to, a conversation of other people."""
        while True:
            await asyncio.sleep(random.uniform(0.5, 1.5))
            eve = random.choice(self.crew.people)
            foreign = [pair.c for pair in self.crew.site.pairs if pair.c not in eve.conversations]
            if foreign:
                await self._pry_at(eve, random.choice(foreign), random)

    async def _pry_at(self, eve: Person, c: str, random: Random) -> None:
        device = random.choice(eve.devices)
        device.write(make_draft(c, "mag ik mee?", random, random.choice(("socket", "rest"))))
        with suppress(httpx.HTTPError):
            answer = await device.rest.call(
                "GET", random.choice(device.doors), eve.account, f"/conversations/{c}/messages?after=0"
            )
            if answer.status < 500:
                self.crew.note(j.Pried, device.name, eve.account.id, c=c, answer=str(answer.status))


def make_draft(c: str, body: str, random: Random, route: str) -> Draft:
    """Return a draft with an `m` of its own."""
    return Draft(c, str(UUID(int=random.getrandbits(128), version=4)), body, route)
