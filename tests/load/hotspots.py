"""Make a short answer of a profile: which part of the house, and which functions, the time went to."""

import marshal
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

# First match wins. A C function has no file: unless named here it counts for those who called it.
PARTS = (
    ("reading and writing sockets (kernel)", r"method 'send|method 'recv|writev|epoll"),
    ("JSON", r"orjson|json_codec|/json/"),
    ("sealing", r"sealing|cryptography|_rust|aead"),
    ("database driver", r"psycopg"),
    ("statements and their parameters (foundation/postgres, database)", r"server/foundation/(postgres|database)"),
    ("Django", r"/django/"),
    ("Channels", r"/channels/|/channels_redis/"),
    ("Redis client", r"/redis/|hiredis"),
    ("Daphne, Autobahn, Twisted", r"/daphne/|/autobahn/|/twisted/|/txaio/|/zope/"),
    ("event loop and threads", r"/asyncio/|uvloop|run_forever|/asgiref/|/concurrent/|threading|lock|/queue"),
    ("server/realtime", r"server/realtime"),
    ("server/chat", r"server/chat"),
    ("server/foundation, the rest", r"server/foundation"),
    ("server, other rooms", r"/server/"),
)
OTHER = "everything else"
TOP = 25
Function = tuple[str, int, str]
# Per function: calls, own seconds, seconds with what it called, and own seconds by caller.
Numbers = dict[Function, tuple[int, float, float, dict[Function, float]]]


def summarise_profile(before: Path, after: Path, messages: int) -> dict[str, Any]:
    """Return microseconds per message between two dumps: by part, by own time, and our own by cumulative time."""
    spent = _subtract(_read(after), _read(before))
    scale = 1e6 / messages
    parts: dict[str, float] = {}
    for function, (_, own, _, callers) in spent.items():
        for part, seconds in _split_by_caller(function, own, callers):
            parts[part] = parts.get(part, 0.0) + seconds * scale
    return {
        "parts": dict(sorted(parts.items(), key=lambda item: -item[1])),
        "own_time": _list_top(spent, 1, scale, lambda file: True),
        "cumulative": _list_top(spent, 2, scale, lambda file: "/server/" in file),
        "messages": messages,
    }


def _read(path: Path) -> Numbers:
    """Add up the threads of a dump."""
    total: Numbers = {}
    for thread in marshal.loads(path.read_bytes()):  # noqa: S302  (written by our own child a moment ago)
        for function, (_, calls, own, cumulative, callers) in thread.items():
            by_caller = {caller: numbers[2] for caller, numbers in callers.items()}
            total[function] = _add(total.get(function, (0, 0.0, 0.0, {})), (calls, own, cumulative, by_caller), 1)
    return total


def _subtract(after: Numbers, before: Numbers) -> Numbers:
    nothing: Any = (0, 0.0, 0.0, {})
    return {function: _add(numbers, before.get(function, nothing), -1) for function, numbers in after.items()}


def _add(one: Any, other: Any, sign: int) -> tuple[int, float, float, dict[Function, float]]:
    callers = dict(one[3])
    for caller, own in other[3].items():
        callers[caller] = callers.get(caller, 0.0) + sign * own
    return one[0] + sign * other[0], one[1] + sign * other[1], one[2] + sign * other[2], callers


def _split_by_caller(function: Function, own: float, callers: dict[Function, float]) -> list[tuple[str, float]]:
    part = _find_part(function)
    if part != OTHER or function[0] != "~":
        return [(part, own)]
    given = [(_find_part(caller), seconds) for caller, seconds in callers.items()]
    return [*given, (OTHER, own - sum(seconds for _, seconds in given))]


def _find_part(function: Function) -> str:
    label = f"{function[0]}:{function[2]}"
    return next((name for name, pattern in PARTS if re.search(pattern, label)), OTHER)


def _list_top(spent: Numbers, column: int, scale: float, wanted: Callable[[str], bool]) -> list[dict[str, Any]]:
    rows = [(numbers, function) for function, numbers in spent.items() if wanted(function[0])]
    rows.sort(key=lambda row: -float(row[0][column]))  # type: ignore[arg-type]
    return [
        {"function": _name(function), "micros": numbers[column] * scale, "calls": numbers[0]}  # type: ignore[operator]
        for numbers, function in rows[:TOP]
    ]


def _name(function: Function) -> str:
    file, line, name = function
    short = re.sub(r"^.*/(?:site-packages|lib/python[0-9.]+)/", "", file)
    short = re.sub(r"^.*/(?=server/)", "", short)
    return name if file == "~" else f"{short}:{line} {name}"
