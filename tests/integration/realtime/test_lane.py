"""The lane: plain messages need no thread, everything else gets one, and a lost connection loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection

from server.accounts.actions import lift_block, place_block
from server.chat import consumers
from server.chat.actions.accept import accept_messages
from server.chat.keys import CONVERSATION_KEYS
from server.chat.models import Message
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.foundation.postgres import PostgresPipeline
from server.realtime.lane import Lane
from tests.cast import Cast
from tests.integration.realtime.house import House, do

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no connection to wait for")
INSERT = "INSERT INTO chat_message"


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The bodies that a thread was asked to accept, in order."""
    seen: list[str] = []
    accept = accept_messages

    def watch(drafts: Any, **given: Any) -> Any:
        seen.extend(draft.body for draft in drafts)
        return accept(drafts, **given)

    monkeypatch.setattr(consumers, "accept_messages", watch)
    return seen


async def warm(cast: Cast, house: House, threads: list[str]) -> Any:
    """Return Ada's device, whose conversation's key this process knows by now."""
    ada = await house.open(cast.ada)
    await ada.send(cast.pair, "the first")
    threads.clear()
    return ada


async def test_a_plain_message_needs_no_thread(cast: Cast, house: House, threads: list[str]) -> None:
    ada, ben = await warm(cast, house, threads), await house.open(cast.ben)
    assert (await ada.send(cast.pair, "hoi"))["seq"] == 2
    assert (await ben.wait_for_event("msg.new", seq=2))["body"] == "hoi"
    assert threads == []


async def test_a_key_not_used_before_is_fetched_by_a_thread(cast: Cast, house: House, threads: list[str]) -> None:
    ada = await warm(cast, house, threads)
    CONVERSATION_KEYS.forget()
    assert (await ada.send(cast.pair, "again"))["type"] == "sent"
    assert threads == ["again"]


async def test_a_repeat_is_answered_by_a_thread_and_stored_once(cast: Cast, house: House, threads: list[str]) -> None:
    ada, m = await warm(cast, house, threads), str(make_id())
    first = await ada.send(cast.pair, "once", m=m)
    assert threads == []
    again = await ada.send(cast.pair, "once", m=m)
    assert threads == ["once"]
    assert (again["dup"], again["mid"], again["seq"]) == (True, first["mid"], first["seq"])
    assert await do(Message.objects.count) == 2


async def test_who_may_not_send_is_refused_without_a_trace(cast: Cast, house: House, threads: list[str]) -> None:
    ada = await warm(cast, house, threads)
    await do(lambda: place_block(blocker_id=cast.ben.id, blocked_id=cast.ada.id, now=read_clock()))
    assert (await ada.send(cast.pair, "no"))["code"] == "conv.cannot_send"
    assert threads == [], "nothing was to be written"
    assert await do(Message.objects.count) == 1
    await do(lambda: lift_block(blocker_id=cast.ben.id, blocked_id=cast.ada.id, now=read_clock()))
    assert (await ada.send(cast.pair, "yes"))["seq"] == 2, "and no number was used up"


def fail_at(monkeypatch: pytest.MonkeyPatch, statement: str, fail: Callable[[psycopg.Connection[Any]], None]) -> None:
    """Have something happen once, after a pipeline with this statement was handed to libpq."""
    send, failed = PostgresPipeline.send, list[str]()

    def watch(self: PostgresPipeline) -> bool:
        self._join_writes()
        hit = not failed and any(statement in sql for sql, *_ in self._waiting)
        sent = send(self)
        if hit:
            failed.append(statement)
            fail(self._raw)
        return sent

    monkeypatch.setattr(PostgresPipeline, "send", watch)


@pytest.mark.parametrize("statement", ["FROM chat_conversation", INSERT])
async def test_a_backend_that_is_ended_between_loses_and_doubles_nothing(
    cast: Cast, house: House, threads: list[str], monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    ada = await warm(cast, house, threads)

    def end(raw: psycopg.Connection[Any]) -> None:
        with psycopg.connect(raw.info.dsn, password=raw.info.password) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [raw.info.backend_pid])

    fail_at(monkeypatch, statement, end)
    sent = await ada.send(cast.pair, "all the same")
    assert (sent["type"], sent["seq"]) == ("sent", 2)
    assert set(threads) <= {"all the same"}
    assert await do(lambda: list(Message.objects.order_by("seq").values_list("seq", flat=True))) == [1, 2]
    threads.clear()
    assert (await ada.send(cast.pair, "and on"))["seq"] == 3
    assert threads == [], "the lane has a connection again"


async def test_after_a_commit_whose_answer_is_lost_the_message_is_there_once(
    cast: Cast, house: House, threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await warm(cast, house, threads)

    def lose(raw: psycopg.Connection[Any]) -> None:
        while raw.pgconn.flush():
            pass
        with psycopg.connect(raw.info.dsn, password=raw.info.password, autocommit=True) as other:
            while not other.execute("SELECT 1 FROM chat_message WHERE seq = 2").fetchone():
                pass
        raw.close()

    fail_at(monkeypatch, INSERT, lose)
    sent = await ada.send(cast.pair, "twice told")
    assert (sent["seq"], sent["dup"]) == (2, True)
    assert set(threads) == {"twice told"}
    assert await do(Message.objects.count) == 2


async def test_more_than_the_network_takes_at_once_goes_in_pieces(cast: Cast, house: House) -> None:
    lane = Lane()
    text = "x" * 8_000_000

    async def echo(line: Any) -> list[tuple[Any, ...]] | None:
        pipeline = line.open_pipeline()
        answers = [pipeline.ask("SELECT %(text)s::text", {"text": text}, "text") for _ in range(3)]
        await line.run(pipeline)
        await line.roll_back()
        return [row for answer in answers for row in answer.rows()]

    def never() -> list[tuple[Any, ...]]:
        raise AssertionError("a thread was asked")

    try:
        assert await lane.run(echo, never) == [(text,)] * 3
        assert await lane.run(echo, never) == [(text,)] * 3
    finally:
        await lane.stop()


async def test_a_goodbye_while_nobody_asks_is_heard(cast: Cast, house: House, threads: list[str]) -> None:
    ada = await warm(cast, house, threads)
    await ada.send(cast.pair, "before")
    line = house.hub.lane._line
    assert line is not None
    pid = line._raw.info.backend_pid

    def end() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])

    await do(end)
    assert (await ada.send(cast.pair, "after"))["seq"] == 3
    assert await do(Message.objects.count) == 3
    assert house.hub.lane._line is not line
