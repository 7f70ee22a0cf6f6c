"""A PostgreSQL server of one's own, for as long as a `with` block lasts."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from tests.services.accounts import Account, choose_account, reachable_binaries, reachable_directory
from tests.services.binaries import find_postgres_binaries
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

USER = "warmlijn"
StopMode = Literal["smart", "fast", "immediate"]

# Loopback TCP only: a socket file's path may be longer than the 107 bytes the kernel allows.
BASE_OPTIONS: Mapping[str, str] = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "log_min_messages": "warning",
    "timezone": "UTC",
}
FAST_OPTIONS: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# What pg_ctl sends for each mode.
STOP_SIGNALS: Mapping[StopMode, signal.Signals] = {
    "smart": signal.SIGTERM,
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
}


@dataclass
class PostgresServer:
    """A server with the superuser `warmlijn`, no password, reachable from this machine only."""

    binaries: Path
    data: Path
    account: Account
    options: Mapping[str, str]
    port: int = field(default=0)
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def dsn(self) -> str:
        """Return the superuser's address of the maintenance database, as psql takes it."""
        return self.url("postgres")

    @property
    def pid(self) -> int:
        """Return the postmaster's process id.

        Raises: ServerDidNotStart when it does not run.
        """
        if self._child is None or self._child.poll() is not None:
            raise ServerDidNotStart("PostgreSQL", self.log)
        return self._child.pid

    @property
    def log(self) -> Path:
        """Return the server's log file."""
        return self.data.parent / "postgres.log"

    def url(self, database: str = "warmlijn") -> str:
        """Return the address of a database; it need not exist."""
        return f"postgres://{USER}@{LOOPBACK}:{self.port}/{database}"

    def create_database(self, name: str = "warmlijn") -> str:
        """Make an empty database and return its address."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def execute(
        self, statement: str, parameters: Sequence[object] | None = None, database: str = "postgres"
    ) -> list[TupleRow]:
        """Run one statement as the superuser, committed at once; return its rows, none when it has none."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), parameters)
            return cursor.fetchall() if cursor.description else []

    def start(self) -> None:
        """Start a stopped server on the port it had, or on a spare one the first time.

        Raises: ServerDidNotStart.
        """
        for attempt in range(PORT_ATTEMPTS):
            pause(0.2 * attempt)
            port = self.port or find_spare_port()
            self._write_options(port)
            child = self._launch("postgres", "-D", str(self.data))
            if wait_until(partial(self._settled, child)) and child.poll() is None:
                self._child, self.port = child, port
                return
            stop_child(child, signal.SIGQUIT)
        raise ServerDidNotStart("PostgreSQL", self.log)

    def stop(self, mode: StopMode = "fast") -> None:
        """Stop the server; `immediate` is a crash: no checkpoint, recovery at the next start."""
        if self._child is not None:
            stop_child(self._child, STOP_SIGNALS[mode])

    def restart(self, mode: StopMode = "fast") -> None:
        """Stop and start again on the same port; every connection is lost."""
        self.stop(mode)
        self.start()

    def is_running(self) -> bool:
        """Say whether the postmaster is alive."""
        return self._child is not None and self._child.poll() is None

    def initialise(self) -> None:
        """Make the data directory.

        Raises: ServerDidNotStart.
        """
        flags = ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", f"--username={USER}"]
        if self._launch("initdb", *flags, f"--pgdata={self.data}").wait() != 0:
            raise ServerDidNotStart("initdb", self.log)
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write("include 'warmlijn.conf'\n")

    def _launch(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        return self.account.launch([self.binaries / program, *arguments], self.data.parent, self.log)

    def _settled(self, child: subprocess.Popen[bytes]) -> bool:
        """Say whether the child has ended, or wrote down that it, and no predecessor, takes connections."""
        if child.poll() is not None:
            return True
        notes = self.data / "postmaster.pid"
        lines = notes.read_text().splitlines() if notes.exists() else []
        return len(lines) > 7 and lines[0] == str(child.pid) and lines[7].strip() == "ready"

    def _write_options(self, port: int) -> None:
        options = {**self.options, "port": str(port)}
        lines = [f"{name} = '{value}'\n" for name, value in options.items()]
        (self.data / "warmlijn.conf").write_text("".join(lines))


@contextmanager
def postgres_server(
    directory: Path | None = None,
    *,
    fast: bool = False,
    options: Mapping[str, str] | None = None,
    binaries: Path | None = None,
) -> Iterator[PostgresServer]:
    """Run a PostgreSQL server below `directory` until the block ends, then remove its data.

    `fast` gives up surviving crashes for speed: an immediate stop then loses what was committed just
    before. `options` are lines of postgresql.conf and win. As root, a `directory` that the server's
    account cannot enter is replaced by one below the system's temporary directory: see `data`.
    `binaries` names an installation other than the first one found.

    Raises: BinariesMissing, ServerDidNotStart.
    """
    account = choose_account()
    chosen = {**BASE_OPTIONS, **(FAST_OPTIONS if fast else {}), **(options or {})}
    with (
        reachable_binaries(binaries or find_postgres_binaries(), account) as programs,
        server_directory(reachable_directory(directory, account), "postgres") as own,
    ):
        account.take(own)
        server = PostgresServer(programs, own / "data", account, chosen)
        server.initialise()
        try:
            server.start()
            yield server
        finally:
            server.stop("immediate")
