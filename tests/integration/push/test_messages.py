"""A message on its way to a phone: when it rings, when it does not, and what its owner reads about that."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from server.accounts.actions.sessions import end_session
from server.accounts.actions.suspensions import suspend_person
from server.availability.actions.hours import set_hours
from server.chat.actions.receipts import mark_read
from server.events.facts import MessageAccepted
from server.events.relay import step_relay
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.push.backends.port import Outcome, Push
from server.push.handlers import on_message_accepted
from server.push.models import Decision, Delivery
from server.push.rules.deciding import PATIENT_FOR
from server.push.rules.retrying import QUIET_FOR
from server.wiring import LISTENERS
from tests.cast import Cast
from tests.integration.availability.people import card_of
from tests.integration.push.desk import SENT, StandIn, get_delivery, give_phone, list_decisions, work
from tests.integration.realtime.devices import connect
from tests.integration.safety.evening import ENDS, give_evening

Clock = time_machine.Traveller
SOON = timedelta(seconds=3)
TOMORROW = timedelta(hours=22, minutes=30)  # from half past eight to 19:00


def test_a_message_rings_after_two_seconds_and_says_nothing(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    cast.accept(cast.ada, "a secret")
    assert work(backend) == []
    clock.shift(SOON)
    [push] = work(backend)
    assert (push.kind, push.platform, push.token) == ("message", "android", f"token-of-{cast.ben.id}")
    assert "secret" not in repr(push)
    assert cast.pair not in repr(push)
    assert push.subject is None
    assert not push.breaks_silence
    assert list_decisions(cast.ben) == [("message", "sent", "open")]
    clock.shift(timedelta(days=1))
    assert work(backend) == []


def test_nobody_is_told_of_their_own_words(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ada)
    cast.accept(cast.ada)
    clock.shift(SOON)
    assert work(backend) == []
    assert not Delivery.objects.exists()


def test_ten_lines_buzz_once_and_later_ones_not_within_the_quiet(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    for line in range(10):
        cast.accept(cast.ada, f"line {line}")
    clock.shift(SOON)
    [first] = work(backend)
    assert list_decisions(cast.ben) == [("message", "merged", "joined"), ("message", "sent", "open")]
    assert Decision.objects.get(decision="merged").count == 9
    cast.accept(cast.ada, "and one more")
    clock.shift(SOON)
    assert work(backend) == []
    clock.shift(QUIET_FOR)
    [second] = work(backend)
    assert second.collapse_id == first.collapse_id
    assert second.delivery_id != first.delivery_id


def test_what_comes_while_the_push_is_under_way_rings_again(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    cast.accept(cast.ada)
    clock.shift(SOON)

    def answer(_: Push) -> Outcome:
        if Delivery.objects.get().seq == 1:
            cast.accept(cast.ada, "one more")
            step_relay(read_clock(), LISTENERS)
        return SENT

    backend.answer = answer
    assert len(work(backend)) == 1
    assert list_decisions(cast.ben) == [("message", "merged", "joined"), ("message", "sent", "open")]
    clock.shift(QUIET_FOR)
    assert len(work(backend)) == 1


def test_outside_the_hours_it_is_held_until_the_opening(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    give_evening(cast.ben)
    clock.shift(ENDS)
    cast.accept(cast.ada)
    clock.shift(SOON)
    assert work(backend) == []
    assert list_decisions(cast.ben) == [("message", "held", "outside_hours")]
    held = Decision.objects.get(decision="held")
    assert held.until == get_delivery(cast.ben).due_at
    assert held.rule_id == "weekly"
    clock.move_to(held.until - timedelta(seconds=1))
    assert work(backend) == []
    clock.move_to(held.until + SOON)
    [push] = work(backend)
    assert push.may_until == held.until + timedelta(hours=3)
    assert push.ttl_seconds == 3 * 3600 - SOON.total_seconds()


def test_hours_that_change_wake_what_is_held(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    give_evening(cast.ben)
    clock.shift(ENDS)
    cast.accept(cast.ada)
    clock.shift(SOON)
    assert work(backend) == []
    clock.shift(SOON)
    late = [{"weekday": 2, "start": "19:00", "end": "23:00"}]
    set_hours(actor=card_of(cast.ben), zone="Europe/Amsterdam", windows=late, now=read_clock())
    assert len(work(backend)) == 1
    assert list_decisions(cast.ben) == [("message", "held", "outside_hours"), ("message", "sent", "open")]


def test_a_window_that_ends_before_it_was_sent_holds_it(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    give_evening(cast.ben)
    clock.shift(ENDS - timedelta(seconds=1))
    cast.accept(cast.ada)
    clock.shift(SOON)
    assert work(backend) == []
    assert list_decisions(cast.ben) == [("message", "held", "outside_hours")]


def test_what_was_read_meanwhile_does_not_ring(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    seq = cast.accept(cast.ada).seq
    mark_read(
        person_id=cast.ben.id, session_id=cast.ben.session_id, conversation_id=cast.pair, upto=seq, now=read_clock()
    )
    clock.shift(SOON)
    assert work(backend) == []
    assert list_decisions(cast.ben) == [("message", "dropped", "read")]


def test_a_device_that_has_it_does_not_ring(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    cast.accept(cast.ada)
    connect(cast.ben, cast.ben.session_id, "phone")
    clock.shift(SOON)
    assert work(backend) == []
    assert list_decisions(cast.ben) == [("message", "dropped", "acked")]


def test_a_device_that_lags_behind_rings(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    cast.accept(cast.ada)
    connect(cast.ben, cast.ben.session_id, "phone", behind=1)
    clock.shift(SOON)
    assert len(work(backend)) == 1


def test_seen_on_another_device_it_waits_once(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    cast.accept(cast.ada)
    connect(cast.ben, str(cast.eve.session.id), "laptop")
    clock.shift(SOON)
    assert work(backend) == []
    assert list_decisions(cast.ben) == []
    clock.shift(PATIENT_FOR - timedelta(seconds=1))
    assert work(backend) == []
    clock.shift(SOON)
    assert len(work(backend)) == 1


def test_a_session_that_ended_takes_what_waits_with_it(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    cast.accept(cast.ada)
    work(backend)
    end_session(session_id=cast.ben.session_id, reason="signed_out", now=read_clock())
    clock.shift(SOON)
    assert work(backend) == []
    assert list_decisions(cast.ben) == [("message", "dropped", "signed_out")]
    assert Decision.objects.get().rule_id == get_delivery(cast.ben).rule_id == "signed_out"


def test_somebody_who_is_shut_out_hears_nothing(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben)
    cast.accept(cast.ada)
    work(backend)
    suspend_person(actor=cast.mara.person, person_id=cast.ben.id, now=read_clock())
    clock.shift(SOON)
    assert work(backend) == []
    assert {one[:2] for one in list_decisions(cast.ben)} == {("message", "dropped")}


def test_a_phone_whose_token_is_new_rings_by_the_new_one(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben, "old-token")
    cast.accept(cast.ada)
    work(backend)
    give_phone(cast.ben, "new-token")
    clock.shift(SOON)
    assert [one.token for one in work(backend)] == ["new-token"]


def test_a_phone_that_has_changed_hands_shows_the_new_owner_nothing(cast: Cast, clock: Clock, backend: StandIn) -> None:
    give_phone(cast.ben, "one-phone")
    cast.accept(cast.ada)
    work(backend)
    give_phone(cast.eve, "one-phone")
    clock.shift(SOON)
    assert work(backend) == []
    assert list_decisions(cast.ben) == [("message", "dropped", "moved")]
    assert list_decisions(cast.eve) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="its driver says what it runs")
@pytest.mark.parametrize("people", [1, 40])
def test_people_without_a_device_cost_one_statement(cast: Cast, people: int) -> None:
    facts = [
        MessageAccepted(str(make_id()), 1, str(make_id()), str(make_id()), (str(make_id()),), ()) for _ in range(people)
    ]
    statements: list[str] = []
    connection.connection.set_trace_callback(statements.append)
    on_message_accepted(facts, read_clock())
    connection.connection.set_trace_callback(None)
    assert len(statements) == 1
    assert not Delivery.objects.exists()
