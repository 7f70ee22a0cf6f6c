"""Reading somebody's calendar file in a process of its own, which is ended when it takes too long or too much.

Recurrence rules can be written that never fit and never end; a thread that looks for them cannot be stopped.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import Final

from server.availability.calendars import list_busy
from server.availability.errors import CalendarMalformed, CalendarTooLarge, CalendarTooMany
from server.availability.rules.busy import Busy

# Below the 256 KiB that the server ever reads of a body.
MAX_CALENDAR_BYTES: Final = 240 * 1024
CPU_SECONDS: Final = 5
PATIENCE_SECONDS: Final = 20.0  # by the clock, on a machine that does other things as well
MEMORY_BYTES: Final = 1024 * 1024 * 1024
_ROOT: Final = Path(__file__).resolve().parents[2]
_REFUSALS: Final = {one.code: one for one in (CalendarMalformed, CalendarTooMany)}


def read_busy(text: bytes, zone: str, first: date, last: date) -> list[Busy]:
    """Return what `calendars.list_busy` does. Raises CalendarTooLarge, CalendarMalformed, CalendarTooMany."""
    if len(text) > MAX_CALENDAR_BYTES:
        raise CalendarTooLarge()
    command = [sys.executable, "-m", "server.availability.calendar_reader", zone, first.isoformat(), last.isoformat()]
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter, and words that were checked
            command, input=text, capture_output=True, cwd=_ROOT, env={}, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise CalendarTooMany() from None
    if done.returncode != 0:
        raise CalendarTooMany()
    answer = json.loads(done.stdout)
    if "code" in answer:
        raise _REFUSALS[answer["code"]]()
    return [Busy(date.fromisoformat(on), *map(time.fromisoformat, times)) for on, *times in answer["busy"]]


def main(arguments: Sequence[str]) -> int:
    """Read a calendar from standard input, write what it takes to standard output as JSON; limits count from here."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    zone, first, last = arguments
    try:
        busy = list_busy(sys.stdin.buffer.read(), zone, date.fromisoformat(first), date.fromisoformat(last))
        answer: dict[str, object] = {"busy": [[str(one.on), f"{one.start:%H:%M}", f"{one.end:%H:%M}"] for one in busy]}
    except tuple(_REFUSALS.values()) as refused:
        answer = {"code": refused.code}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
