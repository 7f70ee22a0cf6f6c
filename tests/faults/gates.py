"""Turning experts' gates: one process of the product that takes a line per turn, so that a turn costs no start.

Run as a program it reads `open CONVERSATION PERSON` or `close …` and answers `done` or `failed …`.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from uuid import UUID

import django
from django.db import InterfaceError, OperationalError, connection

from tests.faults.programs import REPOSITORY
from tests.services.processes import stop_child

TURNS = {True: "close", False: "open"}
RETRY_SECONDS = 0.2
TURN_SECONDS = 60.0


@dataclass
class GateTurner:
    """The harness's end of the process."""

    child: subprocess.Popen[bytes]
    log: Path

    async def turn(self, c: str, person: str, *, closed: bool) -> None:
        """Turn a gate; ask again while the database is away. A turn that is repeated does nothing.

        Raises: TimeoutError when the database stays away, RuntimeError when the product fails.
        """
        async with asyncio.timeout(TURN_SECONDS):
            while await asyncio.to_thread(self._ask, f"{TURNS[closed]} {c} {person}") != "done":
                await asyncio.sleep(RETRY_SECONDS)

    def stop(self) -> None:
        """End the process."""
        stop_child(self.child)
        for pipe in (self.child.stdin, self.child.stdout):
            if pipe is not None:
                pipe.close()

    def _ask(self, line: str) -> str:
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(f"{line}\n".encode())
        self.child.stdin.flush()
        answer = self.child.stdout.readline().decode().strip()
        if not answer:
            raise RuntimeError(f"turning a gate failed with {self.child.wait()}; see {self.log}")
        return answer


def start_gate_turner(environment: Mapping[str, str], log: Path) -> GateTurner:
    """Start the process in the environment of a site."""
    with log.open("ab") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.gates"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=REPOSITORY,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    return GateTurner(child, log)


def main() -> None:
    """Turn gates until the input ends."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "server.settings"
    django.setup()
    for line in sys.stdin:
        turn, c, person = line.split()
        try:
            _turn(turn, UUID(c), UUID(person))
            print("done", flush=True)
        except (OperationalError, InterfaceError) as away:
            print(f"failed {type(away).__name__}", flush=True)
        finally:
            connection.close()


def _turn(turn: str, c: UUID, person: UUID) -> None:
    gates = import_module("server.chat.actions.gates")
    now = import_module("server.foundation.clock").read_clock()
    if turn == "open":
        gates.open_gate(conversation_id=c, person_id=person, now=now)
    else:
        until = now + timedelta(hours=8)
        gates.close_gate(conversation_id=c, person_id=person, reason="outside_window", opens_at=until, now=now)


if __name__ == "__main__":
    main()
