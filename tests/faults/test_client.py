"""The client keeps PROTOCOL.md section 3, shown against a scripted peer."""

from typing import TypeVar

import pytest

from tests.faults import journal as j
from tests.faults.client import ORIGIN, Habits
from tests.faults.crew import wait_until
from tests.faults.line import LineEnded
from tests.faults.outbox import Draft
from tests.faults.standin import Peer, StandIn, events, stand_in

DRAFT = Draft("chat", "m1", "hoi")
Kind = TypeVar("Kind", bound=j.Entry)


def _list(peer: StandIn, kind: type[Kind]) -> list[Kind]:
    return [entry for entry in peer.journal.entries if isinstance(entry, kind)]


def _sent(frame: dict[str, object], dup: bool = False) -> dict[str, object]:
    place = {"c": "chat", "seq": 1, "mid": "mid1", "status": "stored", "at": "2026-01-01T20:00:00Z"}
    return {"re": frame["id"], "m": frame["m"], "dup": dup} | place


async def test_it_resumes_by_the_cursor_of_the_last_batch_it_applied() -> None:
    async def first(peer: Peer) -> None:
        assert (await peer.welcome())["cursor"] == "e.3"
        await peer.say("events", **events(3, 5))
        await peer.bye(4000)

    async def second(peer: Peer) -> None:
        assert (await peer.welcome())["cursor"] == "e.5"

    async with stand_in(first, second) as (peer, _):
        await peer.finish()
    assert [entry.pos for entry in _list(peer, j.Applied)] == [4, 5]


async def test_it_drops_an_old_batch_and_syncs_when_one_is_missing() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.say("events", **events(1, 3))
        await peer.say("events", **events(5, 6))
        assert (await peer.expect("sync"))["cursor"] == "e.3"
        await peer.say("events", re="sync", **events(3, 6))

    async with stand_in(script) as (peer, device):
        await peer.finish()
        assert await wait_until(lambda: device.position == 6, 2)
    assert [entry.pos for entry in _list(peer, j.Applied)] == [4, 5, 6]


async def test_without_a_usable_cursor_it_takes_the_snapshot_and_syncs_from_there() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome(resumed=False)
        assert (await peer.expect("sync"))["cursor"] == "e.7"
        await peer.say("events", re="sync", **events(7, 8))

    async with stand_in(script, cursor=None) as (peer, device):
        await peer.finish()
        assert await wait_until(lambda: device.position == 8, 2)
    assert [entry.cursor for entry in _list(peer, j.SnapshotTaken)] == ["e.7"]
    assert [entry.mid for entry in _list(peer, j.HistoryRead)] == ["mid1"]


async def test_a_reset_in_the_middle_starts_over() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.say("error", code="sync.reset_required", retry="never")
        assert (await peer.expect("sync"))["cursor"] == "e.7"

    async with stand_in(script) as (peer, _):
        await peer.finish()


async def test_it_acknowledges_after_twenty_events_and_before_closing() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.say("events", **events(3, 23))
        assert (await peer.expect("ack"))["cursor"] == "e.23"
        await peer.say("events", **events(23, 24))
        assert (await peer.expect("ack"))["cursor"] == "e.24"

    async with stand_in(script) as (peer, device):
        assert await wait_until(lambda: device.position == 24, 2)
        await device.close()
        await peer.finish()


async def test_a_lost_answer_is_an_unknown_outcome_and_the_retry_keeps_its_m() -> None:
    async def first(peer: Peer) -> None:
        await peer.welcome()
        await peer.expect("send")
        peer.cut()

    async def second(peer: Peer) -> None:
        await peer.welcome()
        frame = await peer.expect("send")
        assert frame["m"] == "m1"
        await peer.say("sent", **_sent(frame, dup=True))

    async with stand_in(first, second) as (peer, device):
        device.write(DRAFT)
        await peer.finish()
        assert await wait_until(lambda: len(device.outbox) == 0, 2)
    assert [entry.m for entry in _list(peer, j.Attempted)] == ["m1", "m1"]
    assert [entry.m for entry in _list(peer, j.Unanswered)] == ["m1"]
    assert [entry.dup for entry in _list(peer, j.Acknowledged)] == [True]


async def test_a_retryable_error_is_retried_and_a_final_one_is_not() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        first = await peer.expect("send")
        await peer.say("error", re=first["id"], code="rate.limited", retry="after", retry_after_ms=10)
        again = await peer.expect("send")
        assert again["m"] == first["m"]
        await peer.say("error", re=again["id"], code="conv.cannot_send", retry="never")
        other = await peer.expect("send")
        assert other["m"] == "m2"
        await peer.say("sent", **_sent(other))

    async with stand_in(script) as (peer, device):
        device.write(DRAFT)
        device.write(Draft("chat", "m2", "nog iets"))
        await peer.finish()
        assert await wait_until(lambda: len(device.outbox) == 0, 2)
    assert [(entry.code, entry.final) for entry in _list(peer, j.Refused)] == [
        ("rate.limited", False),
        ("conv.cannot_send", True),
    ]


async def test_the_servers_own_failure_counts_as_an_unknown_outcome() -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        frame = await peer.expect("send")
        await peer.say("error", re=frame["id"], code="server.unavailable", retry="same", retry_after_ms=10)
        await peer.say("sent", **_sent(await peer.expect("send")))

    async with stand_in(script) as (peer, device):
        device.write(DRAFT)
        await peer.finish()
    assert [entry.reason for entry in _list(peer, j.Unanswered)] == ["server.unavailable"]


async def test_a_browser_takes_a_ticket_and_names_its_origin() -> None:
    async def script(peer: Peer) -> None:
        assert (await peer.welcome())["ticket"] == "ticket-1"

    async with stand_in(script, habits=Habits(is_browser=True)) as (peer, _):
        await peer.finish()
    assert peer.headers[0]["Origin"] == ORIGIN
    assert "Authorization" not in peer.headers[0]


async def test_an_app_sends_its_bearer_and_no_ticket() -> None:
    async def script(peer: Peer) -> None:
        assert "ticket" not in await peer.welcome()

    async with stand_in(script) as (peer, _):
        await peer.finish()
    assert peer.headers[0]["Authorization"] == "Bearer token"
    assert "Origin" not in peer.headers[0]


@pytest.mark.parametrize(
    ("code", "retry_after", "least", "most"),
    [(4000, 0.2, 0.2, 0.6), (4100, None, 0.0, 0.4), (4200, None, 2.0, 2.4), (4303, None, 3.0, 3.0)],
)
async def test_the_close_code_says_when_to_come_back(
    code: int, retry_after: float | None, least: float, most: float
) -> None:
    device = StandIn([]).make_device()
    pause = device.pause_after(LineEnded(code, "script", retry_after))
    assert least <= pause <= most


@pytest.mark.parametrize("late_greetings", [0, 1])
async def test_only_a_greeting_given_up_explains_being_replaced_and_only_once(late_greetings: int) -> None:
    peer = StandIn([])
    device = peer.make_device()
    device._late_greetings = late_greetings
    device.pause_after(LineEnded(4303, "replaced"))
    assert len(_list(peer, j.Odd)) == 1 - late_greetings
    device.pause_after(LineEnded(4303, "replaced"))
    assert len(_list(peer, j.Odd)) == 2 - late_greetings


async def test_a_line_that_ends_before_its_welcome_counts_as_a_greeting_given_up() -> None:
    async def silent(peer: Peer) -> None:
        await peer.expect("hello")
        peer.cut()

    async def script(peer: Peer) -> None:
        await peer.welcome()

    async with stand_in(silent, script) as (peer, device):
        await peer.finish()
    assert device._late_greetings == 1
