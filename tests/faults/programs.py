"""A process of the product that can be killed, stopped, continued and started again on the same port."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import httpx

from tests.faults.proxy import LOOPBACK
from tests.services.processes import stop_child

REPOSITORY = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0
START_SECONDS = 30.0
EXIT_SECONDS = 60.0


class ProgramFailed(RuntimeError):
    """A process of the product did not do what it was started for; carries the end of its log."""

    def __init__(self, name: str, what: str, log: Path) -> None:
        tail = log.read_text(errors="replace").splitlines()[-20:] if log.exists() else []
        super().__init__("\n".join([f"{name} {what}", *tail]))


@dataclass
class Program:
    """One command line of the product, run again and again in the same environment."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    port: int = 0
    part: str = ""
    _child: subprocess.Popen[bytes] | None = None
    _started_at: float = 0.0

    def start(self) -> None:
        """Start the process; its output is added to the log."""
        self._started_at = monotonic()
        with self.log.open("ab") as output:
            self._child = subprocess.Popen(
                [sys.executable, *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=REPOSITORY,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process, if it still runs."""
        if self._child is not None:
            self._child.send_signal(number)

    async def wait(self) -> int:
        """Wait until the process has ended and return its exit code. Raises: ProgramFailed when it stays."""
        return await asyncio.to_thread(self._wait)

    def run(self) -> None:
        """Run a command to its end. Raises: ProgramFailed."""
        self.start()
        code = self._wait()
        if code != 0:
            raise ProgramFailed(self.name, f"ended with {code}", self.log)

    def _wait(self) -> int:
        assert self._child is not None
        try:
            return self._child.wait(EXIT_SECONDS)
        except subprocess.TimeoutExpired as stayed:
            self.stop()
            raise ProgramFailed(self.name, f"did not end in {EXIT_SECONDS} s", self.log) from stayed

    @property
    def is_running(self) -> bool:
        """Say whether the process is alive."""
        return self._child is not None and self._child.poll() is None

    @property
    def is_starting(self) -> bool:
        """Say whether it was started so lately that it may end because something it needs is away."""
        return monotonic() - self._started_at < START_SECONDS

    async def wait_until_ready(self) -> None:
        """Wait until /healthz answers; one that fell over is started again, as an init system would.

        Raises: ProgramFailed.
        """
        try:
            async with asyncio.timeout(READY_SECONDS):
                while not await self._is_healthy():
                    await asyncio.sleep(0.1)
        except TimeoutError as late:
            raise ProgramFailed(self.name, "is not healthy", self.log) from late

    async def _is_healthy(self) -> bool:
        if not self.is_running:
            self.start()
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
                return (await client.get(f"http://{LOOPBACK}:{self.port}/healthz")).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """End the process at once, whatever state it is in: the database goes away with it."""
        if self._child is not None:
            stop_child(self._child, signal.SIGKILL)
