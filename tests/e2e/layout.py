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

import httpx

from tests.services import PostgresServer, RedisServer, find_postgres_binaries, postgres_server, redis_server
from tests.services.processes import LOOPBACK, find_spare_port, stop_child, wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
PROBE = REPOSITORY / "deploy" / "probe.py"
COMMAND_SECONDS = 180.0
START_SECONDS = 90.0


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

    def start_webs(self, *ports: int) -> None:
        """Start web processes and wait until each answers."""
        for port in ports:
            self.webs[port] = self._start(f"web-{port}", "serve", "--host", LOOPBACK, "--port", str(port))
        for port in ports:
            well = wait_until(partial(answers_well, port, "/healthz"), START_SECONDS)
            assert well, self.read_log(f"web-{port}")

    def start_worker(self) -> None:
        """Start the worker and wait until the web processes see its heartbeat."""
        self.worker = self._start("worker", "work")
        ready = wait_until(partial(answers_well, self.ports[0], "/readyz"), START_SECONDS)
        assert ready, self.read_log("worker")

    def drain_web(self, port: int) -> None:
        """Ask a web process to drain; do not wait."""
        self.webs[port].send_signal(signal.SIGTERM)

    def probe(self, *arguments: str) -> int:
        """Ask as the health checks of containers and units do; return the exit code."""
        done = subprocess.run([sys.executable, PROBE, *arguments], capture_output=True, check=False, timeout=30)
        return done.returncode

    def read_log(self, name: str) -> str:
        """Return the end of a process's log."""
        return (self.directory / f"{name}.log").read_text()[-3000:]

    def stop(self) -> None:
        """End everything that runs, all at once: a drain takes a moment."""
        children = [*self.webs.values(), *([self.worker] if self.worker else [])]
        for child in children:
            child.terminate()
        for child in children:
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


def answers_well(port: int, path: str) -> bool:
    """Say whether a web process answers 200."""
    try:
        return httpx.get(f"http://{LOOPBACK}:{port}{path}", trust_env=False, timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def running_layout(directory: Path, origins: Sequence[str]) -> Iterator[Layout]:
    """Install and start all but the proxy, in prod; `origins` are the pages that may open the socket."""
    with ExitStack() as stack:
        postgres = stack.enter_context(postgres_server(directory, fast=True))
        redis = stack.enter_context(redis_server(directory))
        layout = Layout(directory, postgres, make_environment(directory, postgres, redis, origins))
        stack.callback(layout.stop)
        install(layout)
        layout.start_webs(*layout.ports)
        layout.start_worker()
        yield layout


def make_environment(
    directory: Path, postgres: PostgresServer, redis: RedisServer, origins: Sequence[str]
) -> dict[str, str]:
    """Return what a unit or a container gives its process: secrets by file, nothing else of this machine."""
    owner = postgres.create_database("warmlijn")
    values = {
        "OWNER_DATABASE_URL": owner,
        "DATABASE_URL": owner.replace("warmlijn@", f"warmlijn_app:{secrets.token_urlsafe(24)}@"),
        "REDIS_URL": redis.url,
        "SECRET_KEY": secrets.token_urlsafe(48),
    }
    for name, value in values.items():
        (directory / name.lower()).write_text(value + "\n")
    return {
        "PATH": os.environ["PATH"],
        "APP_ENV": "prod",
        **{f"{name}_FILE": str(directory / name.lower()) for name in values if not name.startswith("OWNER")},
        "KEYRING_FILE": str(directory / "keyring.json"),
        "VAR_DIRECTORY": str(directory),
        "AUDIT_CHECKPOINTS": str(directory / "audit" / "checkpoints.jsonl"),
        "ALLOWED_HOSTS": "localhost,lijn.example.org",
        "ALLOWED_ORIGINS": ",".join(origins),
        "TRUSTED_PROXIES": "127.0.0.1",
        "DRAIN_SECONDS": "2",
        "LOG_LEVEL": "WARNING",
    }


def install(layout: Layout) -> None:
    """Take the steps of docs/operations.md, then seed one pair (which `prod` leaves to tests)."""
    layout.command("keys", "init")
    layout.command("collectstatic", "--no-input")
    owner = str(layout.directory / "owner_database_url")
    layout.command("migrate", "--no-input", DATABASE_URL_FILE=owner)
    grant_app(layout, owner)
    layout.command("migrate", "--check")
    file = layout.directory / "people.jsonl"
    layout.command("seed", "--pairs", "1", "--json", str(file), APP_ENV="dev")
    layout.pairs = [json.loads(line) for line in file.read_text().splitlines() if "conversation" in line]


def grant_app(layout: Layout, owner: str) -> None:
    """Give the role of web and worker its rights, as the unit and the container do after a migration."""
    path = os.pathsep.join([str(find_postgres_binaries()), layout.environment["PATH"]])
    urls = {"DATABASE_URL_FILE": owner, "APP_DATABASE_URL_FILE": layout.environment["DATABASE_URL_FILE"]}
    done = subprocess.run(
        [REPOSITORY / "deploy" / "grant-app"],
        env={"PATH": path, **urls},
        capture_output=True,
        text=True,
        check=False,
        timeout=COMMAND_SECONDS,
    )
    if done.returncode != 0:
        raise CommandFailed(f"grant-app: {done.stderr[-2000:]}")
