"""A Redis server of one's own, for as long as a `with` block lasts."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tests.services.accounts import current_account
from tests.services.binaries import find_redis_binary
from tests.services.processes import (
    LOOPBACK,
    PORT_ATTEMPTS,
    ServerDidNotStart,
    find_spare_port,
    pause,
    server_directory,
    stop_child,
    wait_until,
)


@dataclass
class RedisServer:
    """A server without persistence or password, reachable from this machine only."""

    binary: Path
    directory: Path
    port: int = field(default=0)
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Return the address of database 0."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    @property
    def pid(self) -> int:
        """Return the process id of the running server.

        Raises: ServerDidNotStart when it does not run.
        """
        if self._child is None or self._child.poll() is not None:
            raise ServerDidNotStart("Redis", self.log)
        return self._child.pid

    @property
    def log(self) -> Path:
        """Return the server's log file."""
        return self.directory / "redis.log"

    def command(self, *arguments: str | int) -> object:
        """Send one command and return the answer, text decoded.

        Raises: redis.exceptions.RedisError.
        """
        with _connect(self.port, decode_responses=True) as client:
            answer: object = client.execute_command(*arguments)
            return answer

    def start(self) -> None:
        """Start a stopped server on the port it had, or on a spare one the first time; it starts empty.

        Raises: ServerDidNotStart.
        """
        for attempt in range(PORT_ATTEMPTS):
            pause(0.2 * attempt)
            port = self.port or find_spare_port()
            child = self._launch(port)
            if wait_until(partial(_settled, child, port)) and child.poll() is None:
                self._child, self.port = child, port
                return
            stop_child(child)
        raise ServerDidNotStart("Redis", self.log)

    def shutdown(self) -> None:
        """End the server as SHUTDOWN NOSAVE does and wait; every connection and every key is lost."""
        if self._child is not None:
            stop_child(self._child)

    stop = shutdown

    def is_running(self) -> bool:
        """Say whether the process is alive."""
        return self._child is not None and self._child.poll() is None

    def _launch(self, port: int) -> subprocess.Popen[bytes]:
        settings = {"port": port, "bind": LOOPBACK, "dir": self.directory, "save": "", "appendonly": "no"}
        flags = [part for name, value in settings.items() for part in (f"--{name}", str(value))]
        return current_account().launch([self.binary, *flags], self.directory, self.log)


def _connect(port: int, decode_responses: bool = False) -> Redis:
    """Connect without redis-py's own retries: a server that is down is an answer here."""
    retry = Retry(NoBackoff(), 0)
    return Redis(host=LOOPBACK, port=port, decode_responses=decode_responses, socket_timeout=10, retry=retry)


def _settled(child: subprocess.Popen[bytes], port: int) -> bool:
    """Say whether the child has ended, or it and nobody else answers on the port."""
    if child.poll() is not None:
        return True
    try:
        with _connect(port) as client:
            return int(client.info("server")["process_id"]) == child.pid
    except RedisError:
        return False


@contextmanager
def redis_server(directory: Path | None = None, *, binary: Path | None = None) -> Iterator[RedisServer]:
    """Run a Redis server below `directory` until the block ends; `binary` names another than the first found.

    Raises: BinariesMissing, ServerDidNotStart.
    """
    with server_directory(directory, "redis") as own:
        server = RedisServer(binary or find_redis_binary(), own)
        try:
            server.start()
            yield server
        finally:
            server.shutdown()
