"""The escalation: opened once, joined by further signals, raised, promised, kept or lapsed, ended, taken up again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError
from pytest_django import DjangoCaptureOnCommitCallbacks

from server.accounts.actions import suspend_person
from server.events.facts import EscalationMoved, PageQueued
from server.foundation.ids import make_id
from server.safety.actions.escalations import begin_escalation, note_work, raise_signal
from server.safety.actions.stepping import hasten_step
from server.safety.errors import NoteTooLong
from server.safety.models import Escalation, HistoryEntry, Page, Signal
from server.safety.queries import MOST_ESCALATIONS, read_history_note
from server.safety.rules.chains import LAST_RESORT
from server.safety.rules.stepping import JUST_CALLED
from server.safety.states import ACTIVE, ESCALATION
from server.safety.tasks import step_escalations
from tests.cast import Cast
from tests.integration.availability.people import TUESDAY, card_of, get
from tests.integration.safety.calls import (
    MINUTE,
    act,
    list_pages,
    list_verbs,
    look,
    make_coordinator,
    of,
    press_help,
    put_on_call,
    reread,
    work,
    worry,
)
from tests.integration.safety.glasses import come_back
from tests.integration.safety.witness import list_recorded, list_seen
from tests.witness import list_facts, nothing_changes, photograph

WORDS = "ik durf niet naar huis"


# --- raising


def test_a_call_for_help_is_an_escalation_and_a_queued_page_in_one_commit(cast: Cast) -> None:
    put_on_call(cast, cast.noor)

    raised = press_help(cast, note=WORDS)

    assert raised.is_new
    assert list_pages(raised.escalation) == of([cast.noor], "queued")
    [page] = list_facts(PageQueued)
    [moved] = list_facts(EscalationMoved)
    assert page.recipient_id == cast.noor.id  # type: ignore[attr-defined]
    assert (moved.verb, moved.state, moved.youth_id) == ("open", "open", cast.ada.id)  # type: ignore[attr-defined]
    assert WORDS not in repr(photograph())


def test_pressed_again_it_is_the_same_one_with_one_page_and_another_mark(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    first = press_help(cast)
    for second in range(30):
        again = press_help(cast, now=TUESDAY + timedelta(seconds=second))
        assert (again.escalation.id, again.is_new) == (first.escalation.id, False)

    assert list_pages(first.escalation) == of([cast.noor], "queued")
    assert Signal.objects.count() == look(cast.noor, first)["signals"] == 31
    assert list_verbs(first.escalation) == ["open", "page"]
    assert len(list_seen(cast.ada, "escalation.opened")) == 1


def test_each_youth_has_their_own(cast: Cast) -> None:
    bo = cast.eve  # of another team
    one, other = press_help(cast), press_help(cast, youth=bo)
    assert one.escalation.id != other.escalation.id
    assert [escalation["id"] for escalation in get(cast.mara, "/escalations").body["escalations"]]


def test_a_worse_signal_raises_the_level_and_begins_its_chain(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    raised = worry(cast, "concern")
    work()

    again = press_help(cast)
    work()

    assert (again.escalation.id, again.is_new, again.escalation.level) == (raised.escalation.id, False, "emergency")
    assert again.escalation.chain["level"] == "emergency"
    assert list_verbs(raised.escalation) == ["open", "page", "raise", "page"]
    assert list_pages(raised.escalation, breaks_silence=True) == of([cast.noor])
    assert [one["level"] for one in list_seen(cast.noor, "escalation.step")] == ["emergency"]


def test_a_lesser_signal_joins_and_lowers_nothing(cast: Cast) -> None:
    raised = press_help(cast)
    assert worry(cast, "urgent", now=TUESDAY + MINUTE).escalation.level == "emergency"
    assert [one["kind"] for one in look(cast.mara, raised)["newest_signals"]] == ["worry", "help"]


def test_who_promised_at_a_lesser_level_is_called_again_with_the_worse(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    put_on_call(cast, cast.noor)
    raised = worry(cast, "urgent")
    assert act(cast.mara, raised, "acknowledge").status == 200

    with django_capture_on_commit_callbacks(execute=True):
        press_help(cast)
    work()

    shown = look(cast.mara, raised)
    assert (shown["state"], shown["handler"], shown["promise_until"]) == ("open", None, None)
    assert list_pages(raised.escalation, level="emergency") == of([cast.mara, cast.noor])
    assert [one["level"] for one in list_seen(cast.mara, "escalation.raised")] == ["emergency"]


def test_who_has_it_in_hands_hears_of_further_signals_once_a_minute(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    raised = press_help(cast)
    assert act(cast.noor, raised, "acknowledge").status == 200
    for second in (10, 20, 90, 95, 160):
        with django_capture_on_commit_callbacks(execute=True):
            press_help(cast, now=TUESDAY + timedelta(seconds=second))
    assert len(list_seen(cast.noor, "escalation.signalled")) == 2
    assert list_seen(cast.mara, "escalation.signalled") == []


def test_the_same_cause_signals_once_for_ever(cast: Cast) -> None:
    first = worry(cast, key="silence:1")
    assert act(cast.noor, first, "acknowledge").status == 200
    assert act(cast.noor, first, "resolve", outcome="safe").status == 200

    with nothing_changes():
        again = worry(cast, key="silence:1")

    assert (again.escalation.id, again.is_new) == (first.escalation.id, False)


def test_a_fault_has_no_youth_and_is_one_for_the_team(cast: Cast) -> None:
    given: dict[str, Any] = {"team_id": cast.team.id, "youth_id": None, "kind": "fault", "level": "concern", "by": None}
    first = raise_signal(**given, key="a", now=TUESDAY)
    second = raise_signal(**given, key="b", now=TUESDAY)
    help_one = press_help(cast)

    assert (first.escalation.id, second.is_new) == (second.escalation.id, False)
    assert help_one.is_new


def test_what_must_not_reach_somebody_stays_apart_and_never_does(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    open_one = press_help(cast)
    about = raise_signal(
        team_id=cast.team.id,
        youth_id=cast.ada.id,
        kind="complaint",
        level="concern",
        by=card_of(cast.ada),
        key="complaint:1",
        excluded=[cast.noor.id],
        now=TUESDAY,
    )
    work()

    assert about.is_new
    assert about.escalation.id != open_one.escalation.id
    assert list_pages(about.escalation) == of([cast.mara])
    with nothing_changes():
        assert get(cast.noor, f"/escalations/{about.escalation.id}").status == 404
        assert act(cast.noor, about, "acknowledge").body["code"] == "http.not_found"
    assert [one["id"] for one in get(cast.noor, "/escalations").body["escalations"]] == [str(open_one.escalation.id)]


def test_a_note_has_a_bound(cast: Cast) -> None:
    with nothing_changes(), pytest.raises(NoteTooLong):
        worry(cast, note="x" * 4001)
    raised = worry(cast, note="x" * 4000)
    [signal] = look(cast.mara, raised)["newest_signals"]
    answer = get(cast.mara, f"/escalations/{raised.escalation.id}/signals/{signal['id']}")
    assert (signal["has_note"], answer.body["note"]) == (True, "x" * 4000)
    [entry] = list_recorded(cast, "signal.read")
    assert (str(entry.actor_id), str(entry.object_id)) == (cast.mara.id, signal["id"])


def test_a_note_is_not_read_when_the_audit_cannot_be_written(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DatabaseError("no audit")

    raised = worry(cast, note=WORDS)
    [signal] = look(cast.mara, raised)["newest_signals"]
    monkeypatch.setattr("server.safety.actions.notes.record_entries", fail)
    answer = get(cast.mara, f"/escalations/{raised.escalation.id}/signals/{signal['id']}")
    assert answer.status >= 500
    assert WORDS not in repr(answer.body)


# --- answering


def test_acknowledging_stops_every_page_that_is_not_out_and_says_so_on_those_that_are(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    put_on_call(cast, cast.noor)
    raised = press_help(cast)
    work()
    clock.shift(9 * MINUTE)
    while step_escalations(TUESDAY + 9 * MINUTE):
        pass
    queued = Page.objects.filter(escalation=raised.escalation, state="queued").count()

    answer = act(cast.mara, raised, "acknowledge")
    work()

    assert queued > 0
    assert answer.body["state"] == "acknowledged"
    assert {one["state"] for one in answer.body["pages"]} == {"sent", "stopped"}
    assert Page.objects.filter(escalation=raised.escalation, state="queued").count() == 0
    told = list_seen(cast.noor, "escalation.acknowledged")
    assert [(one["role"], one["state"]) for one in told] == [("coordinator", "acknowledged")]
    [to_ada] = list_seen(cast.ada, "escalation.acknowledged")
    assert to_ada["text"]
    assert to_ada.keys() == {"kind", "escalation", "level", "state", "role", "text"}


def test_a_promise_is_reminded_at_half_and_lapses_at_its_end(cast: Cast, clock: time_machine.Traveller) -> None:
    put_on_call(cast, cast.noor)
    raised = press_help(cast)
    work()
    assert act(cast.noor, raised, "acknowledge").status == 200
    timeline = []
    for minute in range(1, 17):
        clock.move_to(TUESDAY + minute * MINUTE)
        before = len(list_verbs(raised.escalation))
        work()
        timeline += [(minute, verb) for verb in list_verbs(raised.escalation)[before:]]

    # promised for 15 minutes; then the chain goes on where it was: next on call is nobody, all coordinators are paged
    assert timeline == [(8, "remind"), (15, "lapse"), (15, "step_failed"), (15, "page")]
    assert reread(raised.escalation).state == "open"
    assert [one["state"] for one in list_seen(cast.noor, "escalation.lapsed")] == ["open"]
    assert list_pages(raised.escalation, reason="coordinators") == of([cast.mara, cast.noor])


def test_being_at_work_ends_the_promise_and_is_asked_after_long_silence(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    put_on_call(cast, cast.noor)
    raised = press_help(cast)
    assert act(cast.mara, raised, "acknowledge").status == 200
    escalation = begin_escalation(actor=card_of(cast.mara), escalation_id=raised.escalation.id, now=TUESDAY)
    assert escalation.promise_until is None
    asked = []
    for minute in range(0, 95, 5):
        clock.move_to(TUESDAY + minute * MINUTE)
        before = len(list_pages(raised.escalation, reason="remind"))
        work()
        asked += [(minute, one) for one, _ in list_pages(raised.escalation, reason="remind")[before:]]
        if minute == 0:
            with nothing_changes():
                begin_escalation(actor=card_of(cast.mara), escalation_id=raised.escalation.id, now=TUESDAY)

    # after half an hour herself, then with her whoever is on call
    both = sorted([cast.mara.id, cast.noor.id])
    assert asked == [(30, cast.mara.id), *((minute, one) for minute in (60, 90) for one in both)]
    assert reread(raised.escalation).state == "in_progress"


@pytest.mark.parametrize(("begun", "after"), [(False, 7.5), (True, 30)])
def test_who_may_not_answer_any_more_lets_go_at_the_next_step_even_when_nobody_told(
    cast: Cast, clock: time_machine.Traveller, begun: bool, after: float
) -> None:
    kim = make_coordinator(cast, "Kim")
    raised = press_help(cast)
    assert act(cast.mara, raised, "acknowledge").status == 200
    if begun:
        begin_escalation(actor=card_of(cast.mara), escalation_id=raised.escalation.id, now=TUESDAY)
    suspend_person(person_id=cast.mara.id, actor=None, now=TUESDAY)
    for minute, verb in ((after - 0.1, "begin" if begun else "acknowledge"), (after, "page")):
        clock.move_to(TUESDAY + minute * MINUTE)
        work()
        assert list_verbs(raised.escalation)[-1] == verb
    assert reread(raised.escalation).handler_id is None
    assert list_verbs(raised.escalation)[-2:] == ["release", "page"], "all were called before: now the last resort"
    assert act(kim, raised, "acknowledge").status == 200


def test_what_is_done_for_it_begins_the_idle_clock_anew(cast: Cast, clock: time_machine.Traveller) -> None:
    raised = press_help(cast)
    begin_escalation(actor=card_of(cast.mara), escalation_id=raised.escalation.id, now=TUESDAY)
    note_work(
        reread(raised.escalation), "take_over", by=card_of(cast.mara), refs={"c": cast.pair}, now=TUESDAY + 20 * MINUTE
    )
    clock.move_to(TUESDAY + 45 * MINUTE)
    work()
    assert list_verbs(raised.escalation)[-1] == "take_over"
    assert reread(raised.escalation).step_at == TUESDAY + 50 * MINUTE


def test_the_next_step_can_be_hastened_while_nobody_has_answered(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    raised = worry(cast, "urgent")
    hasten_step(reread(raised.escalation), now=TUESDAY + 4 * MINUTE)
    work(TUESDAY + 4 * MINUTE)
    assert list_verbs(raised.escalation) == ["open", "page", "step_failed", "page"]

    assert act(cast.noor, raised, "acknowledge").status == 200
    before = reread(raised.escalation).step_at
    hasten_step(reread(raised.escalation), now=TUESDAY)
    assert reread(raised.escalation).step_at == before


def test_haste_leaves_who_was_just_called_their_minutes(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    raised = worry(cast, "concern")
    for seconds in (0, 60, 120):
        now = TUESDAY + timedelta(seconds=seconds)
        hasten_step(reread(raised.escalation), now=now)
        work(now)
    assert list_verbs(raised.escalation) == ["open", "page"]
    assert reread(raised.escalation).step_at == TUESDAY + JUST_CALLED
    work(TUESDAY + JUST_CALLED)
    assert list_verbs(raised.escalation) == ["open", "page", "page"]


def test_haste_calls_nobody_after_the_end_of_the_chain(cast: Cast) -> None:
    raised = press_help(cast)
    now = TUESDAY
    while reread(raised.escalation).chain_at < len(raised.escalation.chain["steps"]):
        now += 3 * MINUTE
        work(now)
    assert Page.objects.filter(escalation=raised.escalation, reason=LAST_RESORT).exists()
    before = reread(raised.escalation).step_at
    assert before is not None
    hasten_step(reread(raised.escalation), now=before - timedelta(seconds=1))
    assert reread(raised.escalation).step_at == before


# --- ending


def test_it_is_resolved_with_an_outcome_and_taken_up_again(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    raised = press_help(cast)
    assert act(cast.noor, raised, "acknowledge").status == 200

    answer = act(cast.noor, raised, "resolve", outcome="safe", note=WORDS)

    assert (answer.body["state"], answer.body["outcome"], answer.body["next_step_at"]) == ("resolved", "safe", None)
    assert WORDS not in repr(photograph()) + repr(answer.body)
    entry = HistoryEntry.objects.get(escalation=raised.escalation, verb="resolve")
    assert read_history_note(entry, raised.escalation.key_id) == {"note": WORDS}
    assert get(cast.noor, "/escalations").body == {"escalations": [], "more": False}
    assert len(get(cast.noor, "/escalations?state=resolved").body["escalations"]) == 1

    again = act(cast.mara, raised, "reopen")
    assert (again.body["state"], again.body["outcome"], again.body["ended_at"]) == ("open", None, None)
    work()
    assert list_pages(raised.escalation, round=2) == of([cast.noor])


def test_it_is_handed_over_with_what_was_told(cast: Cast) -> None:
    raised = press_help(cast)
    assert act(cast.noor, raised, "acknowledge").status == 200
    answer = act(cast.noor, raised, "hand-over", to="veilig_thuis", told=["wat Ada schreef", "haar leeftijd"])
    assert answer.body["state"] == "handed_over"
    assert answer.body["history"][-1]["refs"] == {"to": "veilig_thuis"}
    entry = HistoryEntry.objects.get(escalation=raised.escalation, verb="hand_over")
    assert read_history_note(entry, raised.escalation.key_id) == {"told": ["wat Ada schreef", "haar leeftijd"]}


def test_one_that_ended_stays_ended_when_another_is_open(cast: Cast) -> None:
    old = press_help(cast)
    assert act(cast.noor, old, "acknowledge").status == 200
    assert act(cast.noor, old, "resolve", outcome="other").status == 200
    new = press_help(cast)
    assert new.is_new

    with nothing_changes():
        answer = act(cast.noor, old, "reopen")

    assert (answer.status, answer.body["code"]) == (409, "escalation.already_open")


REFUSED: dict[tuple[str, str, int], list[dict[str, Any]]] = {
    ("resolve", "safety.outcome_missing", 422): [{}, {"outcome": None}, {"outcome": ""}, {"outcome": " "}],
    ("resolve", "safety.note_too_long", 422): [{"outcome": "safe", "note": "x" * 4001}],
    ("hand-over", "safety.note_too_long", 422): [{"to": "veilig_thuis", "told": ["x" * 4001]}],
    ("resolve", "proto.bad_frame", 400): [{"outcome": "safe", "why": "x"}, {"outcome": 3}],
}


@pytest.mark.parametrize("refusal", REFUSED, ids=lambda one: f"{one[0]} {one[1]}")
def test_ending_without_what_it_needs_is_refused(cast: Cast, refusal: tuple[str, str, int]) -> None:
    verb, code, status = refusal
    raised = press_help(cast)
    assert act(cast.noor, raised, "acknowledge").status == 200
    with nothing_changes():
        for fields in REFUSED[refusal]:
            answer = act(cast.noor, raised, verb, **fields)
            assert (answer.status, answer.body["code"]) == (status, code)


FIELDS: dict[str, dict[str, Any]] = {"resolve": {"outcome": "safe"}, "hand-over": {"to": "professional", "told": ["x"]}}


@pytest.mark.parametrize("state", ESCALATION.states)
def test_what_a_state_does_not_allow_is_refused_and_changes_nothing(cast: Cast, state: str) -> None:
    raised = press_help(cast)
    work()
    if state in ("acknowledged", "resolved", "handed_over"):
        assert act(cast.noor, raised, "acknowledge").status == 200
    if state == "in_progress":
        begin_escalation(actor=card_of(cast.noor), escalation_id=raised.escalation.id, now=TUESDAY)
    if state in ("resolved", "handed_over"):
        verb = {"resolved": "resolve", "handed_over": "hand-over"}[state]
        assert act(cast.noor, raised, verb, **FIELDS[verb]).status == 200
    assert reread(raised.escalation).state == state

    for verb in ("acknowledge", "resolve", "hand-over", "reopen"):
        allowed, _ = ESCALATION.steps[verb.replace("-", "_")]
        if state not in allowed:
            with nothing_changes():
                answer = act(cast.mara, raised, verb, **FIELDS.get(verb, {}))
                assert (answer.status, answer.body["code"]) == (409, "escalation.illegal_transition")


def test_acknowledged_twice_by_the_same_person_is_one_promise(cast: Cast, clock: time_machine.Traveller) -> None:
    raised = press_help(cast)
    first = act(cast.noor, raised, "acknowledge")
    clock.shift(2 * MINUTE)
    with nothing_changes():
        again = act(cast.noor, raised, "acknowledge")
    assert (again.status, again.body["promise_until"]) == (200, first.body["promise_until"])


def test_the_history_is_numbered_without_a_gap(cast: Cast, clock: time_machine.Traveller) -> None:
    raised = press_help(cast)
    work()
    clock.shift(timedelta(hours=2))
    work()
    noor = come_back(cast.noor)
    assert act(noor, raised, "acknowledge").status == 200
    assert act(noor, raised, "resolve", outcome="no_contact").status == 200
    history = look(noor, raised)["history"]
    assert [one["number"] for one in history] == list(range(1, len(history) + 1))
    assert [(one["from"], one["to"]) for one in history if one["verb"] in ESCALATION.steps] == [
        ("open", "acknowledged"),
        ("acknowledged", "resolved"),
    ]
    assert Escalation.objects.filter(state__in=ACTIVE).count() == 0


def test_the_list_knows_its_states(cast: Cast) -> None:
    press_help(cast)
    for state, count in {"active": 1, "open": 1, "all": 1, "resolved": 0, "ended": 0}.items():
        assert len(get(cast.mara, f"/escalations?state={state}").body["escalations"]) == count
    assert get(cast.mara, "/escalations?state=lost").status == 400
    assert get(cast.mara, "/escalations?colour=red").status == 400
    assert get(cast.mara, "/escalations?before=yesterday").status == 400


def test_what_has_ended_is_paged_and_what_is_open_is_never_cut_off(cast: Cast) -> None:
    ended = [make_ended(cast, number) for number in range(MOST_ESCALATIONS + 3)]
    kept_apart = ended[0]
    Escalation.objects.filter(id=kept_apart).update(excluded=[cast.mara.id])
    seen, before = [], ""
    for most in (MOST_ESCALATIONS, 2):
        page = get(cast.mara, f"/escalations?state=ended{before}").body
        assert (len(page["escalations"]), page["more"]) == (most, most == MOST_ESCALATIONS)
        seen += [one["id"] for one in page["escalations"]]
        before = f"&before={seen[-1]}"
    newest = sorted(enumerate(ended), key=lambda one: (one[0] // 3, one[1]), reverse=True)
    assert seen == [one for _, one in newest if one != kept_apart]
    Escalation.objects.update(state="open", ended_at=None, outcome="", step_at=TUESDAY)
    page = get(cast.mara, "/escalations").body
    assert (len(page["escalations"]), page["more"]) == (len(ended) - 1, False)
    nothing = get(cast.mara, f"/escalations?before={make_id()}")
    assert get(cast.mara, f"/escalations?before={kept_apart}").seen == nothing.seen
    assert nothing.status == 404


def make_ended(cast: Cast, number: int) -> str:
    """Return one that ended; three at a time were opened at the same instant, as a busy night may have it."""
    given = {"team_id": cast.team.id, "subject": f"s{number}", "kind": "worry", "level": "concern", "key_id": make_id()}
    at = TUESDAY + number // 3 * MINUTE
    times = {"opened_at": at, "changed_at": at, "signalled_at": at, "ended_at": at}
    made = Escalation.objects.create(
        **given, **times, id=make_id(), state="resolved", outcome="safe", chain={"version": 0, "steps": []}
    )
    return str(made.id)
