"""The negative controls: broken servers, each under work that shows its flaw to the same checker."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.faults import journal as j
from tests.faults.broken_server import PREPARATIONS
from tests.faults.campaign import open_crew
from tests.faults.checker import Report, Verdict, check
from tests.faults.client import Device, Habits
from tests.faults.crew import Crew, wait_until
from tests.faults.gates import GateTurner, start_gate_turner
from tests.faults.help import call_for_help
from tests.faults.rest import Account
from tests.faults.site import Ground, Pair, open_site
from tests.faults.table import read_table
from tests.faults.workload import make_draft

LAUNCHER = ("-m", "tests.faults.broken_server")
WORK_SECONDS = 12.0
STALL_SECONDS = 8.0
MESSAGES = 40


Play = Callable[[Crew], Awaitable[None]]


@dataclass(frozen=True)
class Control:
    """A flaw, what it is called, the verdict that must catch it, and the work that shows it."""

    flaw: str
    title: str
    verdict: Verdict
    play: Play


async def talk_to_one_expert(crew: Crew) -> None:
    """Three youths at two servers write to one expert, each in a conversation of their own."""
    expert, pairs = _find_busiest(crew)
    youths = [_make_device(crew, pair.youth, number, "naive") for number, pair in enumerate(pairs)]
    listener = _make_device(crew, expert, 0, "naive-listens")
    await _work(crew, youths, [pair.c for pair in pairs], [listener])
    await _finish(crew, [*youths, listener])


async def submit_twice(crew: Crew) -> None:
    """One youth sends every message on two sockets at once, at two servers."""
    pair = crew.site.pairs[0]
    devices = [_make_device(crew, pair.youth, number, "twice") for number in range(2)]
    await _greet(devices)
    random = Random(f"{crew.seed} twice")
    for number in range(MESSAGES):
        draft = make_draft(pair.c, f"{number} dubbel", random, "socket")
        for device in devices:
            device.write(draft)
    await _finish(crew, devices)


async def talk_over_each_other(crew: Crew) -> None:
    """A youth and an expert write into one conversation at the same time, at two servers."""
    pair = crew.site.pairs[0]
    people = (pair.youth, pair.expert)
    devices = [_make_device(crew, account, number, "over") for number, account in enumerate(people)]
    await _work(crew, devices, [pair.c, pair.c])
    await _finish(crew, devices)


async def lose_a_poke(crew: Crew) -> None:
    """A youth at one server writes while Redis is away; the expert listens at the other."""
    pair = crew.site.pairs[0]
    devices = [_make_device(crew, account, n, "poke") for n, account in enumerate((pair.youth, pair.expert))]
    await _greet(devices)
    redis = crew.site.ground.redis
    await asyncio.to_thread(redis.shutdown)
    try:
        devices[0].write(make_draft(pair.c, "ben je daar?", Random(f"{crew.seed} poke"), "socket"))
        await crew.wait_until_caught_up(devices, STALL_SECONDS)
    finally:
        await asyncio.to_thread(redis.start)


async def write_at_a_closed_gate(crew: Crew) -> None:
    """A youth writes while the expert's gate is closed and the expert's app is open; then the gate opens.

    Both at one server: across servers the second belt, the cut when an event is shown, would hold.
    """
    pair = crew.site.pairs[0]
    devices = [
        _make_device(crew, pair.youth, 0, "gate-youth"),
        _make_device(crew, pair.expert, 0, "gate-expert"),
    ]
    site = crew.site
    log = site.ground.directory / f"{site.database}-gates.log"
    gates = start_gate_turner(site.ground.environment(site.database), log)
    try:
        await _turn_gate(crew, gates, pair, closed=True)
        await _work(crew, devices[:1], [pair.c], devices[1:])
        await crew.wait_until_caught_up(devices, WORK_SECONDS)
        await _turn_gate(crew, gates, pair, closed=False)
        await crew.drain_by_resume(WORK_SECONDS / 2)
    finally:
        await asyncio.to_thread(gates.stop)


async def press_help(crew: Crew) -> None:
    """Two youths press the help button, one of them twice at once."""
    random = Random(f"{crew.seed} help")
    for number, pair in enumerate(crew.site.pairs[:2]):
        device = _make_device(crew, pair.youth, number, "help")
        await asyncio.gather(*(call_for_help(crew, device, random) for _ in range(number + 1)))


CONTROLS: tuple[Control, ...] = (
    Control("naive-cursor", "the naive cursor", Verdict.LOST, talk_to_one_expert),
    Control("no-unique-key", "no unique key", Verdict.DUPLICATED, submit_twice),
    Control("no-row-lock", "no row lock", Verdict.REORDERED, talk_over_each_other),
    Control("no-reconciler", "no reconciler", Verdict.STALLED, lose_a_poke),
    Control("no-gate", "no gate", Verdict.SEEN_EARLY, write_at_a_closed_gate),
    Control("help-without-row", "an answer before the row", Verdict.UNHEARD, press_help),
)


async def run_control(ground: Ground, control: Control, seed: int) -> Report:
    """Run one broken server under its work and return what the checker says."""
    name = f"control_{control.flaw.replace('-', '_')}"
    preparation = PREPARATIONS.get(control.flaw, "SELECT 1")
    launcher = (*LAUNCHER, control.flaw)
    async with (
        open_site(ground, name, launcher=launcher, preparation=preparation, has_worker=False) as site,
        open_crew(site, seed) as crew,
    ):
        return await _play(crew, [control.play])


async def run_twin(ground: Ground, seed: int) -> Report:
    """Run the work of every control on the server that ships: it must show none of their verdicts."""
    async with open_site(ground, "control_twin", has_worker=False) as site, open_crew(site, seed) as crew:
        return await _play(crew, [control.play for control in CONTROLS])


def describe_control(control: Control, report: Report) -> str:
    """Return the line that says whether the flaw was caught."""
    found = report.count(control.verdict)
    return f"with {control.title}: {'caught' if found else 'NOT CAUGHT'}, {found} {control.verdict}"


async def _play(crew: Crew, plays: Sequence[Play]) -> Report:
    for play in plays:
        await play(crew)
    table = await asyncio.to_thread(read_table, crew.site.url)
    return check(crew.entries, table, crew.seed)


def _find_busiest(crew: Crew) -> tuple[Account, list[Pair]]:
    experts = {pair.expert.id: pair.expert for pair in crew.site.pairs}
    by_expert = {id_: [pair for pair in crew.site.pairs if pair.expert.id == id_] for id_ in experts}
    busiest = max(experts, key=lambda id_: len(by_expert[id_]))
    return experts[busiest], by_expert[busiest]


def _make_device(crew: Crew, account: Account, number: int, name: str) -> Device:
    """Make a device that only uses one door."""
    port = crew.site.ports[number % len(crew.site.ports)]
    device = crew.make_device(account, f"{name}-{number}", Habits(), [port])
    crew.late.append(device)
    return device


async def _greet(devices: Sequence[Device]) -> None:
    for device in devices:
        device.open()
    await wait_until(lambda: all(device.is_live for device in devices), WORK_SECONDS)


async def _turn_gate(crew: Crew, gates: GateTurner, pair: Pair, *, closed: bool) -> None:
    started = asyncio.get_running_loop().time()
    await gates.turn(pair.c, pair.expert.id, closed=closed)
    crew.note(j.GateMoved, "gate", pair.expert.id, c=pair.c, closed=closed, started=started)


async def _work(crew: Crew, writers: Sequence[Device], cs: Sequence[str], listeners: Sequence[Device] = ()) -> None:
    await _greet([*writers, *listeners])
    random = Random(f"{crew.seed} {writers[0].name}")
    for number in range(MESSAGES):
        for writer, c in zip(writers, cs, strict=True):
            writer.write(make_draft(c, f"{number} van {writer.name}", random, "socket"))
    await _settle(writers)


async def _finish(crew: Crew, devices: Sequence[Device]) -> None:
    """Wait until all is sent and heard of, then have every device resume."""
    await _settle(devices)
    await crew.drain_by_resume(WORK_SECONDS / 2)


async def _settle(devices: Sequence[Device]) -> None:
    await wait_until(lambda: not any(len(device.outbox) for device in devices), WORK_SECONDS)
