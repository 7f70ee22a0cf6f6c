"""An expert worries: at any hour, told back within their own, never left alone with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from server.events.facts import HoursEnding
from server.events.outbox import record_facts
from server.events.relay import step_relay
from server.foundation.clock import format_instant, read_clock
from server.foundation.ids import make_id
from server.safety.actions.worries import ask_to_choose
from server.safety.models import Escalation, Page, Signal, Worry
from server.wiring import LISTENERS
from tests.cast import Cast, Player, Rest
from tests.integration.availability.people import TUESDAY, Neighbours, post
from tests.integration.safety.evening import (
    ENDS,
    get_escalation,
    give_evening,
    list_log,
    look,
    press,
    put_on_call,
    work,
    worry,
)
from tests.integration.safety.glasses import come_back
from tests.integration.safety.witness import list_seen
from tests.witness import nothing_changes


def test_a_worry_names_messages_and_calls_who_is_on_call(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    seqs = [cast.accept(cast.ada).seq, cast.accept(cast.ada).seq]
    answer = worry(cast.ben, cast.pair, seqs=[seqs[1], seqs[0], seqs[1]], note="dit klinkt niet goed")
    assert (answer.status, answer.body["note"]) == (201, "kept")
    assert answer.body["escalation"]["level"] == "urgent"
    signal = Signal.objects.get()
    assert (signal.kind, signal.seqs, str(signal.by_id)) == ("worry", seqs, cast.ben.id)
    assert [str(one.person_id) for one in Page.objects.all()] == [cast.noor.id]


def test_again_it_joins_and_may_raise_the_level(cast: Cast) -> None:
    first = worry(cast.ben, cast.pair, "concern")
    again = worry(cast.ben, cast.pair, "emergency")
    assert (first.status, again.status) == (201, 201)
    assert again.body["id"] == first.body["id"]
    assert again.body["escalation"]["level"] == "emergency"
    assert (Worry.objects.count(), Escalation.objects.count(), Signal.objects.count()) == (1, 1, 2)


def test_outside_the_hours_a_worry_is_taken_as_well(cast: Cast, clock: time_machine.Traveller) -> None:
    give_evening(cast.ben)
    seq = cast.accept(cast.ada).seq
    clock.move_to(TUESDAY + timedelta(hours=5))
    cast.accept(cast.ada, "ben je er nog?")
    assert worry(cast.ben, cast.pair, seqs=[seq]).status == 201
    with nothing_changes():
        beyond = worry(cast.ben, cast.pair, seqs=[seq + 1])
    assert (beyond.status, beyond.body["code"]) == (422, "safety.seqs_unknown")


@pytest.mark.parametrize("seqs", [[0], [2], [1, 99]])
def test_messages_that_are_not_there_are_refused(cast: Cast, seqs: list[int]) -> None:
    cast.accept(cast.ada)
    with nothing_changes():
        assert worry(cast.ben, cast.pair, seqs=seqs).body["code"] == "safety.seqs_unknown"


def test_a_level_that_is_none_is_refused(cast: Cast) -> None:
    with nothing_changes():
        assert worry(cast.ben, cast.pair, "bad").body["code"] == "safety.level_unknown"


def test_a_long_note_is_cut_and_no_limiter_counts(cast: Cast, counting: None) -> None:
    assert worry(cast.ben, cast.pair, note="x" * 3_000).body["note"] == "cut"
    assert {worry(cast.ben, cast.pair).status for _ in range(130)} == {201}


@pytest.mark.parametrize("name", ["ada", "mara"])
def test_only_experts_worry(cast: Cast, name: str) -> None:
    player: Player = getattr(cast, name)
    with nothing_changes():
        assert worry(player, cast.pair).status == 403
        assert Rest(player).get("/me/worries").status == 403
        assert post(player, f"/me/worries/{make_id()}/hand-over").status == 403


def test_eve_cannot_tell_a_talk_that_is_not_hers_from_none(cast: Cast, neighbours: Neighbours) -> None:
    mine = worry(cast.ben, cast.pair).body["id"]
    with nothing_changes():
        for stranger in (neighbours.emil, neighbours.bo):
            there, nowhere = worry(stranger, cast.pair), worry(stranger, str(make_id()))
            assert there.seen == nowhere.seen
            assert there.status == 404
            over = post(stranger, f"/me/worries/{mine}/hand-over")
            assert over.seen == post(stranger, f"/me/worries/{make_id()}/hand-over").seen
        for door in (f"/conversations/{cast.pair}/worries", f"/me/worries/{mine}/hand-over"):
            assert post(None, door).status == 401


def test_what_was_known_before_the_worry_is_not_the_experts(cast: Cast, clock: time_machine.Traveller) -> None:
    put_on_call(cast, cast.noor)
    id_ = press(cast.ada).body["escalation"]["id"]
    post(cast.noor, f"/escalations/{id_}/acknowledge")
    work()
    clock.shift(timedelta(minutes=1))
    shown = worry(cast.ben, cast.pair, "concern").body
    assert shown["escalation"] == {"id": id_, "level": "concern", "state": "open"}
    assert shown["text"].startswith("Je zorg is doorgegeven.")
    work()
    assert list_log(cast.ben, "worry.") == []
    assert look(cast.ben, "/me/worries")["worries"][0]["escalation"] == shown["escalation"]
    end_hours(cast.ben)
    assert list_log(cast.ben, "worry.") == []
    clock.shift(timedelta(minutes=1))
    post(cast.noor, f"/escalations/{id_}/resolve", outcome="safe")
    work()
    assert list_log(cast.ben, "worry.") == ["worry.released"]
    (known,) = look(cast.ben, "/me/worries")["worries"]
    assert known["escalation"] == shown["escalation"] | {"state": "resolved"}


# --- told back


def test_told_when_picked_up_and_when_released(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    raised = worry(cast.ben, cast.pair).body
    id_ = raised["escalation"]["id"]
    work()
    assert list_log(cast.ben, "worry.") == []
    post(cast.noor, f"/escalations/{id_}/acknowledge")
    work()
    work()
    (told,) = list_seen(cast.ben, "worry.picked_up")
    assert (told["worry"], told["c"]) == (raised["id"], cast.pair)
    assert "gezien" in told["text"]
    post(cast.noor, f"/escalations/{id_}/resolve", outcome="safe")
    work()
    assert list_log(cast.ben, "worry.") == ["worry.picked_up", "worry.released"]
    assert list_seen(cast.ben, "worry.released")[0]["text"].endswith("Jij hoeft nu niets meer te doen.")
    (shown,) = look(cast.ben, "/me/worries")["worries"]
    assert (shown["released"], shown["escalation"]["state"]) == (True, "resolved")


def test_outside_the_hours_nothing_comes_until_they_open(cast: Cast, clock: time_machine.Traveller) -> None:
    give_evening(cast.ben)
    put_on_call(cast, cast.noor)
    id_ = worry(cast.ben, cast.pair).body["escalation"]["id"]
    clock.move_to(TUESDAY + ENDS + timedelta(minutes=30))
    noor = come_back(cast.noor)
    post(noor, f"/escalations/{id_}/acknowledge")
    work()
    assert list_log(cast.ben, "worry.", "care.") == []
    assert look(cast.ben, "/me/worries")["worries"][0]["escalation"]["state"] == "acknowledged"
    post(noor, f"/escalations/{id_}/resolve", outcome="safe")
    clock.move_to(TUESDAY + timedelta(hours=22, minutes=29))
    work()
    assert list_log(cast.ben, "worry.", "care.") == []
    clock.move_to(TUESDAY + timedelta(hours=22, minutes=30))
    work()
    assert sorted(list_log(cast.ben, "worry.", "care.")) == ["care.asked", "worry.released"]


def test_a_promise_that_lapsed_is_told_anew_when_kept(cast: Cast, clock: time_machine.Traveller) -> None:
    put_on_call(cast, cast.noor)
    id_ = worry(cast.ben, cast.pair).body["escalation"]["id"]
    post(cast.noor, f"/escalations/{id_}/acknowledge")
    work()
    for minutes in range(5, 200, 5):
        clock.move_to(TUESDAY + timedelta(minutes=minutes))
        work()
    assert get_escalation(id_).state == "open"
    post(cast.mara, f"/escalations/{id_}/acknowledge")
    work()
    assert list_log(cast.ben, "worry.") == ["worry.picked_up", "worry.picked_up"]


# --- the hours end with it open


def test_when_the_hours_end_with_it_open_the_next_is_called_at_once(cast: Cast, clock: time_machine.Traveller) -> None:
    give_evening(cast.ben)
    put_on_call(cast, cast.noor)
    cast.accept(cast.ada)
    cast.accept(cast.ben)
    raised = worry(cast.ben, cast.pair, "concern").body
    row = get_escalation(raised["escalation"]["id"])
    assert row.step_at is not None
    assert row.step_at > TUESDAY + timedelta(hours=2)
    clock.move_to(TUESDAY + ENDS - timedelta(minutes=10))
    end_hours(cast.ben)
    work()
    (told,) = list_seen(cast.ben, "worry.choose")
    assert "Draag het over" in told["text"]
    assert look(cast.ben, "/me/worries")["worries"][0]["must_choose"] is True
    assert {str(one) for one in Page.objects.values_list("person_id", flat=True)} == {cast.noor.id, cast.mara.id}
    called = Page.objects.count()
    clock.move_to(TUESDAY + ENDS - timedelta(minutes=5))
    end_hours(cast.ben)
    work()
    assert Page.objects.count() == called
    assert list_log(cast.ben, "worry.") == ["worry.choose"]
    over = post(cast.ben, f"/me/worries/{raised['id']}/hand-over")
    assert (over.status, over.body["released"], over.body["must_choose"]) == (200, True, False)
    assert post(cast.ben, f"/me/worries/{raised['id']}/hand-over").body == over.body


def test_a_worry_that_was_picked_up_keeps_nobody(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    id_ = worry(cast.ben, cast.pair).body["escalation"]["id"]
    post(cast.noor, f"/escalations/{id_}/acknowledge")
    before = get_escalation(id_).step_at
    end_hours(cast.ben)
    assert list_log(cast.ben, "worry.choose") == []
    assert get_escalation(id_).step_at == before


def test_many_worries_that_were_picked_up_cost_no_question_each(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as none:
        ask_to_choose(person_ids=[cast.ben.id], now=read_clock())
    put_on_call(cast, cast.noor)
    for _ in range(3):
        id_ = worry(cast.ben, cast.pair).body["escalation"]["id"]
        post(cast.noor, f"/escalations/{id_}/acknowledge")
        post(cast.noor, f"/escalations/{id_}/resolve", outcome="safe")
    assert Worry.objects.count() == 3
    with CaptureQueriesContext(connection) as three:
        assert ask_to_choose(person_ids=[cast.ben.id], now=read_clock()) == 0
    assert len(three) == len(none)


def end_hours(expert: Player) -> None:
    """Say, as the chat room does, that somebody's hours end."""
    now = read_clock()
    until = format_instant(TUESDAY + ENDS)
    record_facts([HoursEnding(expert.id, str(expert.person.team_id), (), until, 15)], now=now)
    while step_relay(now, LISTENERS):
        pass
