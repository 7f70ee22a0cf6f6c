"""Rate limits shared over servers through Redis (moving window, library `limits`), in the process when Redis is away.

Synchronous: callers are in a worker thread already. Help requests never come here: they are merged instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from threading import Lock

from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from server.foundation.clock import read_monotonic
from server.foundation.errors import RateLimited
from server.foundation.logs import get_logger
from server.foundation.rates import DEVICE_RATES, DOOR_RATES, USER_FACTOR
from server.foundation.redis import TIMEOUT_SECONDS

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
    """Counts per (action, key). With Redis down it falls back to counting in this process, for 5 s at a time."""

    def __init__(self, redis_url: str = "") -> None:
        self._local = MovingWindowRateLimiter(MemoryStorage())
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
            self._count(of_device, ("device", action, device))
            self._count(of_user, ("user", action, user))

    def require_door_rate(self, action: str, key: str) -> None:
        """Count one `action` of somebody who is not signed in. Raises RateLimited."""
        for item in _DOOR_ITEMS[action]:
            self._count(item, ("door", action, key))

    def _count(self, item: RateLimitItem, key: Sequence[str]) -> None:
        strategy = self._choose()
        try:
            fits = strategy.hit(item, *key)
        except Exception as problem:  # `limits` wraps what Redis raises; any failure of a limiter means: count here
            log.warning("rate_limits_fall_back", problem=type(problem).__name__)
            self._shared_down_until = read_monotonic() + _RETRY_REDIS_AFTER_SECONDS
            strategy = self._local
            fits = strategy.hit(item, *key)
        if not fits:
            raise RateLimited(retry_after=self._wait(strategy, item, key))

    def _choose(self) -> MovingWindowRateLimiter:
        if self._shared is not None and read_monotonic() >= self._shared_down_until:
            return self._shared
        return self._local

    def _wait(self, strategy: MovingWindowRateLimiter, item: RateLimitItem, key: Sequence[str]) -> timedelta:
        import time

        try:
            reset_at = strategy.get_window_stats(item, *key).reset_time
        except Exception:
            return timedelta(seconds=item.get_expiry())
        return timedelta(seconds=max(0.1, min(reset_at - time.time(), item.get_expiry())))


class NoLimits(RateLimiter):
    """RATE_LIMITS=off: for benchmarks; the system check `warmlijn.E007` refuses it in production."""

    def _count(self, item: RateLimitItem, key: Sequence[str]) -> None:
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
