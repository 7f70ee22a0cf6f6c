"""The production layout by hand on loopback: PostgreSQL, Redis, two web processes, a worker, secret files."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.services import PostgresServer, RedisServer, postgres_server, redis_server
from tests.services.processes import LOOPBACK, find_spare_port, stop_child, wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
PROBE = REPOSITORY / "deploy" / "probe.py"
COMMAND_SECONDS = 60.0


class CommandFailed(RuntimeError):
    """A command of the server ended badly; carries the end of what it said."""


@dataclass
class Layout:
    """The settings of one installation and its running processes."""

    directory: Path
    postgres: PostgresServer
    environment: Mapping[str, str]
    ports: list[int] = field(default_factory=lambda: [find_spare_port(), find_spare_port()])
    pairs: list[dict[str, Any]] = field(default_factory=list)
    webs: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    worker: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str, **settings: str) -> str:
        """Run one of the server's commands to its end and return what it printed. Raises: CommandFailed."""
        done = subprocess.run(
            [sys.executable, "-m", "server", *arguments],
            cwd=REPOSITORY,
            env={**self.environment, **settings},
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        if done.returncode != 0:
            raise CommandFailed(f"{arguments}: {(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def start_web(self, port: int) -> None:
        """Start a web process and wait until it answers."""
        self.webs[port] = self._start(f"web-{port}", "serve", "--host", LOOPBACK, "--port", str(port))
        assert wait_until(partial(self.is_well, port)), self.read_log(f"web-{port}")

    def start_worker(self) -> None:
        """Start the worker and wait until the web processes see its heartbeat."""
        self.worker = self._start("worker", "work")
        assert wait_until(partial(self.is_ready, self.ports[0])), self.read_log("worker")

    def drain_web(self, port: int) -> None:
        """Ask a web process to drain; do not wait."""
        self.webs[port].send_signal(signal.SIGTERM)

    def is_well(self, port: int) -> bool:
        """Say what the container's health check says of a web process."""
        return self.probe(f"http://{LOOPBACK}:{port}/healthz")

    def is_ready(self, port: int) -> bool:
        """Say whether a web process sees the database, Redis and the worker's heartbeat."""
        return self.probe(f"http://{LOOPBACK}:{port}/readyz", "database", "redis", "worker")

    def probe(self, *arguments: str) -> bool:
        """Ask as the health checks and units do."""
        done = subprocess.run([sys.executable, PROBE, *arguments], capture_output=True, check=False, timeout=10)
        return done.returncode == 0

    def read_log(self, name: str) -> str:
        """Return the end of a process's log."""
        return (self.directory / f"{name}.log").read_text()[-3000:]

    def stop(self) -> None:
        """End everything that runs."""
        for child in [*self.webs.values(), *([self.worker] if self.worker else [])]:
            stop_child(child)

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.directory / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "server", *arguments],
                cwd=REPOSITORY,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@contextmanager
def running_layout(directory: Path, origins: Sequence[str]) -> Iterator[Layout]:
    """Install and start all but the proxy, in prod; `origins` are the pages that may open the socket."""
    with ExitStack() as stack:
        postgres = stack.enter_context(postgres_server(directory, fast=True))
        redis = stack.enter_context(redis_server(directory))
        layout = Layout(directory, postgres, make_environment(directory, postgres, redis, origins))
        stack.callback(layout.stop)
        install(layout)
        for port in layout.ports:
            layout.start_web(port)
        layout.start_worker()
        yield layout


def make_environment(
    directory: Path, postgres: PostgresServer, redis: RedisServer, origins: Sequence[str]
) -> dict[str, str]:
    """Return what a unit or a container gives its process: secrets by file, nothing else of this machine."""
    values = {
        "DATABASE_URL": postgres.create_database("warmlijn"),
        "REDIS_URL": redis.url,
        "SECRET_KEY": secrets.token_urlsafe(48),
    }
    for name, value in values.items():
        (directory / name.lower()).write_text(value + "\n")
    return {
        "PATH": os.environ["PATH"],
        "APP_ENV": "prod",
        **{f"{name}_FILE": str(directory / name.lower()) for name in values},
        "KEYRING_FILE": str(directory / "keyring.json"),
        "VAR_DIRECTORY": str(directory),
        "ALLOWED_HOSTS": "localhost,lijn.example.org",
        "ALLOWED_ORIGINS": ",".join(origins),
        "DRAIN_SECONDS": "2",
        "LOG_LEVEL": "WARNING",
    }


def install(layout: Layout) -> None:
    """Take the steps of docs/operations.md, then seed one pair (which `prod` leaves to tests)."""
    layout.command("keys", "init")
    layout.command("collectstatic", "--no-input")
    layout.command("migrate", "--no-input")
    layout.command("migrate", "--check")
    file = layout.directory / "people.jsonl"
    layout.command("seed", "--pairs", "1", "--json", str(file), APP_ENV="dev")
    layout.pairs = [json.loads(line) for line in file.read_text().splitlines() if "conversation" in line]
