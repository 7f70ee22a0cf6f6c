"""The product and the yardstick as running processes on the serving core."""

import http.client
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from tests.load.cores import on_core
from tests.services import PostgresServer, RedisServer
from tests.services.processes import LOOPBACK, find_spare_port, stop_child, wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS, COMMAND_SECONDS = 30.0, 120.0


class StackProblem(Exception):
    """A server did not start or a command failed; the message carries the end of its log."""


@dataclass
class Stack:
    """A stack's settings, and while it runs its processes."""

    name: str
    serving_core: int
    environment: dict[str, str]
    directory: Path
    postgres: PostgresServer
    redis: RedisServer
    database: str
    ports: list[int] = field(default_factory=list)
    groups: dict[str, list[int]] = field(default_factory=dict)

    @property
    def seats(self) -> Path:
        """Return the file that `seed` writes."""
        return self.directory / f"{self.database}.jsonl"

    @property
    def pristine(self) -> str:
        """Return the name of the copy that holds the seeded people and nothing else."""
        return f"{self.database}_pristine"

    @property
    def module(self) -> str:
        """Return what `python -m` runs for this stack's commands."""
        return "server" if self.name == "product" else "tests.load.baseline"

    def command(self, *arguments: str) -> None:
        """Run one command of the stack to its end. Raises StackProblem."""
        self.run_module(self.module, *arguments)

    def run_module(self, module: str, *arguments: str) -> None:
        """Run a module in the stack's environment to its end. Raises StackProblem."""
        line = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(
            line, cwd=REPOSITORY, env=self._environment(), capture_output=True, timeout=COMMAND_SECONDS
        )
        if done.returncode != 0:
            raise StackProblem(f"{' '.join(line[2:])}:\n{(done.stdout + done.stderr).decode()[-2000:]}")

    def prepare(self, pairs: int) -> None:
        """Make the database, its tables and the pairs."""
        self.postgres.create_database(self.database)
        self.command("migrate")
        self.command("seed", "--pairs", str(pairs), "--json", str(self.seats))
        self.postgres.execute("VACUUM ANALYZE", database=self.database)
        self.postgres.execute(f"CREATE DATABASE {self.pristine} TEMPLATE {self.database}")

    def copy(self, database: str) -> "Stack":
        """Copy the database, seeded people included, and return the stack on the copy."""
        self.postgres.execute(f"CREATE DATABASE {database} TEMPLATE {self.pristine}")
        shutil.copy(self.seats, self.directory / f"{database}.jsonl")
        return replace(self, database=database, ports=[], groups={})

    @contextmanager
    def running(self, servers: int = 1, prefix: tuple[str, ...] = ("-m",)) -> Iterator["Stack"]:
        """Run the servers (and the product's worker) on the serving core. Raises StackProblem.

        `prefix` comes between the interpreter and the server's module: the profiler stands there.
        """
        with ExitStack() as stack:
            self.ports, processes = [], []
            for number in range(servers):
                port = find_spare_port()
                child = self._child(f"server{number}", *prefix, *self._serve(port))
                processes.append(stack.enter_context(child))
                self.ports.append(port)
            self.groups = {"server": [one.pid for one in processes], "redis": [self.redis.pid]}
            self.groups["database"] = [self.postgres.pid]
            if self.name == "product":
                worker = stack.enter_context(self._child("worker", "-m", "server", "work"))
                self.groups["worker"] = [worker.pid]
            for port, process in zip(self.ports, processes, strict=True):
                if not wait_until(partial(self._answers, port, process), START_SECONDS):
                    raise StackProblem(f"{self.name} does not answer:\n{self.read_log_tail()}")
            yield self

    def _serve(self, port: int) -> list[str]:
        if self.name == "product":
            return ["server", "serve", "--host", LOOPBACK, "--port", str(port)]
        return ["daphne", "-b", LOOPBACK, "-p", str(port), "tests.load.baseline.asgi:application"]

    @contextmanager
    def _child(self, name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        with (self.directory / f"{self.database}-{name}.log").open("ab") as log, on_core(self.serving_core):
            child = subprocess.Popen(
                [sys.executable, *arguments], cwd=REPOSITORY, env=self._environment(), stdout=log, stderr=log
            )
        try:
            yield child
        finally:
            stop_child(child)

    def _environment(self) -> dict[str, str]:
        settings = {"DATABASE_URL": self.postgres.url(self.database), "REDIS_URL": self.redis.url}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return inherited | settings | self.environment

    def _answers(self, port: int, process: subprocess.Popen[bytes]) -> bool:
        if process.poll() is not None:
            raise StackProblem(f"{self.name} ended with {process.returncode}:\n{self.read_log_tail()}")
        connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()

    def read_log_tail(self) -> str:
        """Return the last words of the servers."""
        logs = sorted(self.directory.glob(f"{self.database}-server*.log"))
        return "\n".join(log.read_text(errors="replace")[-1500:] for log in logs)


def make_product(core: int, directory: Path, postgres: PostgresServer, redis: RedisServer, database: str) -> Stack:
    """Return the product as a benchmark may run it: rate limits off, everything else as it is."""
    settings = {"DJANGO_SETTINGS_MODULE": "server.settings", "APP_ENV": "dev"}
    settings |= {"RATE_LIMITS": "off", "LOG_LEVEL": "WARNING"}
    settings |= {"VAR_DIRECTORY": str(directory), "KEYRING_FILE": str(directory / "keyring.json")}
    return Stack("product", core, settings, directory, postgres, redis, database)


def make_baseline(core: int, directory: Path, postgres: PostgresServer, redis: RedisServer, database: str) -> Stack:
    """Return the yardstick."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.load.baseline.settings"}
    return Stack("baseline", core, settings, directory, postgres, redis, database)
