"""The people of a run and their devices: who has two, who comes back late, who is caught up."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from tests.faults import journal as j
from tests.faults.client import Device, Habits
from tests.faults.journal import Journal
from tests.faults.rest import Account, Rest
from tests.faults.site import Site

POLL_SECONDS = 0.05
HARNESS = "harness"


@dataclass(eq=False)
class Person:
    """Somebody with an account, their conversations, and devices that are on all evening."""

    account: Account
    conversations: list[str]
    devices: list[Device] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)

    def list_open(self) -> list[str]:
        """Return the conversations in which this person may write now."""
        return [c for c in self.conversations if c not in self.closed]


@dataclass
class Crew:
    """Everybody of a site. Each device writes a journal file of its own."""

    site: Site
    seed: int
    rest: Rest
    people: list[Person] = field(default_factory=list)
    late: list[Device] = field(default_factory=list)
    journals: list[Journal] = field(default_factory=list)
    _notes: Journal | None = None
    _fresh: int = 0

    @property
    def devices(self) -> list[Device]:
        """Return the devices that are on all evening."""
        return [device for person in self.people for device in person.devices]

    @property
    def entries(self) -> list[j.Entry]:
        """Return all that was journaled so far."""
        return [entry for journal in self.journals for entry in journal.entries]

    @property
    def notes(self) -> Journal:
        """Return the harness's own journal."""
        if self._notes is None:
            self._notes = self.open_journal(HARNESS)
        return self._notes

    def add_people(self, habits: Habits) -> None:
        """Make a person of every account; every third has two devices, every fifth a late one."""
        found: dict[str, Person] = {}
        for pair in self.site.pairs:
            for account in (pair.youth, pair.expert):
                found.setdefault(account.id, Person(account, [])).conversations.append(pair.c)
        self.people = list(found.values())
        for number, person in enumerate(self.people):
            for which in range(2 if number % 3 == 0 else 1):
                person.devices.append(self.make_device(person.account, f"p{number}-{which}", habits))
            if number % 5 == 0:
                self.late.append(self.make_device(person.account, f"p{number}-late", habits))

    def make_device(self, account: Account, name: str, habits: Habits, doors: Sequence[int] | None = None) -> Device:
        """Return a device, a browser or an app as the name falls, that uses every door or only some."""
        random = Random(f"{self.seed} {name}")
        kind = replace(habits, is_browser=random.random() < 0.5)
        journal = self.open_journal(name)
        return Device(account, name, doors or self.site.ports, self.rest, journal, random, kind)

    def open_journal(self, name: str) -> Journal:
        """Start a journal of JSON lines in the site's directory."""
        directory = journal_directory(self.site)
        directory.mkdir(exist_ok=True)
        self.journals.append(Journal(file=(directory / f"{name}.jsonl").open("w", encoding="utf-8")))
        return self.journals[-1]

    def note(self, kind: type[j.Entry], /, device: str = HARNESS, user: str = "", **fields: object) -> None:
        """Write into the harness's own journal."""
        at = asyncio.get_running_loop().time()
        self.notes.write(kind(**({"at": at, "device": device, "user": user} | fields)))  # type: ignore[arg-type]

    async def greet(self) -> None:
        """Open every device, the late ones too; then those go off."""
        for device in [*self.devices, *self.late]:
            device.open()
        await wait_until(lambda: all(device.is_live for device in [*self.devices, *self.late]), 20)
        for device in self.late:
            await device.close()

    async def move(self, person: Person, doors: Sequence[int]) -> None:
        """Have the person's devices use these doors from now on."""
        for device in person.devices:
            await device.close()
            device.doors = doors
            device.open()

    async def wait_until_caught_up(self, devices: Sequence[Device], limit: float, **fields: bool) -> None:
        """Wait until everything written is answered, then until each device has it; journal how long each took.

        Nobody helps: no device is closed, opened or told to sync.
        """
        began = asyncio.get_running_loop().time()
        await wait_until(lambda: not any(len(device.outbox) for device in devices), limit)
        heads = await self.site.read_heads()
        behind, spent = set(devices), 0.0
        while behind and spent < limit:
            await asyncio.sleep(POLL_SECONDS)
            spent = asyncio.get_running_loop().time() - began
            for device in [device for device in behind if is_caught_up(device, heads)]:
                self._note_caught_up(device, spent, True, **fields)
                behind.discard(device)
        for device in behind:
            self._note_caught_up(device, spent, False, **fields)

    async def drain_by_resume(self, limit: float) -> None:
        """Close every device and open it again with its own cursor; the late ones have missed it all."""
        devices = [*self.devices, *self.late]
        await asyncio.gather(*(device.close() for device in devices))
        for device in devices:
            device.open()
        await self._drain(devices, "resume", limit)

    async def drain_by_snapshot(self, limit: float) -> None:
        """Give everybody a new device that knows nothing; it goes off when it is done."""
        self._fresh += 1
        fresh = [
            self.make_device(person.account, f"p{number}-fresh{self._fresh}", Habits())
            for number, person in enumerate(self.people)
        ]
        for device in fresh:
            device.open()
        await self._drain(fresh, "fresh", limit)
        await asyncio.gather(*(device.close() for device in fresh))

    async def close(self) -> None:
        """Close every device and journal."""
        results = await asyncio.gather(
            *(device.close() for device in [*self.devices, *self.late]), return_exceptions=True
        )
        for journal in self.journals:
            if journal.file is not None:
                journal.file.close()
        broken = [result for result in results if isinstance(result, Exception)]
        if broken:
            raise broken[0]

    async def _drain(self, devices: Iterable[Device], how: str, limit: float) -> None:
        chosen = list(devices)
        heads = await self.site.read_heads()
        await wait_until(lambda: all(device.is_live and is_caught_up(device, heads) for device in chosen), limit)
        for device in chosen:
            self.note(j.Drained, device.name, device.account.id, how=how)

    def _note_caught_up(self, device: Device, spent: float, in_time: bool, **fields: bool) -> None:
        self.note(j.CaughtUp, device.name, device.account.id, seconds=spent, in_time=in_time, **fields)


def is_caught_up(device: Device, heads: dict[str, int]) -> bool:
    """Say whether the device has nothing to send and stands at its user's head."""
    return not len(device.outbox) and device.position >= heads[device.account.id]


def journal_directory(site: Site) -> Path:
    """Return where the journals of a site are."""
    return site.ground.directory / f"{site.database}-journals"


async def wait_until(is_so: Callable[[], bool], limit: float) -> bool:
    """Ask every 50 ms until it is so; return whether it became so in time."""
    try:
        async with asyncio.timeout(limit):
            while not is_so():
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        return False
    return True
