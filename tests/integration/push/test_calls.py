"""What calls: pages, test pages, lines of the duty pool, hours that end; whom they reach, and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from server.accounts.actions.sessions import end_session
from server.availability.actions.telling import tell
from server.chat.actions.duty import ask_duty, claim_duty
from server.chat.models import DutyRequest
from server.events.facts import HoursEnding, PageQueued, PairingMoved, TestPageAsked
from server.events.outbox import record_facts
from server.foundation.clock import format_instant, read_clock
from server.foundation.ids import make_id
from server.push.actions.queueing import Want, queue_pushes
from server.push.backends.port import Verdict
from server.push.models import Delivery
from server.realtime.streams import EventDraft
from server.safety.actions.escalations import acknowledge, begin_escalation
from server.safety.actions.trials import ask_test_page, confirm_test_page
from server.safety.models import Escalation, Page, TrialPage
from server.safety.tasks import step_escalations, step_trials
from tests.cast import Cast
from tests.integration.availability.people import card_of, post
from tests.integration.chat.pool import open_pool
from tests.integration.push.desk import SENT, StandIn, get_delivery, give_phone, list_decisions, work
from tests.integration.realtime.devices import connect
from tests.integration.safety.evening import ENDS, give_evening, press, put_on_call

Clock = time_machine.Traveller
SECOND = timedelta(seconds=1)
SOON = timedelta(seconds=3)


def call_noor(cast: Cast) -> str:
    """Have Ada press the help button while Noor is on call; return the escalation's id."""
    put_on_call(cast, cast.noor)
    answer = press(cast.ada)
    assert answer.status == 201, answer.body
    return str(answer.body["escalation"]["id"])


def test_a_page_rings_at_once_and_an_emergency_breaks_the_silence(cast: Cast, backend: StandIn) -> None:
    give_phone(cast.noor, platform="ios")
    call_noor(cast)
    [push] = work(backend)
    page = Page.objects.get(person_id=cast.noor.id)
    assert (push.kind, push.subject, push.breaks_silence) == ("page", str(page.id), page.breaks_silence)
    assert page.breaks_silence
    assert list_decisions(cast.noor) == [("page", "sent", "always")]


def test_a_page_that_was_answered_does_not_ring_any_more(cast: Cast, backend: StandIn, clock: Clock) -> None:
    give_phone(cast.noor)
    give_phone(cast.ada)
    backend.always(Verdict.RETRY, "unavailable")
    escalation = call_noor(cast)
    assert len(work(backend)) == 1
    acknowledge(actor=card_of(cast.noor), escalation_id=escalation, now=read_clock())
    backend.answer = lambda _: SENT
    clock.shift(timedelta(minutes=1))
    [news] = work(backend)
    assert (news.kind, news.subject) == ("notice", None)
    assert list_decisions(cast.noor) == [("page", "dropped", "answered")]
    assert list_decisions(cast.ada) == [("notice", "sent", "always")]


def test_a_page_wakes_a_coordinator_whose_session_ran_out_in_their_sleep(
    cast: Cast, backend: StandIn, clock: Clock
) -> None:
    give_phone(cast.noor)
    give_phone(cast.mara)
    put_on_call(cast, cast.noor, on="2026-11-18")
    end_session(session_id=cast.mara.session_id, reason="signed_out", now=read_clock())
    clock.shift(timedelta(hours=13))
    assert press(cast.ada).status == 201
    [push] = work(backend)
    assert (push.kind, push.token) == ("page", f"token-of-{cast.noor.id}")


def test_who_promised_and_fell_asleep_is_rung_once_more(cast: Cast, backend: StandIn, clock: Clock) -> None:
    give_phone(cast.noor)
    escalation = call_noor(cast)
    work(backend)
    acknowledge(actor=card_of(cast.noor), escalation_id=escalation, now=read_clock())
    clock.move_to(Escalation.objects.values_list("step_at", flat=True).get(id=escalation))
    step_escalations(read_clock())
    [push] = work(backend)
    assert push.subject == str(Page.objects.get(reason="remind").id)


def test_a_reminder_does_not_ring_once_something_is_done(cast: Cast, backend: StandIn, clock: Clock) -> None:
    give_phone(cast.noor)
    escalation = call_noor(cast)
    work(backend)
    acknowledge(actor=card_of(cast.noor), escalation_id=escalation, now=read_clock())
    clock.move_to(Escalation.objects.values_list("step_at", flat=True).get(id=escalation))
    step_escalations(read_clock())
    clock.shift(SECOND)
    begin_escalation(actor=card_of(cast.noor), escalation_id=escalation, now=read_clock())
    assert work(backend) == []
    assert list_decisions(cast.noor)[-1] == ("page", "dropped", "answered")


def test_an_open_tab_is_no_proof_that_somebody_is_awake(cast: Cast, backend: StandIn, clock: Clock) -> None:
    give_phone(cast.noor)
    backend.always(Verdict.RETRY, "unavailable")
    call_noor(cast)
    work(backend)
    connect(cast.noor, cast.noor.session_id, "desk")
    backend.answer = lambda _: SENT
    clock.shift(SOON)
    assert len(work(backend)) == 1


def test_no_page_ever_reaches_an_expert(cast: Cast, backend: StandIn) -> None:
    give_phone(cast.ben)
    at = format_instant(read_clock())
    record_facts(
        [
            PageQueued(str(make_id()), str(make_id()), cast.ben.id, "emergency", at),
            TestPageAsked(str(make_id()), cast.ben.id, at),
        ],
        now=read_clock(),
    )
    assert work(backend) == []
    refused = [("page", "dropped", "not_on_call"), ("test", "dropped", "not_on_call")]
    assert sorted(list_decisions(cast.ben)) == refused


def test_a_further_page_joins_the_one_that_waits_and_rings_at_once(cast: Cast, backend: StandIn, clock: Clock) -> None:
    give_phone(cast.noor)
    backend.always(Verdict.RETRY, "quota", 600.0)
    escalation = call_noor(cast)
    work(backend)
    later = Page.objects.get(person_id=cast.noor.id)
    later.id = make_id()
    later.save(force_insert=True)
    backend.answer = lambda _: SENT
    clock.shift(SECOND)
    fact = PageQueued(str(later.id), escalation, cast.noor.id, "emergency", format_instant(read_clock()))
    record_facts([fact], now=read_clock())
    [push] = work(backend)
    assert push.subject == str(later.id)
    assert list_decisions(cast.noor) == [("page", "merged", "joined"), ("page", "sent", "always")]


def test_an_emergency_that_two_workers_queue_at_once_breaks_the_silence(
    cast: Cast, backend: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_phone(cast.noor)
    monkeypatch.setattr("server.push.actions.queueing._find", lambda *_: ({}, {}))  # neither sees the other's row
    for breaks_silence in (False, True, False):
        want = Want("page", cast.noor.id, "one escalation", read_clock(), breaks_silence=breaks_silence)
        with transaction.atomic():
            queue_pushes([want], now=read_clock())
    assert get_delivery(cast.noor).breaks_silence


def test_a_page_that_could_not_be_sent_in_time_is_an_alarm(cast: Cast, backend: StandIn, clock: Clock) -> None:
    give_phone(cast.noor)
    backend.always(Verdict.RETRY, "unavailable")
    call_noor(cast)
    work(backend)
    clock.shift(timedelta(hours=1))
    work(backend)
    assert list_decisions(cast.noor) == [("page", "failed", "expired")]


def test_a_test_page_comes_to_the_device_and_is_confirmed_there(cast: Cast, backend: StandIn) -> None:
    give_phone(cast.mara)
    page = ask_test_page(actor=card_of(cast.mara), now=read_clock())
    [push] = work(backend)
    assert (push.kind, push.subject, push.breaks_silence) == ("test", str(page.id), False)
    answer = post(cast.mara, f"/me/test-page/{push.subject}/confirm")
    assert answer.status == 200, answer.body


def test_a_test_page_that_was_confirmed_elsewhere_does_not_ring(cast: Cast, backend: StandIn) -> None:
    give_phone(cast.mara)
    page = ask_test_page(actor=card_of(cast.mara), now=read_clock())
    confirm_test_page(actor=card_of(cast.mara), page_id=page.id, now=read_clock())
    assert work(backend) == []
    assert list_decisions(cast.mara) == [("test", "dropped", "confirmed")]


def test_the_server_asks_each_month_by_day_and_not_twice(cast: Cast, clock: Clock) -> None:
    for on in ("2026-11-20", "2026-12-10", "2026-12-20"):
        put_on_call(cast, cast.noor, on=on)
    step_trials(read_clock())
    assert not TrialPage.objects.exists(), "it is half past eight in the evening"
    clock.shift(timedelta(hours=14))
    for _ in range(3):
        step_trials(read_clock())
    page = TrialPage.objects.get(person_id=cast.noor.id)
    clock.shift(timedelta(hours=2))
    step_trials(read_clock())
    assert TrialPage.objects.count() == 1, "it is not asked again within three days"
    confirm_test_page(actor=card_of(cast.noor), page_id=page.id, now=read_clock())
    clock.shift(timedelta(days=22))
    step_trials(read_clock())
    assert TrialPage.objects.count() == 1
    clock.shift(timedelta(days=5))  # a Tuesday again
    step_trials(read_clock())
    assert TrialPage.objects.count() == 2
    clock.shift(timedelta(days=4))  # a Saturday
    step_trials(read_clock())
    assert TrialPage.objects.count() == 2


def test_a_line_is_offered_to_who_has_duty_and_lies_outside_their_own_hours(
    cast: Cast, backend: StandIn, clock: Clock
) -> None:
    kim, lot = open_pool(cast, "Kim", "Lot")
    give_phone(kim)
    give_phone(lot)
    ask_duty(actor=card_of(cast.ada), now=read_clock())
    pushes = work(backend)
    request = DutyRequest.objects.get()
    assert {(one.kind, one.subject) for one in pushes} == {("duty", str(request.id))}
    assert len(pushes) == 2
    assert all(one.may_until <= read_clock() + timedelta(minutes=10) for one in pushes)


def test_a_line_that_was_taken_does_not_ring(cast: Cast, backend: StandIn, clock: Clock) -> None:
    kim, lot = open_pool(cast, "Kim", "Lot")
    give_phone(lot)
    request, _ = ask_duty(actor=card_of(cast.ada), now=read_clock())
    claim_duty(actor=card_of(kim), request_id=request.id, now=read_clock())
    assert work(backend) == []
    assert list_decisions(lot) == [("duty", "dropped", "taken")]


def test_on_a_line_messages_ring_by_the_shift(cast: Cast, backend: StandIn, clock: Clock) -> None:
    (kim,) = open_pool(cast, "Kim")
    give_phone(kim)
    request, _ = ask_duty(actor=card_of(cast.ada), now=read_clock())
    request, _ = claim_duty(actor=card_of(kim), request_id=request.id, now=read_clock())
    work(backend)
    clock.shift(timedelta(seconds=30))
    cast.accept(cast.ada, conversation_id=str(request.line_id))
    clock.shift(SOON)
    [push] = work(backend)
    assert push.kind == "message"


def test_what_an_expert_is_told_at_the_opening_rings_though_their_phone_knows_all_before_it(
    cast: Cast, backend: StandIn, clock: Clock
) -> None:
    give_phone(cast.ben)
    give_evening(cast.ben)
    connect(cast.ben, cast.ben.session_id, "phone")
    clock.shift(ENDS)
    at, pair = read_clock(), str(make_id())
    two = (cast.ada.id, cast.ben.id)
    fact = PairingMoved(
        pair, str(cast.team.id), *two, cast.pair, "introduce", "proposed", "introduction", format_instant(at)
    )
    with transaction.atomic():
        record_facts([fact], now=at)
        tell([EventDraft(cast.ben.id, "pairing.changed", refs={"pairing": pair})], now=at)
    clock.shift(SOON)
    assert work(backend) == []
    clock.shift(timedelta(hours=21))
    [push] = work(backend)
    assert (push.kind, list_decisions(cast.ben)[-1]) == ("notice", ("notice", "sent", "open"))


def test_hours_that_end_are_told_until_they_have_ended(cast: Cast, backend: StandIn, clock: Clock) -> None:
    give_phone(cast.ben)
    give_evening(cast.ben)
    until = read_clock() + ENDS
    clock.move_to(until - timedelta(minutes=15))
    fact = HoursEnding(cast.ben.id, str(cast.team.id), (), format_instant(until), 15)
    record_facts([fact], now=read_clock())
    assert work(backend) == []
    clock.shift(SOON)
    [push] = work(backend)
    assert (push.kind, push.may_until) == ("ending", until)
    clock.move_to(until - SECOND)
    record_facts([fact], now=read_clock())
    work(backend)
    clock.shift(SOON)
    assert work(backend) == []
    assert get_delivery(cast.ben, state="dropped").reason in {"over", "expired"}
    assert Delivery.objects.filter(state="waiting").count() == 0
