"""Make a short answer of a profile: which part of the house, and which functions, the time went to."""

import pstats
import re
from pathlib import Path
from typing import Any

# First match wins. A C function has no file: it counts for whoever called it most, except those named here.
PARTS = (
    ("reading and writing sockets (kernel)", r"method 'send|method 'recv|socket\.send|writev|epoll"),
    ("JSON", r"orjson|json_codec|/json/"),
    ("sealing", r"sealing|cryptography|_rust|aead"),
    ("database driver", r"psycopg"),
    ("Django", r"/django/"),
    ("Channels", r"/channels/|/channels_redis/"),
    ("Redis client", r"/redis/|hiredis"),
    ("Daphne, Autobahn, Twisted", r"/daphne/|/autobahn/|/twisted/|/txaio/|/wsaccel"),
    ("event loop", r"/asyncio/|uvloop|/asgiref/|/concurrent/|selectors|threading"),
    ("server/realtime", r"server/realtime"),
    ("server/chat", r"server/chat"),
    ("server, other rooms", r"/server/"),
)
OTHER = "everything else"
TOP = 25


def summarise_profile(path: Path) -> dict[str, Any]:
    """Return the shares by part, the functions with the most own time, and our own by cumulative time."""
    stats: dict[tuple[str, int, str], Any] = pstats.Stats(str(path)).stats  # type: ignore[attr-defined]
    total = sum(entry[2] for entry in stats.values()) or 1.0
    parts: dict[str, float] = {}
    for function, (_, _, own, _, callers) in stats.items():
        for place, seconds in _split_by_caller(function, own, callers):
            parts[place] = parts.get(place, 0.0) + seconds / total
    return {
        "seconds": total,
        "parts": dict(sorted(parts.items(), key=lambda item: -item[1])),
        "own_time": _list_top(stats, 2, total, lambda name: True),
        "cumulative": _list_top(stats, 3, total, lambda name: "/server/" in name),
    }


def _split_by_caller(function: tuple[str, int, str], own: float, callers: Any) -> list[tuple[str, float]]:
    part = _find_part(function)
    if part != OTHER or function[0] != "~":
        return [(part, own)]
    given = [(_find_part(caller), entry[2]) for caller, entry in callers.items()]
    return [*given, (OTHER, own - sum(seconds for _, seconds in given))]


def _find_part(function: tuple[str, int, str]) -> str:
    label = f"{function[0]}:{function[2]}"
    return next((name for name, pattern in PARTS if re.search(pattern, label)), OTHER)


def _list_top(stats: Any, column: int, total: float, wanted: Any) -> list[dict[str, Any]]:
    rows = [(entry[column], entry[0], function) for function, entry in stats.items() if wanted(function[0])]
    rows.sort(key=lambda row: -row[0])
    return [
        {"function": _name(function), "share": seconds / total, "calls": calls}
        for seconds, calls, function in rows[:TOP]
    ]


def _name(function: tuple[str, int, str]) -> str:
    file, line, name = function
    short = re.sub(r"^.*/(?:site-packages|lib/python[0-9.]+)/", "", file)
    short = re.sub(r"^.*/(?=server/)", "", short)
    return name if file == "~" else f"{short}:{line} {name}"
