"""The real server for journeys: one process on a spare port, SQLite, the in-memory layer, the worker loops inside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from server.push.backends.vapid import make_vapid_key
from tests.e2e import push_way
from tests.services.processes import LOOPBACK, ServerDidNotStart, find_spare_port, stop_child, wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
POOL = 12  # people made at once: each run of a command costs a second or two


@dataclass(frozen=True)
class Somebody:
    """A person of the cast: id and bearer token."""

    id: str
    token: str


@dataclass(frozen=True)
class Pair:
    """A youth, her buddy, the conversation they have, and a coordinator of their team."""

    ada: Somebody
    ben: Somebody
    conversation: str
    mara: Somebody


@dataclass
class House:
    """A running server and its commands."""

    url: str
    settings: Mapping[str, str]
    log: Path
    push_service: str = ""  # where pushes to browsers really go; without one there are none
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _pairs: list[Pair] = field(default_factory=list, repr=False)
    _coordinators: list[Somebody] = field(default_factory=list, repr=False)

    @property
    def named_url(self) -> str:
        """The same server by a name: browsers make passkeys for names only."""
        return self.url.replace(LOOPBACK, "localhost")

    def run(self, *arguments: str) -> str:
        """Run one of the server's commands against the same database and return what it printed."""
        command = [sys.executable, "-m", "server", *arguments]
        done = subprocess.run(command, cwd=REPOSITORY, env=self.settings, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"python -m server {' '.join(arguments)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> None:
        """Start serving. Raises ServerDidNotStart."""
        port = self.url.rpartition(":")[2]
        server = ["tests.e2e.push_way", self.push_service] if self.push_service else ["server"]
        command = [sys.executable, "-m", *server, "serve", "--embedded", "--host", LOOPBACK, "--port", port]
        with self.log.open("ab") as output:
            self.child = subprocess.Popen(
                command, cwd=REPOSITORY, env=self.settings, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        if not wait_until(self._is_alive):
            self.stop()
            raise ServerDidNotStart("server", self.log)

    def stop(self) -> None:
        """Ask the server to drain and end."""
        if self.child is not None:
            stop_child(self.child)

    def take_pair(self) -> Pair:
        """Return a youth and an expert who have a conversation, and have not written yet."""
        return self.take_pairs(1)[0]

    def take_pairs(self, count: int) -> list[Pair]:
        """Return as many pairs, all of one team."""
        if len(self._pairs) < count:
            lines = self._seed("--pairs", str(POOL), "--coordinators", "1")
            mara = next(Somebody(**line["coordinator"]) for line in lines if "coordinator" in line)
            self._pairs = [
                Pair(Somebody(**line["youth"]), Somebody(**line["expert"]), line["conversation"], mara)
                for line in lines
                if "youth" in line
            ]
        return [self._pairs.pop() for _ in range(count)]

    def take_coordinator(self) -> Somebody:
        """Return a coordinator."""
        if not self._coordinators:
            lines = self._seed("--pairs", "0", "--coordinators", str(POOL))
            self._coordinators = [Somebody(**line["coordinator"]) for line in lines]
        return self._coordinators.pop()

    def turn_gate(self, pair: Pair, turn: str) -> None:
        """Turn the gate of the pair's expert: "open" or "close"."""
        self.run("gate", "--conversation", pair.conversation, "--person", pair.ben.id, turn)

    def _seed(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run("seed", *arguments, "--json", "-").splitlines()]

    def _is_alive(self) -> bool:
        assert self.child is None or self.child.poll() is None, self.log.read_text(errors="replace")
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False


@contextmanager
def open_house(directory: Path, push_service: str = "") -> Iterator[House]:
    """Yield a running server that keeps everything it writes in `directory`."""
    url = f"http://{LOOPBACK}:{find_spare_port()}"
    settings = _settings_for(directory, url) | (_settings_for_pushes(directory) if push_service else {})
    house = House(url, settings, directory / "server.log", push_service)
    house.run("migrate", "--verbosity", "0")
    house.start()
    try:
        yield house
    finally:
        house.stop()


def _settings_for(directory: Path, url: str) -> dict[str, str]:
    # Nothing of the stage that runs the tests leaks in: neither its databases nor its settings module.
    named = url.replace(LOOPBACK, "localhost")
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_FILE")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "server.settings",
        "APP_ENV": "dev",
        "VAR_DIRECTORY": str(directory),
        "DATABASE_URL": f"sqlite:///{directory}/warmlijn.sqlite3",
        "KEYRING_FILE": str(directory / "keyring.json"),
        "REDIS_URL": "",
        "SECRET_KEY": "",
        "RATE_LIMITS": "off",  # tests make history faster than anybody types
        "DRAIN_SECONDS": "2",
        "ALLOWED_HOSTS": "",
        "ALLOWED_ORIGINS": f"{url},{named}",
        "PASSKEY_ORIGINS": named,
        "LOG_LEVEL": "WARNING",
        "QUICK_EXIT_URL": "about:blank",  # no network in tests
    }


def _settings_for_pushes(directory: Path) -> dict[str, str]:
    key = directory / "vapid.pem"
    make_vapid_key(key)
    return {
        "PUSH_BACKEND": "webpush,console",
        "VAPID_KEY_FILE": str(key),
        "VAPID_SUBJECT": "mailto:beheer@example.org",
        "WEBPUSH_HOSTS": push_way.HOST,
    }
