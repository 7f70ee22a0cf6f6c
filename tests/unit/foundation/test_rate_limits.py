"""Rates: counted per device and per user, over Redis while it answers, in the process while it does not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from limits import RateLimitItem

from server.foundation.errors import RateLimited
from server.foundation.rate_limits import NoLimits, RateLimiter, get_limiter, replace_limiter
from server.foundation.rates import DEVICE_RATES, DOOR_RATES, USER_FACTOR

BEGAN = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
SENDS, SECONDS = DEVICE_RATES["send"][0]


def send(limiter: RateLimiter, times: int = 1, device: str = "phone", user: str = "ada") -> None:
    """Count so many messages."""
    for _ in range(times):
        limiter.require_device_rate("send", device=device, user=user)


def test_one_more_than_the_rate_is_refused_until_the_window_has_moved_on() -> None:
    limiter = RateLimiter()
    with time_machine.travel(BEGAN, tick=False) as clock:
        send(limiter, SENDS)
        clock.shift(SECONDS - 1)
        with pytest.raises(RateLimited) as refused:
            send(limiter)
        assert refused.value.retry_after is not None
        assert 0 < refused.value.retry_after.total_seconds() <= 1
        clock.shift(1.01)
        send(limiter)


def test_the_window_moves_there_is_no_double_rate_at_its_edge() -> None:
    limiter = RateLimiter()
    with time_machine.travel(BEGAN, tick=False) as clock:
        clock.shift(SECONDS - 1)
        send(limiter, SENDS)
        clock.shift(2)
        with pytest.raises(RateLimited):
            send(limiter)


def test_the_longer_rate_counts_as_well() -> None:
    limiter = RateLimiter()
    (times, seconds), (more_times, _) = DEVICE_RATES["query"]
    with time_machine.travel(BEGAN, tick=False) as clock:
        for _ in range(more_times // times):
            for _ in range(times):
                limiter.require_device_rate("query", device="phone", user="ada")
            clock.shift(seconds + 0.01)
        with pytest.raises(RateLimited) as refused:
            limiter.require_device_rate("query", device="phone", user="ada")
    assert refused.value.retry_after is not None
    assert refused.value.retry_after.total_seconds() > seconds


def test_a_users_devices_share_twice_the_rate() -> None:
    limiter = RateLimiter()
    with time_machine.travel(BEGAN, tick=False):
        for device in range(USER_FACTOR):
            send(limiter, SENDS, device=f"device {device}")
        with pytest.raises(RateLimited):
            send(limiter, device="another")
        send(limiter, device="another", user="ben")


def test_actions_are_counted_apart() -> None:
    limiter = RateLimiter()
    (times, _), *_ = DEVICE_RATES["read"]
    assert DEVICE_RATES["read"] == DEVICE_RATES["withdraw"], "otherwise the numbers alone would keep them apart"
    with time_machine.travel(BEGAN, tick=False):
        for _ in range(times):
            limiter.require_device_rate("read", device="phone", user="ada")
        with pytest.raises(RateLimited):
            limiter.require_device_rate("read", device="phone", user="ada")
        limiter.require_device_rate("withdraw", device="phone", user="ada")


def test_a_door_counts_whoever_knocks() -> None:
    limiter = RateLimiter()
    times, _ = DOOR_RATES["sign_in_account"][0]
    with time_machine.travel(BEGAN, tick=False):
        for _ in range(times):
            limiter.require_door_rate("sign_in_account", "hash")
        with pytest.raises(RateLimited):
            limiter.require_door_rate("sign_in_account", "hash")
        limiter.require_door_rate("sign_in_account", "another")


def test_with_redis_away_it_counts_in_the_process() -> None:
    limiter = RateLimiter("redis://127.0.0.1:1/0")
    send(limiter, SENDS)
    with pytest.raises(RateLimited):
        send(limiter)


class Strategy:
    """Stands for the shared count."""

    def __init__(self) -> None:
        self.asked = 0
        self.broken = False

    def hit(self, item: RateLimitItem, *key: str) -> bool:
        """Count."""
        self.asked += 1
        if self.broken:
            raise ConnectionError
        return True


def test_while_redis_is_away_it_is_left_alone_for_a_while() -> None:
    limiter, shared = RateLimiter(), Strategy()
    limiter._shared = shared  # type: ignore[assignment]
    send(limiter)
    asked = shared.asked
    assert asked > 0
    shared.broken = True
    send(limiter, 3)
    assert shared.asked == asked + 1, "one failure, then nobody asks for a while"
    limiter._shared_down_until = 0.0
    shared.broken = False
    send(limiter)
    assert shared.asked > asked + 1


def test_a_lone_process_counts_its_devices_itself_and_who_knocks_in_redis() -> None:
    limiter, shared = RateLimiter(), Strategy()
    limiter._shared = shared  # type: ignore[assignment]
    limiter.alone = True
    send(limiter, SENDS)
    with pytest.raises(RateLimited):
        send(limiter)
    assert shared.asked == 0
    limiter.require_door_rate("sign_in_account", "hash")
    assert shared.asked == len(DOOR_RATES["sign_in_account"])


def test_off_counts_nothing() -> None:
    send(NoLimits(), 1_000)


def test_a_limiter_can_be_put_in_place() -> None:
    limiter = RateLimiter()
    replace_limiter(limiter)
    try:
        assert get_limiter() is limiter
    finally:
        replace_limiter(None)
    assert get_limiter() is not limiter
