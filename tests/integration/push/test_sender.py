"""The sender when something goes wrong: dead tokens, refusals, outages, a wrong configuration, a worker that dies."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory

from server.accounts.actions.devices import register_device
from server.accounts.actions.sessions import start_session
from server.accounts.models import Device
from server.events.relay import step_relay
from server.foundation.clock import read_clock
from server.health import answer_readyz
from server.push.actions.leasing import take_deliveries
from server.push.actions.settling import RETRY, Settled, settle
from server.push.actions.waking import wake_held
from server.push.backends.choosing import find_backend, find_call_backend
from server.push.backends.port import Outcome, Push, Verdict
from server.push.models import Decision, Delivery, StoppedBackend
from server.push.rules.deciding import DROPPED, HELD, NO_BACKEND, Ruling
from server.push.rules.retrying import LEASE, PROBE_EVERY
from server.push.tasks import step_call, step_prune, step_send
from server.wiring import LISTENERS
from tests.cast import Cast, make_cast
from tests.integration.push.desk import SENT, StandIn, get_delivery, give_phone, list_decisions, work
from tests.integration.safety.evening import press, put_on_call
from tests.witness import nothing_changes

Clock = time_machine.Traveller
SOON = timedelta(seconds=3)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def waiting(cast: Cast, clock: Clock, backend: StandIn) -> Cast:
    """Ben and Ada have phones, and a message waits for each: Ben's comes first."""
    give_phone(cast.ben)
    give_phone(cast.ada)
    cast.accept(cast.ada)
    clock.shift(timedelta(milliseconds=10))
    cast.accept(cast.ben)
    work(backend)
    clock.shift(SOON)
    return cast


def is_bens(push: Push, cast: Cast) -> bool:
    return push.token == f"token-of-{cast.ben.id}"


def test_a_dead_token_is_forgotten_and_the_others_go_on(waiting: Cast, backend: StandIn) -> None:
    backend.answer = lambda push: Outcome(Verdict.GONE, "unregistered") if is_bens(push, waiting) else SENT
    assert len(work(backend)) == 2
    assert list_decisions(waiting.ben) == [("message", "dropped", "token_gone")]
    assert list_decisions(waiting.ada) == [("message", "sent", "always")]
    assert [str(one.person_id) for one in Device.objects.all()] == [waiting.ada.id]


def test_a_token_that_was_registered_after_the_push_was_sent_stays(waiting: Cast, backend: StandIn) -> None:
    now = read_clock()

    def answer(push: Push) -> Outcome:
        Device.objects.filter(push_token=push.token).update(registered_at=now + timedelta(seconds=1))
        return Outcome(Verdict.GONE, "unregistered")

    backend.answer = answer
    work(backend, now)
    assert Device.objects.count() == 2


def test_an_outage_is_waited_out(waiting: Cast, clock: Clock, backend: StandIn) -> None:
    backend.always(Verdict.RETRY, "unavailable")
    seen = []
    for _ in range(4):
        assert len(work(backend)) == 2
        delivery = get_delivery(waiting.ben)
        assert delivery.state == "waiting"
        seen.append(delivery.due_at - read_clock())
        clock.move_to(max(Delivery.objects.values_list("due_at", flat=True)))
    assert seen == sorted(seen)
    assert list_decisions(waiting.ben) == []
    backend.answer = lambda _: SENT
    assert len(work(backend)) == 2
    assert list_decisions(waiting.ben) == [("message", "sent", "open")]


def test_a_message_that_joins_tries_that_failed_waits_a_minute_at_most(
    waiting: Cast, clock: Clock, backend: StandIn
) -> None:
    backend.always(Verdict.RETRY, "unavailable")
    for _ in range(4):
        work(backend)
        clock.move_to(max(Delivery.objects.values_list("due_at", flat=True)))
    work(backend)
    assert get_delivery(waiting.ben).due_at > read_clock() + 2 * MINUTE
    waiting.accept(waiting.ada)
    assert work(backend) == []
    assert timedelta(seconds=59) < get_delivery(waiting.ben).due_at - read_clock() <= MINUTE


def test_what_the_service_asks_to_wait_is_waited(waiting: Cast, clock: Clock, backend: StandIn) -> None:
    backend.always(Verdict.RETRY, "quota", 120.0)
    work(backend)
    clock.shift(timedelta(seconds=119))
    assert work(backend) == []
    clock.shift(timedelta(seconds=2))
    assert len(work(backend)) == 2


def test_a_push_that_can_never_be_sent_is_parked_alone(waiting: Cast, backend: StandIn) -> None:
    backend.answer = lambda push: Outcome(Verdict.BROKEN, "bad_token") if is_bens(push, waiting) else SENT
    assert len(work(backend)) == 2
    assert list_decisions(waiting.ben) == [("message", "failed", "bad_token")]
    assert Decision.objects.get(person_id=waiting.ben.id).rule_id == "bad_token"
    assert list_decisions(waiting.ada) == [("message", "sent", "always")]
    assert work(backend) == []


def test_where_no_backend_reaches_only_a_call_is_an_alarm(
    cast: Cast, clock: Clock, backend: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    give_phone(cast.ada)
    give_phone(cast.noor)
    put_on_call(cast, cast.noor)
    backend.always(Verdict.UNREACHED, NO_BACKEND)
    cast.accept(cast.ben)
    press(cast.ada)
    work(backend)
    clock.shift(SOON)
    work(backend)
    assert list_decisions(cast.ada) == [("message", "dropped", "no_backend")]
    assert list_decisions(cast.noor) == [("page", "failed", "no_backend")]
    alarms = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [str(cast.noor.id) in one for one in alarms if "push_decided" in one] == [True]


def test_a_poisoned_delivery_is_parked_and_the_others_go_on(waiting: Cast, backend: StandIn) -> None:
    def answer(push: Push) -> Outcome:
        if is_bens(push, waiting):
            raise ValueError("nobody has thought of this one")
        return SENT

    backend.answer = answer
    work(backend)
    assert list_decisions(waiting.ben) == [("message", "failed", "broken")]
    assert list_decisions(waiting.ada) == [("message", "sent", "always")]


def test_a_wrong_configuration_stops_everything_and_loses_nothing(
    waiting: Cast, clock: Clock, backend: StandIn
) -> None:
    backend.always(Verdict.STOPPED, "forbidden")
    assert len(work(backend)) == 2
    assert StoppedBackend.objects.get().cause == "forbidden"
    assert json.loads(answer_readyz(RequestFactory().get("/readyz")).content)["push"] == "not ok"
    clock.shift(PROBE_EVERY - timedelta(seconds=1))
    assert work(backend) == []
    clock.shift(SOON)
    assert len(work(backend)) == 1, "one is tried"
    assert StoppedBackend.objects.exists()
    backend.answer = lambda _: SENT
    clock.shift(PROBE_EVERY + SOON)
    assert len(work(backend)) == 2
    assert not StoppedBackend.objects.exists()
    assert list_decisions(waiting.ben) == [("message", "sent", "open")]
    assert list_decisions(waiting.ada) == [("message", "sent", "always")]


def test_a_backend_that_is_no_longer_used_does_not_stay_stopped(waiting: Cast, backend: StandIn) -> None:
    then = read_clock() - PROBE_EVERY
    StoppedBackend.objects.create(backend="another", stopped_at=then, cause="forbidden", probe_at=then)
    assert len(work(backend)) == 2
    assert not StoppedBackend.objects.exists()


def test_an_outage_while_it_is_tried_says_nothing_about_the_configuration(
    waiting: Cast, clock: Clock, backend: StandIn
) -> None:
    backend.always(Verdict.STOPPED, "no_credentials")
    work(backend)
    backend.always(Verdict.RETRY, "unavailable")
    clock.shift(PROBE_EVERY + SOON)
    assert len(work(backend)) == 1
    assert StoppedBackend.objects.exists()


def test_a_worker_that_dies_after_sending_repeats_it_under_the_same_name(
    waiting: Cast, clock: Clock, backend: StandIn
) -> None:
    class Killed(BaseException):
        """What a SIGKILL looks like from inside: nothing after it runs."""

    def answer(_: Push) -> Outcome:
        raise Killed

    backend.answer = answer
    with pytest.raises(Killed):
        step_send(read_clock(), backend.find)
    first = backend.take()
    backend.answer = lambda _: SENT
    clock.shift(LEASE - timedelta(seconds=1))
    assert work(backend) == []
    clock.shift(SOON)
    again = work(backend)
    assert {(one.delivery_id, one.collapse_id) for one in again} == {
        (one.delivery_id, one.collapse_id) for one in first
    }
    assert list_decisions(waiting.ben) == [("message", "sent", "open")]


def test_a_worker_that_comes_too_late_changes_nothing(waiting: Cast, clock: Clock, backend: StandIn) -> None:
    held = take_deliveries(["android"], now=read_clock())
    assert len(held) == 2
    assert work(backend) == []
    clock.shift(LEASE)
    assert len(take_deliveries(["android"], now=read_clock())) == 2  # another worker's now
    with nothing_changes():
        settle([Settled(one, Ruling(DROPPED, "read")) for one in held], now=read_clock())
        settle([Settled(one, Ruling(HELD, "pause", until=read_clock())) for one in held], now=read_clock())


def test_what_joins_in_a_worker_s_hands_is_not_dropped_with_the_rest(
    waiting: Cast, clock: Clock, backend: StandIn
) -> None:
    held = take_deliveries(["android"], now=read_clock())
    clock.shift(SOON)
    waiting.accept(waiting.ada)
    step_relay(read_clock(), LISTENERS)
    settle([Settled(one, Ruling(DROPPED, "read")) for one in held], now=read_clock())
    assert list_decisions(waiting.ada) == [("message", "dropped", "read")]
    [push] = work(backend)
    assert is_bens(push, waiting)


def test_what_joins_in_a_worker_s_hands_keeps_its_own_time(waiting: Cast, clock: Clock, backend: StandIn) -> None:
    held = take_deliveries(["android"], now=read_clock())
    clock.shift(SOON)
    waiting.accept(waiting.ada)
    step_relay(read_clock(), LISTENERS)
    joined = get_delivery(waiting.ben).expires_at
    settle([Settled(one, Ruling(RETRY, "cut", until=read_clock()), 1) for one in held], now=read_clock())
    assert get_delivery(waiting.ben).expires_at == joined > get_delivery(waiting.ada).expires_at


def test_hours_that_change_in_a_worker_s_hands_make_its_answer_last_for_no_time(
    waiting: Cast, clock: Clock, backend: StandIn
) -> None:
    now, later = read_clock(), read_clock() + timedelta(days=1)
    held = take_deliveries(["android"], now=now)
    wake_held(person_ids=[waiting.ben.id], now=now)
    settle([Settled(one, Ruling(HELD, "pause", until=later)) for one in held], now=now)
    assert get_delivery(waiting.ben).due_at == now
    assert get_delivery(waiting.ada).due_at == later


def test_the_page_goes_ahead_of_a_crowd(waiting: Cast, backend: StandIn) -> None:
    Delivery.objects.filter(person_id=waiting.ada.id).update(urgent=True)
    [taken] = take_deliveries(["android"], now=read_clock())
    assert taken.person_id == waiting.ada.id


def test_calls_have_a_loop_of_their_own(waiting: Cast, backend: StandIn) -> None:
    Delivery.objects.filter(person_id=waiting.ada.id).update(urgent=True)
    assert step_call(read_clock(), backend.find)
    [push] = backend.take()
    assert not is_bens(push, waiting)
    assert not step_call(read_clock(), backend.find)
    assert find_call_backend("android") is not find_backend("android")


def test_two_workers_send_each_push_once(on_postgres: None, clock: Clock) -> None:
    cast = make_cast()
    give_phone(cast.ben)
    give_phone(cast.ada)
    backend = StandIn()
    for _ in range(3):
        cast.accept(cast.ada)
        cast.accept(cast.ben)
    work(backend)
    clock.shift(SOON)
    now = read_clock()

    def step(_: int) -> None:
        try:
            step_send(now, backend.find)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(step, range(8)))
    assert len(backend.take()) == 2
    assert Delivery.objects.filter(state="sent").count() == 2


def test_the_statements_do_not_grow_with_the_batch(cast: Cast, clock: Clock, backend: StandIn) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("its driver says what it runs")
    give_phone(cast.ben)
    counts = []
    for size in (1, 6):
        for number in range(size):
            give_ben_another_phone(cast, f"{size}-{number}")
        cast.accept(cast.ada)
        work(backend)
        clock.shift(MINUTE)
        statements: list[str] = []
        connection.connection.set_trace_callback(statements.append)
        assert step_send(read_clock(), backend.find)
        connection.connection.set_trace_callback(None)
        counts.append(len([one for one in statements if not one.startswith(("SAVEPOINT", "RELEASE", "UPDATE", "INS"))]))
    assert counts[0] == counts[1]


def give_ben_another_phone(cast: Cast, name: str) -> None:
    """Give Ben one more device, over a session of its own."""
    session, _ = start_session(person_id=cast.ben.person.id, device_name=name, now=read_clock())
    register_device(session=session, push_token=f"token-{name}", platform="android", now=read_clock())


def test_what_is_over_is_forgotten_in_time(waiting: Cast, clock: Clock, backend: StandIn) -> None:
    work(backend)
    clock.shift(timedelta(days=89))
    assert not step_prune(read_clock())
    clock.shift(timedelta(days=2))
    assert step_prune(read_clock())
    assert (Delivery.objects.count(), Decision.objects.count()) == (0, 2)
    clock.shift(timedelta(days=310))
    assert step_prune(read_clock())
    assert Decision.objects.count() == 0
