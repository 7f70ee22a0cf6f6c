"""What both servers share: spare ports, waiting for a condition, and a child that ends by its id."""

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import AnyStr

LOOPBACK = "127.0.0.1"
PORT_ATTEMPTS = 5
START_SECONDS = 30.0
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_ports = cycle(range(10_000 + _WORKER % 20 * 1_000 + os.getpid() % 500, 11_000 + _WORKER % 20 * 1_000))


class ServerDidNotStart(RuntimeError):
    """Carry the last lines of a server's log when it refused to come up."""

    def __init__(self, name: str, log: Path) -> None:
        tail = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else ["(no log)"]
        super().__init__(f"{name} did not start:\n" + "\n".join(tail))


def find_spare_port() -> int:
    """Return a port that was free a moment ago; callers try again when somebody else took it since.

    Below those that the system gives to whoever asks for any (32,768 and up), and for each worker others: a server may
    start a while later, or again.
    """
    for port in _ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise AssertionError("there is always another port")


def pause(seconds: float) -> None:
    """Leave the processor to the server that is being waited for."""
    threading.Event().wait(seconds)


def wait_until(is_ready: Callable[[], bool], seconds: float = START_SECONDS) -> bool:
    """Ask every 20 ms until it is so; return whether it became so in time."""
    for _ in range(int(seconds / 0.02)):
        if is_ready():
            return True
        pause(0.02)
    return is_ready()


def stop_child(child: subprocess.Popen[AnyStr], first: signal.Signals = signal.SIGTERM, seconds: float = 20.0) -> None:
    """Ask a child to end, insist when it does not (a paused one cannot hear), and collect it."""
    if child.poll() is None:
        child.send_signal(first)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@contextmanager
def server_directory(parent: Path | None, name: str) -> Iterator[Path]:
    """Give a server a directory of its own below `parent`, or below the system's temporary one."""
    if parent is not None:
        parent.mkdir(parents=True, exist_ok=True)
    # An interrupted server may still be writing its last file while the tree goes.
    with TemporaryDirectory(prefix=f"{name}-", dir=parent, ignore_cleanup_errors=True) as made:
        yield Path(made)
