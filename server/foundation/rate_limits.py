"""Rate limits shared over servers through Redis (moving window, library `limits`), in the process when Redis is away.

Synchronous: callers are in a worker thread already. Help requests never come here: they are merged instead.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from threading import Lock

from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from server.foundation.clock import read_monotonic
from server.foundation.errors import RateLimited
from server.foundation.logs import get_logger
from server.foundation.rates import DEVICE_RATES, DOOR_RATES, USER_FACTOR
from server.foundation.redis import TIMEOUT_SECONDS
from server.foundation.windows import MovingWindows

log = get_logger(__name__)
_RETRY_REDIS_AFTER_SECONDS = 5.0
_DEVICE_ITEMS = {
    action: [
        (RateLimitItemPerSecond(times, seconds), RateLimitItemPerSecond(times * USER_FACTOR, seconds))
        for times, seconds in rates
    ]
    for action, rates in DEVICE_RATES.items()
}
_DOOR_ITEMS = {
    action: [RateLimitItemPerSecond(times, seconds) for times, seconds in rates] for action, rates in DOOR_RATES.items()
}


class RateLimiter:
    """Counts per (action, key), in Redis; with Redis down in this process, for 5 s at a time.

    While `alone` no other server process lives, and what devices do is counted here: that spares each message four
    calls to Redis. Who knocks at the door is counted in Redis all the same, for that outlives a restart.
    """

    def __init__(self, redis_url: str = "") -> None:
        self.alone = False
        self._here = MovingWindows()
        self._shared: MovingWindowRateLimiter | None = None
        self._shared_down_until = 0.0
        if redis_url:
            storage = RedisStorage(
                redis_url,
                wrap_exceptions=True,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
            )
            self._shared = MovingWindowRateLimiter(storage)

    def require_device_rate(self, action: str, *, device: str, user: str) -> None:
        """Count one `action` for the device and for the user's devices together. Raises RateLimited."""
        for of_device, of_user in _DEVICE_ITEMS[action]:
            self._count(of_device, ("device", action, device), here=self.alone)
            self._count(of_user, ("user", action, user), here=self.alone)

    def require_door_rate(self, action: str, key: str) -> None:
        """Count one `action` of somebody who is not signed in. Raises RateLimited."""
        for item in _DOOR_ITEMS[action]:
            self._count(item, ("door", action, key), here=False)

    def _count(self, item: RateLimitItem, key: tuple[str, ...], *, here: bool) -> None:
        shared = None if here else self._find_shared()
        if shared is not None:
            try:
                if not shared.hit(item, *key):
                    raise RateLimited(retry_after=_find_wait(shared, item, key))
                return
            except RateLimited:
                raise
            except Exception as problem:  # `limits` wraps what Redis raises; any failure of it means: count here
                log.warning("rate_limits_fall_back", problem=type(problem).__name__)
                self._shared_down_until = read_monotonic() + _RETRY_REDIS_AFTER_SECONDS
        seconds = item.get_expiry()
        if wait := self._here.count((*key, seconds), times=item.amount, seconds=seconds):
            raise RateLimited(retry_after=timedelta(seconds=max(0.1, wait)))

    def _find_shared(self) -> MovingWindowRateLimiter | None:
        return self._shared if read_monotonic() >= self._shared_down_until else None


def _find_wait(shared: MovingWindowRateLimiter, item: RateLimitItem, key: Sequence[str]) -> timedelta:
    try:
        reset_at = shared.get_window_stats(item, *key).reset_time
    except Exception:
        return timedelta(seconds=item.get_expiry())
    return timedelta(seconds=max(0.1, min(reset_at - time.time(), item.get_expiry())))


class NoLimits(RateLimiter):
    """RATE_LIMITS=off: for benchmarks; the system check `warmlijn.E007` refuses it in production."""

    def _count(self, item: RateLimitItem, key: tuple[str, ...], *, here: bool) -> None:
        return


_limiter: RateLimiter | None = None
_lock = Lock()


def get_limiter() -> RateLimiter:
    """Return this process's limiter, made at the first call from RATE_LIMITS and REDIS_URL."""
    global _limiter
    with _lock:
        if _limiter is None:
            _limiter = RateLimiter(settings.REDIS_URL) if settings.RATE_LIMITS else NoLimits()
        return _limiter


def replace_limiter(limiter: RateLimiter | None) -> None:
    """Put another limiter in place (tests); None makes a new one at the next call."""
    global _limiter
    with _lock:
        _limiter = limiter
