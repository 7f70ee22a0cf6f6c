"""What the stages share: servers, the generator, and runs that are measured the same way for both stacks."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.load.cores import Cores, list_strays, on_core, read_core_busy, read_cpu
from tests.load.driver import Driver, generator
from tests.load.stacks import Stack, make_baseline, make_product
from tests.services import PostgresServer, RedisServer, postgres_server, redis_server

PAIRS, SEEDED_PAIRS = 100, 1000
WARM_UP_SECONDS = 2.0
# The same for both stacks. Durable as in production; no checkpoint falls into one stack's run only.
DATABASE_SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "checkpoint_timeout": "30min",
    "max_wal_size": "8GB",
}
Run = dict[str, Any]


class PinningProblem(Exception):
    """A measured process may run on a core that is not the serving one."""


@dataclass
class Bench:
    """A prepared benchmark: seeded databases, running services, an idle generator."""

    cores: Cores
    seconds: float
    repeats: int
    directory: Path
    postgres: PostgresServer
    redis: RedisServer
    driver: Driver
    product: Stack
    baseline: Stack

    @property
    def stacks(self) -> list[Stack]:
        """Return what is measured by turns."""
        return [self.product, self.baseline]

    @contextmanager
    def connected(self, stack: Stack, sockets: int = 2 * PAIRS, servers: int = 1, **order: Any) -> Iterator[Stack]:
        """Run a stack and connect devices to it; check first that nothing of it strays from its core."""
        with stack.running(servers):
            self.connect(stack, sockets, **order)
            yield stack
            self.disconnect()

    def connect(self, stack: Stack, sockets: int, **order: Any) -> Run:
        """Connect devices and check the pinning. Raises PinningProblem, GeneratorProblem."""
        seats = {"seats": str(stack.seats), "ports": stack.ports}
        answer = self.driver.ask("connect", stack=stack.name, sockets=sockets, **seats, **order)
        if strays := list_strays(stack.groups, self.cores.serving):
            raise PinningProblem(", ".join(strays))
        return answer

    def disconnect(self) -> Run:
        """Close all devices."""
        return self.driver.ask("disconnect")

    def measure(self, stack: Stack, do: str, seconds: float, **order: Any) -> Run:
        """Let the generator do something and add what it cost: CPU seconds per 1,000 messages, by group."""
        before, busy = read_cpu(stack.groups), read_core_busy(self.cores.serving)
        started = time.perf_counter()
        run = self.driver.ask(do, seconds=seconds, **order)
        after, wall = read_cpu(stack.groups), time.perf_counter() - started
        used = {name: after[name] - before[name] for name in after}
        foreign = read_core_busy(self.cores.serving) - busy - sum(used.values())
        cost = {name: seconds * 1000 / run["sent"] for name, seconds in used.items()}
        return run | {"cpu_per_1000": cost, "foreign_share": foreign / wall}

    def saturate(self, stack: Stack, **order: Any) -> Run:
        """Measure one closed loop on a freshly started and warmed stack."""
        with self.connected(stack, **order):
            self.driver.ask("closed", seconds=WARM_UP_SECONDS)
            return self.measure(stack, "closed", self.seconds)


@contextmanager
def prepared(cores: Cores, seconds: float, repeats: int, directory: Path) -> Iterator[Bench]:
    """Start the services on the serving core, seed both stacks, start the generator on the other core."""
    with ExitStack() as stack:
        with on_core(cores.serving):
            postgres = stack.enter_context(postgres_server(options=DATABASE_SETTINGS))
            redis = stack.enter_context(redis_server())
        product = make_product(cores.serving, directory, postgres, redis, "product")
        baseline = make_baseline(cores.serving, directory, postgres, redis, "baseline")
        for one in (product, baseline):
            one.prepare(SEEDED_PAIRS)
        driver = stack.enter_context(generator(cores.generating))
        yield Bench(cores, seconds, repeats, directory, postgres, redis, driver, product, baseline)
