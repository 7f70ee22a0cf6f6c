"""Pages: each on its own, put out right after the commit or by a worker, tried again, stopped; and the watchdog."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.test import RequestFactory
from pytest_django import Settings

from server.foundation.clock import read_clock
from server.health import answer_readyz
from server.realtime.streams import EventDraft, PlacedEvent, append_events
from server.safety.actions.pages import lease_page, put_out_page
from server.safety.actions.stepping import lease_step, run_step
from server.safety.actions.watching import count_late, has_beaten
from server.safety.models import Escalation, Heartbeat, Page
from server.safety.rules.stepping import MOST_TRIES, STEP_LEASE
from server.safety.tasks import step_escalations, step_letters, step_pages, step_watch
from tests.cast import Cast, make_cast
from tests.integration.availability.people import TUESDAY
from tests.integration.safety.calls import (
    MINUTE,
    act,
    list_pages,
    list_verbs,
    of,
    press_help,
    put_on_call,
    reread,
    work,
)
from tests.integration.safety.witness import list_seen
from tests.witness import nothing_changes

SECOND = timedelta(seconds=1)


def break_recipient(monkeypatch: pytest.MonkeyPatch, person_id: str) -> None:
    """Have everything that is written into this person's log fail."""

    def fail(drafts: Sequence[EventDraft], *, now: datetime) -> list[PlacedEvent]:
        if any(one.user_id == person_id for one in drafts):
            raise DatabaseError("this log is broken")
        return append_events(drafts, now=now)

    monkeypatch.setattr("server.safety.actions.pages.append_events", fail)


@pytest.mark.django_db(transaction=True)
def test_a_page_goes_out_right_after_the_commit_without_a_worker(clock: object) -> None:
    cast = make_cast()
    put_on_call(cast, cast.noor)

    raised = press_help(cast)

    assert list_pages(raised.escalation) == of([cast.noor])
    assert len(list_seen(cast.noor, "escalation.opened")) == 1


def test_one_recipient_that_fails_holds_up_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    break_recipient(monkeypatch, cast.mara.id)
    raised = press_help(cast)
    work()

    states = dict(list_pages(raised.escalation))
    assert states == {cast.mara.id: "queued", cast.noor.id: "sent"}
    [failed] = Page.objects.filter(person_id=cast.mara.id)
    assert (failed.tries, failed.failure, failed.due_at) == (1, "DatabaseError", TUESDAY + 5 * SECOND)


def test_a_page_that_fails_is_tried_ever_later_and_given_up(
    cast: Cast, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_call(cast, cast.noor)
    break_recipient(monkeypatch, cast.noor.id)
    raised = press_help(cast)
    waits, before = [], TUESDAY
    for _ in range(MOST_TRIES - 1):
        assert step_pages(before)
        page = Page.objects.filter(escalation=raised.escalation).get()
        waits.append((page.due_at - before).total_seconds())
        before = page.due_at
    assert waits[:7] == [5, 15, 30, 60, 120, 300, 600]
    assert set(waits[7:]) == {600}

    assert step_pages(before)
    page = Page.objects.filter(escalation=raised.escalation).get()
    assert (page.state, page.tries) == ("failed", MOST_TRIES)
    assert not step_pages(before + timedelta(days=1))


def test_a_worker_that_dies_with_a_page_delays_it_by_its_lease(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    raised = press_help(cast)
    assert lease_page("app", now=TUESDAY) is not None

    assert not step_pages(TUESDAY + 14 * SECOND)
    assert step_pages(TUESDAY + 15 * SECOND)
    assert list_pages(raised.escalation) == of([cast.noor])
    with nothing_changes():
        [page] = Page.objects.all()
        assert put_out_page(page_id=page.id, now=TUESDAY) is False


def test_a_stopped_page_never_goes_out(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    raised = press_help(cast)
    lease = lease_page("app", now=TUESDAY)
    assert lease is not None
    assert act(cast.mara, raised, "acknowledge").status == 200

    with nothing_changes():
        assert put_out_page(page_id=lease.page_id, now=TUESDAY) is False
        work()
    assert list_pages(raised.escalation) == of([cast.noor], "stopped")
    assert list_seen(cast.noor, "escalation.opened") == []


def test_only_an_emergency_breaks_do_not_disturb(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    levels = {}
    for level in ("concern", "urgent", "emergency"):
        press_help(cast, level=level)
        levels[level] = Page.objects.filter(level=level).values_list("breaks_silence", flat=True).get()
    assert levels == {"concern": False, "urgent": False, "emergency": True}


# --- claimed steps


def test_a_step_is_one_workers(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    raised = press_help(cast)
    due = TUESDAY + 3 * MINUTE
    lease = lease_step(now=due)

    assert lease is not None
    assert lease_step(now=due) is None
    assert run_step(lease=lease, now=due)
    with nothing_changes():
        assert not run_step(lease=lease, now=due), "a step that was taken is not taken again"
    assert list_verbs(raised.escalation) == ["open", "page", "step_failed", "page"]


def test_a_worker_that_dies_with_a_step_delays_it_and_comes_too_late(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    press_help(cast)
    due = TUESDAY + 3 * MINUTE
    dead = lease_step(now=due)
    assert dead is not None

    assert not step_escalations(due + 14 * SECOND)
    assert step_escalations(due + 15 * SECOND)
    with nothing_changes():
        assert not run_step(lease=dead, now=due + 16 * SECOND)


def test_a_claim_counts_for_one_step_only(cast: Cast) -> None:
    """A slow worker wakes when the step after the one it had claimed is due; a quick one comes back with its claim."""
    raised = press_help(cast)
    due = reread(raised.escalation).step_at
    assert due is not None
    slow, quick = lease_step(now=due), lease_step(now=due + STEP_LEASE)
    assert slow is not None
    assert quick is not None
    assert run_step(lease=quick, now=due + STEP_LEASE)
    later = reread(raised.escalation).step_at
    assert later is not None
    for claim in (slow, quick):
        with nothing_changes():
            assert not run_step(lease=claim, now=later)


def test_a_step_that_is_held_is_nothing_once_somebody_answered(cast: Cast) -> None:
    raised = press_help(cast)
    due = TUESDAY + 3 * MINUTE
    lease = lease_step(now=due)
    assert lease is not None
    assert act(cast.mara, raised, "acknowledge").status == 200
    with nothing_changes():
        assert not run_step(lease=lease, now=due)
    assert reread(raised.escalation).state == "acknowledged"


# --- the watchdog


def test_the_heart_beats_while_nothing_is_late(cast: Cast, clock: time_machine.Traveller) -> None:
    assert not has_beaten(now=TUESDAY)
    step_watch(TUESDAY)
    assert has_beaten(now=TUESDAY + 2 * MINUTE)
    assert not has_beaten(now=TUESDAY + 2 * MINUTE + SECOND)


def test_a_late_step_or_page_is_an_alarm_and_no_beat(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    put_on_call(cast, cast.noor)
    press_help(cast)
    assert count_late(now=TUESDAY + 60 * SECOND) == (0, 0)
    assert count_late(now=TUESDAY + 61 * SECOND) == (0, 1)
    assert count_late(now=TUESDAY + 3 * MINUTE + 61 * SECOND) == (1, 1)

    step_watch(TUESDAY + 61 * SECOND)

    assert Heartbeat.objects.count() == 0
    assert "escalations_late" in caplog.text
    work(TUESDAY + 61 * SECOND)
    step_watch(TUESDAY + 62 * SECOND)
    assert has_beaten(now=TUESDAY + 62 * SECOND)


def test_a_recipient_that_fails_is_no_lateness_of_ours(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_call(cast, cast.noor)
    break_recipient(monkeypatch, cast.noor.id)
    press_help(cast)
    for second in range(0, 170, 5):
        work(TUESDAY + second * SECOND)
        assert count_late(now=TUESDAY + second * SECOND) == (0, 0)


def test_readiness_shows_the_heartbeat(cast: Cast, clock: time_machine.Traveller) -> None:
    request = RequestFactory().get("/readyz")
    assert json.loads(answer_readyz(request).content)["escalation"] == "not ok"
    step_watch(read_clock())
    assert json.loads(answer_readyz(request).content)["escalation"] == "ok"


def test_the_monitor_outside_hears_of_it_once_a_minute(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    monkeypatch.setattr("server.safety.tasks.call_url", calls.append)
    settings.HEARTBEAT_URL = "https://monitor.example/beat"
    for second in range(0, 180, 15):
        step_watch(TUESDAY + second * SECOND)
    assert len(calls) == 3

    Escalation.objects.update(step_at=TUESDAY)
    press_help(cast)
    step_watch(TUESDAY + 300 * SECOND)
    assert len(calls) == 3, "late: silence is the alarm"


def test_letters_wait_for_nobody_else(cast: Cast) -> None:
    assert not step_letters(TUESDAY)
