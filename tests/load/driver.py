"""The bench process's end of the generator."""

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from tests.load.cores import on_core
from tests.services.processes import stop_child

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90.0


class GeneratorProblem(Exception):
    """The generator failed, or an order of it took too long."""


class Driver:
    """Gives orders to a running generator, one at a time."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self.child = child

    def ask(self, do: str, **order: Any) -> dict[str, Any]:
        """Give one order and return its answer. Raises GeneratorProblem."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        try:
            self.child.stdin.write(json.dumps({"do": do, **order}).encode() + b"\n")
        except BrokenPipeError:
            raise GeneratorProblem(f"{do}: the generator has ended") from None
        ready, _, _ = select.select([self.child.stdout], [], [], PATIENCE_SECONDS + order.get("seconds", 0))
        if not ready:
            raise GeneratorProblem(f"{do}: no answer in time")
        answer = cast(dict[str, Any], json.loads(self.child.stdout.readline() or b'{"problem": "it ended"}'))
        if "problem" in answer:
            raise GeneratorProblem(f"{do}: {answer['problem']}")
        return answer


@contextmanager
def generator(core: int) -> Iterator[Driver]:
    """Run a generator on its core until the block ends."""
    with on_core(core):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.load.generator"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
    try:
        yield Driver(child)
    finally:
        stop_child(child)
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
