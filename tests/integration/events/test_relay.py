"""The relay: at least once, in batches, and one poisoned fact holds up no other."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from server.events.facts import BlockPlaced, PersonSuspended
from server.events.models import OutboxEvent
from server.events.outbox import record_facts
from server.events.relay import BACK_OFF, PARK_AFTER_ATTEMPTS, Listeners, Part, count_waiting, step_relay

NOW = datetime(2026, 11, 21, 20, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """Remembers what it heard; refuses what it was told to refuse."""

    def __init__(self, poison: str = "", problem: type[Exception] = ValueError) -> None:
        self.heard: list[list[str]] = []
        self._poison, self._problem = poison, problem

    def __call__(self, facts: Sequence[Any], now: datetime) -> None:
        """Hear facts."""
        self.heard.append([one.person_id for one in facts])
        if self._poison in self.heard[-1]:
            raise self._problem(self._poison)

    @property
    def seen(self) -> list[str]:
        """Everyone heard of, in order."""
        return [one for batch in self.heard for one in batch]


def listeners(*who: Listener) -> Listeners:
    """Return a switchboard with these."""
    return {PersonSuspended: list(who)}


def record(*names: str, at: datetime = NOW) -> None:
    """Record a fact about each."""
    with transaction.atomic():
        record_facts([PersonSuspended(name) for name in names], now=at)


def test_facts_are_handed_on_in_one_batch_and_then_gone() -> None:
    record("a", "b", "c")
    one, other = Listener(), Listener()
    assert step_relay(NOW, listeners(one, other)) is True
    assert one.heard == other.heard == [["a", "b", "c"]]
    assert not OutboxEvent.objects.exists()
    assert step_relay(NOW, listeners(one, other)) is False
    assert len(one.heard) == 1


def test_a_fact_that_nobody_hears_is_done_with() -> None:
    record("a")
    with transaction.atomic():
        record_facts([BlockPlaced("a", "b")], now=NOW)
    assert [step_relay(NOW, {}) for _ in range(3)] == [True, True, False]
    assert not OutboxEvent.objects.exists()


def test_a_step_is_bounded() -> None:
    record(*"abcde")
    one = Listener()
    while step_relay(NOW, listeners(one), most=2):
        pass
    assert one.heard == [["a", "b"], ["c", "d"], ["e"]]


def test_what_is_not_due_waits() -> None:
    record("later", at=NOW + timedelta(seconds=1))
    one = Listener()
    assert step_relay(NOW, listeners(one)) is False
    assert step_relay(NOW + timedelta(seconds=1), listeners(one)) is True
    assert one.seen == ["later"]


class Crash(BaseException):
    """The worker is killed: no handler of errors sees it."""


def test_what_was_handed_on_but_not_committed_comes_again() -> None:
    record("a", "b")
    heard: list[int] = []

    def die(facts: Sequence[Any], now: datetime) -> None:
        heard.append(len(facts))
        raise Crash

    with pytest.raises(Crash):
        step_relay(NOW, {PersonSuspended: [die]})
    one = Listener()
    assert step_relay(NOW, listeners(one)) is True
    assert (heard, one.seen) == ([2], ["a", "b"])


def test_a_poisoned_fact_holds_up_no_other() -> None:
    record("a", "poison", "c")
    one = Listener("poison")
    assert step_relay(NOW, listeners(one)) is True
    assert one.heard == [["a", "poison", "c"], ["a"], ["poison"], ["c"]]
    (left,) = OutboxEvent.objects.all()
    assert (left.payload["person_id"], left.attempts, left.failure) == ("poison", 1, "ValueError")
    assert left.due_at == NOW + timedelta(seconds=BACK_OFF[0])
    assert left.parked_at is None


def test_what_a_listener_wrote_before_it_failed_is_undone() -> None:
    record("poison")

    def write_and_fail(facts: Sequence[Any], now: datetime) -> None:
        record_facts([BlockPlaced("x", "y")], now=now)
        raise ValueError

    assert step_relay(NOW, {PersonSuspended: [write_and_fail]}) is True
    assert not OutboxEvent.objects.filter(name=BlockPlaced.fact_name).exists()


def test_a_listener_that_fails_undoes_nothing_of_what_others_did() -> None:
    record("a", "poison")
    heard: list[str] = []

    def write(facts: Sequence[Any], now: datetime) -> None:
        record_facts([BlockPlaced(one.person_id, "y") for one in facts], now=now)

    def fail(facts: Sequence[Any], now: datetime) -> None:
        heard.extend(one.person_id for one in facts)
        if "poison" in heard[-len(facts) :]:
            raise ValueError

    for order in ([write, fail], [fail, write]):
        OutboxEvent.objects.filter(name=BlockPlaced.fact_name).delete()
        OutboxEvent.objects.filter(name=PersonSuspended.fact_name).update(due_at=NOW)
        assert step_relay(NOW, {PersonSuspended: order}) is True
        written = OutboxEvent.objects.filter(name=BlockPlaced.fact_name, payload__blocker_id="poison")
        assert written.count() == 1
    assert OutboxEvent.objects.get(name=PersonSuspended.fact_name).attempts == 2


def test_a_fact_that_always_fails_backs_off_and_is_parked_in_the_end() -> None:
    record("poison")
    one, now = Listener("poison"), NOW
    pauses = []
    for _ in range(PARK_AFTER_ATTEMPTS):
        assert step_relay(now, listeners(one)) is True
        row = OutboxEvent.objects.get()
        pauses.append((row.due_at - now).total_seconds())
        assert step_relay(row.due_at - timedelta(microseconds=1), listeners(one)) is False
        now = row.due_at
    assert pauses == [*BACK_OFF[:7], BACK_OFF[-1]][:PARK_AFTER_ATTEMPTS]
    assert (row.attempts, row.parked_at) == (PARK_AFTER_ATTEMPTS, now - timedelta(seconds=pauses[-1]))
    heard = len(one.heard)
    assert step_relay(now + timedelta(days=1), listeners(one)) is False
    assert len(one.heard) == heard, "a parked fact waits for a person"


def test_a_database_that_is_away_is_no_facts_fault() -> None:
    record("a")
    with pytest.raises(OperationalError):
        step_relay(NOW, listeners(Listener("a", OperationalError)))
    row = OutboxEvent.objects.get()
    assert (row.attempts, row.due_at) == (0, NOW)


@pytest.mark.parametrize("code", ["40P01", "55P03", "57014"])
def test_a_fact_that_somebody_is_in_the_way_of_holds_up_no_other(code: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks the whole database")
    record("a", "blocked", "c")
    heard: list[str] = []

    def listen(facts: Sequence[Any], now: datetime) -> None:
        if "blocked" in [one.person_id for one in facts]:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '{code}'; END $$")
        heard.extend(one.person_id for one in facts)

    assert step_relay(NOW, {PersonSuspended: [listen]}) is True
    assert heard == ["a", "c"]
    row = OutboxEvent.objects.get()
    assert (row.payload["person_id"], row.attempts, row.failure) == ("blocked", 1, "OperationalError")
    assert row.due_at == NOW + timedelta(seconds=BACK_OFF[0])


def test_a_step_hands_on_one_kind_the_oldest_first() -> None:
    record("a")
    with transaction.atomic():
        record_facts([BlockPlaced("x", "y")], now=NOW)
    record("b")
    one = Listener()
    blocks: list[Any] = []
    heard: Listeners = {PersonSuspended: [one], BlockPlaced: [lambda facts, now: blocks.extend(facts)]}
    assert step_relay(NOW, heard) is True
    assert (one.heard, blocks) == ([["a", "b"]], [])
    assert step_relay(NOW, heard) is True
    assert len(blocks) == 1
    assert step_relay(NOW, heard) is False


def test_a_part_is_handed_on_by_itself() -> None:
    record("a")
    with transaction.atomic():
        record_facts([BlockPlaced("b", "c")], now=NOW)
    heard: list[str] = []

    def listen(facts: Sequence[Any], now: datetime) -> None:
        heard.extend(type(one).__name__ for one in facts)

    both: Listeners = {PersonSuspended: [listen], BlockPlaced: [listen]}
    blocks = Part([BlockPlaced.fact_name], among=True)
    assert [step_relay(NOW, both, part=blocks) for _ in range(2)] == [True, False]
    assert heard == ["BlockPlaced"]
    assert [step_relay(NOW, both, part=Part(blocks.names)) for _ in range(2)] == [True, False]
    assert heard == ["BlockPlaced", "PersonSuspended"]


def test_a_fact_of_an_unknown_name_is_put_back_for_a_server_that_knows_it() -> None:
    record("a")
    OutboxEvent.objects.update(name="rooms.not_built_yet")
    record("b")
    one = Listener()
    assert [step_relay(NOW, listeners(one)) for _ in range(3)] == [True, True, False]
    assert one.seen == ["b"]
    assert OutboxEvent.objects.get().failure == "KeyError"


def test_waiting_and_parked_are_counted_with_the_age_of_the_oldest() -> None:
    assert count_waiting(NOW) == (0, 0, 0.0)
    record("old", at=NOW - timedelta(seconds=90))
    record("new")
    record("later", at=NOW + timedelta(hours=1))
    record("parked")
    OutboxEvent.objects.filter(payload__person_id="parked").update(parked_at=NOW)
    assert count_waiting(NOW) == (2, 1, 90.0)


def test_two_workers_hand_on_each_fact_once() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time by construction")
    record(*[f"{at}" for at in range(60)])
    one = Listener()

    def work() -> int:
        try:
            steps = 0
            while step_relay(NOW, listeners(one), most=5):
                steps += 1
            return steps
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        for future in [threads.submit(work) for _ in range(3)]:
            future.result(60)
    assert sorted(one.seen, key=int) == [f"{at}" for at in range(60)]
