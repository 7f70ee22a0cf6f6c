"""The outside as a process of its own: the stand-in of Firebase and of a browser's push service, and its controls."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from server.push.backends.port import Push
from tests.services.processes import stop_child

REPOSITORY = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
SUBJECT = "0193c7a0-0000-7000-8000-000000000001"


@dataclass(frozen=True)
class Outside:
    """A running stand-in: its address, and the service account's file that it signs in."""

    address: str
    credentials: Path

    def tell(self, control: str, **orders: Any) -> Any:
        """Give an order; see the table in `fake_push.outside`."""
        answer = httpx.post(f"{self.address}/control/{control}", json=orders, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def read(self) -> Mapping[str, Any]:
        """Return what Firebase was sent: `count`, `sign_ins` and `received`."""
        return dict(httpx.get(f"{self.address}/control/received", timeout=30).json())

    def read_browsers(self) -> list[Mapping[str, Any]]:
        """Return what browsers opened."""
        return list(httpx.get(f"{self.address}/control/browsers", timeout=30).json())


@contextmanager
def run_outside(directory: Path) -> Iterator[Outside]:
    """Run the stand-in on a spare port until the block is left."""
    file = directory / "account.json"
    command = [sys.executable, "-m", "server.entry.fake_push", "--credentials", str(file)]
    child = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        told = json.loads(child.stdout.readline())
        yield Outside(told["address"], file)
    finally:
        if child.stdout is not None:
            child.stdout.close()
        stop_child(child)


def make_push(token: str = "phone-1", **different: Any) -> Push:  # noqa: S107  made up
    """Return a push to a phone that is worth sending for an hour from NOW on."""
    told: dict[str, Any] = {
        "delivery_id": "delivery-1",
        "token": token,
        "platform": "android",
        "kind": "message",
        "language": "nl",
        "collapse_id": "c0ffee",
        "subject": None,
        "breaks_silence": False,
        "ttl_seconds": 3600,
        "may_until": NOW + timedelta(hours=1),
    }
    return Push(**told | different)


def find_collapse_id(message: Mapping[str, Any]) -> str:
    """Return by which id a phone replaces an earlier notification with this one."""
    if "apns" in message:
        return str(message["apns"]["headers"]["apns-collapse-id"])
    return str(message["android"]["notification"]["tag"])
