"""The negative controls: four broken servers, each under work that shows its flaw to the same checker."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.faults.broken_server import PREPARATIONS
from tests.faults.campaign import open_crew
from tests.faults.checker import Report, Verdict, check
from tests.faults.client import Device, Habits
from tests.faults.crew import Crew, wait_until
from tests.faults.rest import Account
from tests.faults.site import Ground, Pair, open_site
from tests.faults.table import read_table
from tests.faults.workload import make_draft

LAUNCHER = ("-m", "tests.faults.broken_server")
WORK_SECONDS = 12.0
STALL_SECONDS = 8.0
MESSAGES = 30


@dataclass(frozen=True)
class Control:
    """A flaw, what it is called, the verdict that must catch it, and the work that shows it."""

    flaw: str
    title: str
    verdict: Verdict
    play: Callable[[Crew], Awaitable[None]]


async def talk_to_one_expert(crew: Crew) -> None:
    """Three youths at two servers write to one expert, each in a conversation of their own."""
    expert, pairs = _find_busiest(crew)
    youths = [_make_device(crew, pair.youth, number) for number, pair in enumerate(pairs)]
    await _work(crew, youths, [pair.c for pair in pairs], listeners=[_make_device(crew, expert, 0, "listens")])


async def submit_twice(crew: Crew) -> None:
    """One youth sends every message on two sockets at once, at two servers."""
    pair = crew.site.pairs[0]
    devices = [_make_device(crew, pair.youth, number) for number in range(2)]
    await _greet(devices)
    random = Random(crew.seed)
    for number in range(MESSAGES):
        draft = make_draft(pair.c, f"{number} dubbel", random, "socket")
        for device in devices:
            device.write(draft)
    await _finish(crew, devices)


async def talk_over_each_other(crew: Crew) -> None:
    """A youth and an expert write into one conversation at the same time, at two servers."""
    pair = crew.site.pairs[0]
    people = (pair.youth, pair.expert)
    devices = [_make_device(crew, account, number) for number, account in enumerate(people)]
    await _work(crew, devices, [pair.c, pair.c], listeners=[])


async def lose_a_poke(crew: Crew) -> None:
    """A youth at one server writes while Redis is away; the expert listens at the other."""
    pair = crew.site.pairs[0]
    youth, expert = _make_device(crew, pair.youth, 0), _make_device(crew, pair.expert, 1)
    await _greet([youth, expert])
    redis = crew.site.ground.redis
    await asyncio.to_thread(redis.shutdown)
    try:
        youth.write(make_draft(pair.c, "ben je daar?", Random(crew.seed), "socket"))
        await crew.wait_until_caught_up([youth, expert], STALL_SECONDS)
    finally:
        await asyncio.to_thread(redis.start)


CONTROLS: tuple[Control, ...] = (
    Control("naive-cursor", "the naive cursor", Verdict.LOST, talk_to_one_expert),
    Control("no-unique-key", "no unique key", Verdict.DUPLICATED, submit_twice),
    Control("no-row-lock", "no row lock", Verdict.REORDERED, talk_over_each_other),
    Control("no-reconciler", "no reconciler", Verdict.STALLED, lose_a_poke),
)


async def run_control(ground: Ground, control: Control, seed: int) -> Report:
    """Run one broken server under its work and return what the checker says."""
    name = f"control_{control.flaw.replace('-', '_')}"
    launcher = (*LAUNCHER, control.flaw)
    async with (
        open_site(ground, name, launcher=launcher, preparation=PREPARATIONS[control.flaw]) as site,
        open_crew(site, seed) as crew,
    ):
        await control.play(crew)
        table = await asyncio.to_thread(read_table, site.url)
        return check(crew.entries, table, seed)


def describe_control(control: Control, report: Report) -> str:
    """Return the line that says whether the flaw was caught."""
    found = report.count(control.verdict)
    return f"with {control.title}: {'caught' if found else 'NOT CAUGHT'}, {found} {control.verdict}"


def _find_busiest(crew: Crew) -> tuple[Account, list[Pair]]:
    experts = {pair.expert.id: pair.expert for pair in crew.site.pairs}
    by_expert = {id_: [pair for pair in crew.site.pairs if pair.expert.id == id_] for id_ in experts}
    busiest = max(experts, key=lambda id_: len(by_expert[id_]))
    return experts[busiest], by_expert[busiest]


def _make_device(crew: Crew, account: Account, number: int, name: str = "writes") -> Device:
    """Make a device that only uses one door."""
    port = crew.site.ports[number % len(crew.site.ports)]
    device = crew.make_device(account, f"{name}-{number}", Habits(), [port])
    crew.late.append(device)
    return device


async def _greet(devices: Sequence[Device]) -> None:
    for device in devices:
        device.open()
    await wait_until(lambda: all(device.is_live for device in devices), WORK_SECONDS)


async def _work(crew: Crew, writers: Sequence[Device], cs: Sequence[str], listeners: Sequence[Device]) -> None:
    await _greet([*writers, *listeners])
    random = Random(crew.seed)
    for number in range(MESSAGES):
        for writer, c in zip(writers, cs, strict=True):
            writer.write(make_draft(c, f"{number} van {writer.name}", random, "socket"))
    await _finish(crew, [*writers, *listeners])


async def _finish(crew: Crew, devices: Sequence[Device]) -> None:
    """Wait until all is sent and heard of, then have every device resume."""
    await wait_until(lambda: not any(len(device.outbox) for device in devices), WORK_SECONDS)
    await crew.drain_by_resume(WORK_SECONDS / 2)
