"""How a commit tells the hubs: contentless, from any thread, never failing the one who commits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from server.foundation.logs import get_logger

log = get_logger(__name__)
Announcer = Callable[[Mapping[str, int]], None]

_announcers: list[Announcer] = []


def add_announcer(announcer: Announcer) -> None:
    """Have `announcer(user id → head)` called after every commit that moved heads in this process."""
    _announcers.append(announcer)


def remove_announcer(announcer: Announcer) -> None:
    """Stop calling it; once more is no error, for a server may be told twice to end."""
    if announcer in _announcers:
        _announcers.remove(announcer)


def announce_heads(heads: Mapping[str, int]) -> None:
    """Tell this process's announcers (a server's hub, a worker's bus). A failure costs latency only, and is logged."""
    for announcer in list(_announcers):
        try:
            announcer(heads)
        except Exception as problem:
            log.warning("announcing_failed", problem=type(problem).__name__)
