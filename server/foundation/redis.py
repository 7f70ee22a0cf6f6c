"""The door to Redis for everything but the Channels layer: rate limits and the readiness check. Hints, never data."""

from __future__ import annotations

import redis
from django.conf import settings

# Short, because whoever asks Redis goes on without it (PROTOCOL §4: losing Redis costs latency only).
TIMEOUT_SECONDS = 0.5


def is_redis_alive() -> bool:
    """Tell whether Redis answers a PING within TIMEOUT_SECONDS; True when none is configured."""
    if not settings.REDIS_URL:
        return True
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
        )
        with client:
            return bool(client.ping())
    except redis.RedisError:
        return False
