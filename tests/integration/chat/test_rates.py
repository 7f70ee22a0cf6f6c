"""Rates: beyond them nothing is stored, the answer says how long to wait, and others are not slowed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.foundation.ids import make_id
from server.foundation.rate_limits import RateLimiter, replace_limiter
from server.foundation.rates import DEVICE_RATES, USER_FACTOR
from tests.cast import Cast, Frame, Rest
from tests.integration.chat.turning import shut
from tests.integration.chat.witness import nothing_changes
from tests.integration.realtime.house import House, do


@pytest.fixture(autouse=True)
def counting() -> Iterator[None]:
    """Count in this process from nought."""
    replace_limiter(RateLimiter())
    yield
    replace_limiter(None)


SENDS, SECONDS = DEVICE_RATES["send"][0]


def is_limited(answer: Frame, seconds: int) -> bool:
    """Tell whether this is the refusal of a limiter, with a time to wait."""
    assert (answer["code"], answer["retry"]) == ("rate.limited", "after")
    return bool(0 < answer["retry_after_ms"] <= seconds * 1_000)


async def test_the_21st_message_in_ten_seconds_is_refused_and_not_stored(cast: Cast, house: House) -> None:
    assert (SENDS, SECONDS) == (20, 10)
    ada, ben = await house.open(cast.ada), await house.open(cast.ben)
    for _ in range(SENDS):
        assert (await ada.send(cast.pair))["type"] == "sent"
    async with nothing_changes():
        assert is_limited(await ada.send(cast.pair), SECONDS)
    assert (await ben.send(cast.pair))["type"] == "sent"


async def test_a_burst_in_one_batch_is_cut_at_the_same_place(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    for at in range(SENDS + 5):
        ada.tell("send", id=at, c=cast.pair, m=str(make_id()), body=f"{at}")
    answers = [await ada.answer_to(at) for at in range(SENDS + 5)]
    assert [one["type"] for one in answers] == ["sent"] * SENDS + ["error"] * 5
    assert [one["seq"] for one in answers[:SENDS]] == list(range(1, SENDS + 1))


async def test_rest_counts_as_a_device_and_all_devices_together_as_two(cast: Cast, house: House) -> None:
    phone, tablet = await house.open(cast.ada, "phone"), await house.open(cast.ada, "tablet")
    for client in (phone, tablet):
        for _ in range(SENDS):
            assert (await client.send(cast.pair))["type"] == "sent"
    assert USER_FACTOR == 2
    async with nothing_changes():
        answer = await do(
            lambda: Rest(cast.ada).post(f"/conversations/{cast.pair}/messages", m=str(make_id()), body="hoi")
        )
        assert (answer.status, is_limited(answer.body, SECONDS)) == (429, True)
        assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("kind", ["read", "withdraw"])
async def test_reads_and_withdrawals_have_a_rate(cast: Cast, house: House, kind: str) -> None:
    await do(lambda: shut(cast))
    mid = (await do(lambda: cast.accept(cast.ada))).message_id
    ada = await house.open(cast.ada)
    fields = {"upto": 0} if kind == "read" else {"mid": mid}
    answers = [await ada.ask(kind, c=cast.pair, **fields) for _ in range(20)]
    refused = [one for one in answers if one.get("code") == "rate.limited"]
    assert refused
    assert all(is_limited(one, 1) for one in refused)


async def test_sync_has_a_rate(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    answers = [await ada.sync(str(ada.cursor)) for _ in range(10)]
    refused = [one for one in answers if one["type"] == "error"]
    assert refused
    assert all(is_limited(one, 1) for one in refused)
    assert (await ada.ask("ping"))["type"] == "pong"


async def test_a_request_that_was_refused_for_its_form_costs_nothing(cast: Cast, house: House) -> None:
    ada = await house.open(cast.ada)
    for _ in range(15):
        ada.tell_text('{"type":"send","id":"x","c":"x"}')
    for _ in range(SENDS):
        assert (await ada.send(cast.pair))["type"] == "sent"
