"""Everybody at once: one escalation, one page, one who acknowledges, one worker for a step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction

from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError
from server.realtime.streams import lock_streams
from server.safety.actions.escalations import acknowledge, reopen, resolve
from server.safety.actions.joining import join_escalation
from server.safety.actions.stepping import StepLease, lease_step, run_step
from server.safety.models import Escalation, HistoryEntry, Page, SafetyKey, Signal
from server.safety.tasks import step_escalations, step_pages
from tests.cast import Player, make_cast
from tests.integration.availability.people import card_of
from tests.integration.chat.threads import PATIENCE_SECONDS, run_behind, run_together, wait_for_a_waiter
from tests.integration.safety.calls import MINUTE, list_pages, list_verbs, of, press_help, put_on_call, reread, worry
from tests.integration.safety.witness import list_seen

pytestmark = pytest.mark.usefixtures("on_postgres")
THREADS = 8


def attempt(action: Callable[..., object], actor: Player, **given: object) -> Callable[[], str]:
    """Return the work of somebody who does this; it returns "done" or the code of the refusal."""

    def work() -> str:
        try:
            action(actor=card_of(actor), now=read_clock(), **given)
        except WarmlijnError as refusal:
            return refusal.code
        return "done"

    return work


def run_late(lease: StepLease, at: datetime) -> str:
    """Take a step that was claimed before, as a worker does that was slow."""
    return str(run_step(lease=lease, now=at))


def test_a_thousand_presses_in_a_minute_are_one_escalation_one_page_and_a_thousand_marks() -> None:
    cast = make_cast()
    put_on_call(cast, cast.noor)

    def press() -> set[str]:
        return {str(press_help(cast).escalation.id) for _ in range(125)}

    found = run_together([press] * THREADS)

    assert len(set.union(*found)) == Escalation.objects.count() == 1
    [escalation] = Escalation.objects.all()
    assert Signal.objects.count() == escalation.signal_count == 1000
    assert list_pages(escalation) == of([cast.noor])
    assert list_verbs(escalation) == ["open", "page"]
    assert SafetyKey.objects.count() == 1


def test_of_many_who_acknowledge_at_once_one_does() -> None:
    cast = make_cast()
    raised = press_help(cast)
    works = [attempt(acknowledge, who, escalation_id=raised.escalation.id) for who in (cast.mara, cast.noor) * 4]

    answers = run_together(works)

    assert Counter(answers) == {"done": 4, "escalation.illegal_transition": 4}
    assert HistoryEntry.objects.filter(verb="acknowledge").count() == 1


def test_a_step_is_taken_once_however_many_workers(clock: object) -> None:
    cast = make_cast()
    put_on_call(cast, cast.noor)
    raised = press_help(cast)
    due = read_clock() + 3 * MINUTE

    found = run_together([partial(step_escalations, due)] * THREADS)

    assert sum(found) == 1
    assert list_verbs(raised.escalation) == ["open", "page", "step_failed", "page"]


def test_a_page_goes_out_once_however_many_workers() -> None:
    cast = make_cast()
    press_help(cast)
    Page.objects.update(state="queued", ended_at=None)
    before = Page.objects.count()

    found = run_together([partial(step_pages, read_clock() + timedelta(seconds=1))] * THREADS)

    assert sum(found) == before == 2
    assert set(Page.objects.values_list("state", flat=True)) == {"sent"}


def test_after_an_acknowledgement_nothing_is_paged_whoever_was_faster() -> None:
    cast = make_cast()
    for _ in range(10):
        raised = press_help(cast)
        due = read_clock() + 3 * MINUTE
        lease = lease_step(now=due)
        assert lease is not None
        late: Callable[[], str] = partial(run_late, lease, due)
        run_together([attempt(acknowledge, cast.noor, escalation_id=raised.escalation.id), late])
        row = reread(raised.escalation)
        assert row.state == "acknowledged"
        verbs = list_verbs(row)
        assert verbs[-1] == "acknowledge"
        pages = Page.objects.filter(escalation=row)
        assert not pages.filter(state="queued").exists()
        resolve(actor=card_of(cast.noor), escalation_id=row.id, outcome="safe", now=read_clock())


def test_pressing_while_it_is_being_resolved_is_never_lost() -> None:
    cast = make_cast()
    for _ in range(10):
        raised = press_help(cast)
        acknowledge(actor=card_of(cast.noor), escalation_id=raised.escalation.id, now=read_clock())
        before = Signal.objects.count()
        _, pressed = run_together(
            [
                attempt(resolve, cast.noor, escalation_id=raised.escalation.id, outcome="safe"),
                lambda: str(press_help(cast).escalation.id),
            ]
        )
        assert Signal.objects.count() == before + 1
        joined = Escalation.objects.get(id=pressed)
        if joined.id != raised.escalation.id:
            assert joined.state == "open"
            acknowledge(actor=card_of(cast.noor), escalation_id=joined.id, now=read_clock())
            resolve(actor=card_of(cast.noor), escalation_id=joined.id, outcome="safe", now=read_clock())


def test_one_is_taken_up_again_once() -> None:
    cast = make_cast()
    raised = press_help(cast)
    acknowledge(actor=card_of(cast.noor), escalation_id=raised.escalation.id, now=read_clock())
    resolve(actor=card_of(cast.noor), escalation_id=raised.escalation.id, outcome="safe", now=read_clock())

    answers = run_together([attempt(reopen, who, escalation_id=raised.escalation.id) for who in (cast.mara, cast.noor)])

    assert sorted(answers) == ["done", "escalation.illegal_transition"]


@pytest.mark.parametrize("level", ["urgent", "emergency"])
def test_a_press_waits_for_nobody_who_has_it_in_hands(level: str) -> None:
    cast = make_cast()
    put_on_call(cast, cast.noor)
    worried = worry(cast, level)
    acknowledge(actor=card_of(cast.mara), escalation_id=worried.escalation.id, now=read_clock())

    def look_at_the_press() -> None:
        assert Signal.objects.filter(kind="help").count() == 1

    late = partial(press_help, cast, now=read_clock() + 2 * MINUTE)
    pressed = run_behind([cast.mara.id], late, look_at_the_press)

    assert (pressed.is_new, pressed.escalation.id) == (False, worried.escalation.id)
    told = "escalation.raised" if level == "urgent" else "escalation.signalled"
    assert len(list_seen(cast.mara, told)) == 1


def test_who_joins_while_their_page_goes_out_waits_for_it_first() -> None:
    cast = make_cast()
    put_on_call(cast, cast.noor)
    raised = worry(cast, "urgent")
    Page.objects.update(state="queued", ended_at=None)
    join = attempt(join_escalation, cast.noor, escalation_id=raised.escalation.id)

    def run() -> str:
        try:
            return join()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():  # as `put_out_page` does: the page, then the stream
            Page.objects.update(state="sent", ended_at=read_clock())
            joined = threads.submit(run)
            wait_for_a_waiter()
            lock_streams([cast.noor.id])
        assert joined.result(PATIENCE_SECONDS) == "done"
