"""A clock to show things by (dev only): it begins where DEMO_CLOCK says and can be set while the server runs.

The first process that looks at it writes into VAR where it stands; processes that look while one of them still runs go
by the same clock, and when all have ended the next one begins anew. Nobody here reads the machine's clock.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import IO, Final
from zoneinfo import ZoneInfo

DEMO_ZONE: Final = "Europe/Amsterdam"  # of a wall time without an offset
FILE_NAME: Final = "demo_clock.json"
LOCK_NAME: Final = "demo_clock.lock"
LOOK_AGAIN_AFTER: Final = timedelta(seconds=1)
_YEARS: Final = range(2000, 2100)
_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Setting:
    """At the real instant `since` the clock showed `shown`; it runs `speed` seconds in each real one."""

    shown: datetime
    since: datetime
    speed: int

    def show(self, real: datetime) -> datetime:
        """Return what the clock shows at a real instant."""
        return self.shown + (real - self.since) * self.speed


class DemoClock:
    """The clock of one process. It begins at the first look, not before: what is made at the start has its time."""

    def __init__(self, start: datetime, speed: int, directory: Path) -> None:
        self._start, self._speed, self._directory = start, speed, directory
        self._setting: Setting | None = None
        self._share: IO[bytes] | None = None
        self._looked_at, self._seen = start, (0, 0)
        self._lock = Lock()

    def show(self, real: datetime) -> datetime:
        """Return what the clock shows at a real instant; looks once a second at most whether somebody has set it."""
        setting = self._setting
        if setting is None or not timedelta(0) <= real - self._looked_at < LOOK_AGAIN_AFTER:
            with self._lock:
                setting = self._look(real)
        return setting.show(real)

    def close(self) -> None:
        """Give this process's share in the clock back (the end of the process does that by itself)."""
        if self._share is not None:
            self._share.close()
            self._share = None

    def _look(self, real: datetime) -> Setting:
        if self._setting is None:
            self._setting = Setting(self._start, real, self._speed)
            self._share = _take_share(self._directory, self._setting)
        seen = _stamp(self._directory)
        if seen != self._seen:
            self._setting = _read_setting(self._directory) or self._setting
        self._looked_at, self._seen = real, seen
        return self._setting


def find_setting(directory: Path) -> Setting | None:
    """Return where the clock of this directory's processes stands, None when no process goes by one."""
    with (directory / LOCK_NAME).open("ab") as lock:
        return None if _is_alone(lock) else _read_setting(directory)


def write_setting(directory: Path, setting: Setting) -> None:
    """Set the clock of all processes that go by it: each follows within LOOK_AGAIN_AFTER."""
    document = {"shown": setting.shown.isoformat(), "since": setting.since.isoformat(), "speed": setting.speed}
    path = directory / FILE_NAME
    temporary = path.with_name(f".{FILE_NAME}.{os.getpid()}")
    temporary.write_text(json.dumps(document) + "\n", encoding="utf-8")
    temporary.replace(path)


def parse_moment(text: str, zone: str = DEMO_ZONE) -> datetime:
    """Return the instant, in UTC, of an RFC 3339 text or of a wall time of the zone. Raises ValueError."""
    if _MOMENT.fullmatch(text) is None:
        raise ValueError("not a moment")
    given = datetime.fromisoformat(text.upper())
    if given.year not in _YEARS:
        raise ValueError("not a year to show things in")
    moment = given.replace(tzinfo=given.tzinfo or ZoneInfo(zone)).astimezone(UTC)
    if given.tzinfo is None and moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != given:
        raise ValueError("a time that the clocks leave out")
    return moment


def _take_share(directory: Path, begun: Setting) -> IO[bytes]:
    """Join the processes that go by the clock; the first sets it, and nobody else reads it before that."""
    share = (directory / LOCK_NAME).open("ab")
    if _is_alone(share):
        write_setting(directory, begun)
    fcntl.flock(share, fcntl.LOCK_SH)
    return share


def _is_alone(lock: IO[bytes]) -> bool:
    """Tell whether no process holds the lock; if so this one does, alone."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stamp(directory: Path) -> tuple[int, int]:
    try:
        found = (directory / FILE_NAME).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


def _read_setting(directory: Path) -> Setting | None:
    """Return what the file says; None for none or for one that somebody has spoilt."""
    try:
        document = json.loads((directory / FILE_NAME).read_bytes())
        shown, since, speed = document["shown"], document["since"], int(document["speed"])
        return Setting(parse_moment(shown), parse_moment(since), speed)
    except (OSError, ValueError, KeyError, TypeError):
        return None
