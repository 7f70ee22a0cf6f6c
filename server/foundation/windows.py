"""Counting in this process how often something happened within the last so many seconds.

`limits` has a storage for this as well: it (5.8) starts a thread every 10 ms of use, which walks over every key.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Hashable
from threading import Lock


class MovingWindows:
    """Moving windows by key, exact; of more than `most_keys` the one that was asked for longest ago is forgotten."""

    def __init__(self, most_keys: int = 100_000) -> None:
        self._most_keys = most_keys
        self._hits: OrderedDict[Hashable, deque[float]] = OrderedDict()
        self._lock = Lock()

    def count(self, key: Hashable, *, times: int, seconds: float) -> float:
        """Count once, if it has not happened `times` within `seconds`; return the seconds until it may, 0 if counted.

        One key always has the same two numbers.
        """
        now = time.time()
        with self._lock:
            hits = self._hits.pop(key, None) or deque(maxlen=times)
            self._hits[key] = hits
            if len(self._hits) > self._most_keys:
                self._hits.popitem(last=False)
            if len(hits) == times and now - seconds < hits[0] <= now:
                return hits[0] + seconds - now
            hits.append(now)
        return 0.0
