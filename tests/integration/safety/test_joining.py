"""A coordinator comes into the conversation, seen by both sides, takes over, hands back, and leaves with its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.accounts.models import Person
from server.availability.actions import end_pause, start_pause
from server.chat.actions.conversations import close_conversation
from server.chat.models import Message
from server.events.facts import EscalationMoved
from server.events.relay import step_relay
from server.foundation.clock import format_instant
from server.foundation.ids import make_id
from server.safety.actions.escalations import acknowledge, begin_escalation, raise_signal, reopen, resolve
from server.safety.models import Escalation, Joining, Report
from server.safety.reading_handlers import on_escalation_moved
from server.wiring import LISTENERS
from tests.cast import Answer, Cast, Player
from tests.integration.availability.people import TUESDAY, Neighbours, card_of, get, post
from tests.integration.safety.evening import hand_out_held
from tests.integration.safety.glasses import read
from tests.integration.safety.witness import list_recorded, list_seen
from tests.witness import nothing_changes

NOT_THERE = (404, "http.not_found")
FORBIDDEN = (403, "auth.forbidden")


def codes(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def worry(cast: Cast, *, kind: str = "worry", conversation: str | None = "", by: Player | None = None) -> str:
    """Return the id of an escalation about Ada, from the pair unless another conversation is named."""
    raised = raise_signal(
        team_id=cast.team.id,
        youth_id=cast.ada.id,
        kind=kind,
        level="urgent",
        by=card_of(by or cast.ben),
        conversation_id=cast.pair if conversation == "" else conversation,
        now=TUESDAY,
    )
    return str(raised.escalation.id)


def join(player: Player | None, escalation: str, **fields: Any) -> Answer:
    return post(player, f"/escalations/{escalation}/join", **fields)


def joined(cast: Cast, escalation: str, **fields: Any) -> str:
    answer = join(cast.mara, escalation, **fields)
    assert answer.status == 200, answer.body
    return str(answer.body["conversation"])


def list_members(player: Player, conversation: str) -> set[str]:
    found = [one for one in get(player, "/conversations").body["conversations"] if one["id"] == conversation]
    return {member["id"] for one in found for member in one["members"]}


# --- joining


def test_both_sides_see_who_came_and_why(cast: Cast) -> None:
    cast.accept(cast.ada, "lang verhaal")
    escalation = worry(cast)
    assert joined(cast, escalation) == cast.pair
    assert Escalation.objects.get().state == "in_progress"
    assert list_members(cast.ada, cast.pair) == {cast.ada.id, cast.ben.id, cast.mara.id}
    (ada,), (ben,) = list_seen(cast.ada, "escalation.joined"), list_seen(cast.ben, "escalation.joined")
    assert (ada["user"], ada["role"], ada["reason"], ada["c"]) == (cast.mara.id, "coordinator", "worry", cast.pair)
    assert ada["text"].startswith("We letten een beetje op elkaar.")
    assert ben["text"].startswith("Goed dat je je zorgen deelde.")
    assert list_seen(cast.mara, "conv.new") == [{"kind": "conv.new", "c": cast.pair}]
    for player, text in ((cast.ada, ada["text"]), (cast.ben, ben["text"])):
        (visitor,) = get(player, f"/conversations/{cast.pair}/company").body["company"]
        assert (visitor["user"], visitor["text"], visitor["answers_instead"]) == (cast.mara.id, text, False)


def test_who_joins_reads_only_what_comes_after(cast: Cast) -> None:
    cast.accept(cast.ada, "vroeger")
    joined(cast, worry(cast))
    assert read(cast.mara, cast.pair).body["messages"] == []
    cast.accept(cast.ada, "nu")
    assert [one["body"] for one in read(cast.mara, cast.pair).body["messages"]] == ["nu"]
    assert list_recorded(cast, "conversation.read") == []


def test_joining_is_on_the_record_and_the_youth_finds_it_under_who_looked(cast: Cast) -> None:
    joined(cast, worry(cast))
    (entry,) = list_recorded(cast, "conversation.joined")
    assert (str(entry.actor_id), str(entry.subject_id), str(entry.object_id)) == (cast.mara.id, cast.ada.id, cast.pair)
    (look,) = get(cast.ada, "/me/who-looked").body
    assert (look["action"], look["role"], look["emergency"]) == ("conversation.joined", "coordinator", False)


def test_who_pressed_the_button_reads_that_they_asked_for_help(cast: Cast) -> None:
    escalation = worry(cast, kind="help", by=cast.ada)
    joined(cast, escalation)
    (ada,) = list_seen(cast.ada, "escalation.joined")
    assert (ada["reason"], ada["text"][:20]) == ("help", "Je vroeg om hulp. Da")
    Person.objects.filter(id=cast.ada.id).update(language="en")
    assert list_seen(cast.ada, "escalation.joined")[0]["text"].startswith("You asked for help.")


@pytest.mark.parametrize("kind", ["report", "complaint", "screening", "boundary"])
def test_what_is_nobodys_business_is_not_given_as_the_reason(cast: Cast, kind: str) -> None:
    joined(cast, worry(cast, kind=kind))
    for player in (cast.ada, cast.ben):
        (seen,) = list_seen(player, "escalation.joined")
        assert seen["reason"] == "care"
        assert kind not in str(seen)


def test_an_expert_outside_their_hours_hears_nothing_and_finds_it_afterwards(cast: Cast) -> None:
    start_pause(actor=card_of(cast.ben), now=TUESDAY)
    escalation = worry(cast)
    joined(cast, escalation)
    assert post(cast.mara, f"/escalations/{escalation}/take-over").status == 200
    assert list_seen(cast.ben, "escalation.joined", "escalation.taken_over") == []
    (visitor,) = get(cast.ben, f"/conversations/{cast.pair}/company").body["company"]
    assert visitor["answers_instead"] is True
    end_pause(actor=card_of(cast.ben), now=TUESDAY)
    hand_out_held()
    assert [one["kind"] for one in list_seen(cast.ben, "escalation.joined", "escalation.taken_over")] == [
        "escalation.joined",
        "escalation.taken_over",
    ]


def test_joining_again_changes_nothing(cast: Cast) -> None:
    escalation = worry(cast)
    joined(cast, escalation)
    with nothing_changes():
        assert joined(cast, escalation) == cast.pair


def test_without_a_conversation_a_line_of_their_own_is_opened(cast: Cast) -> None:
    escalation = worry(cast, kind="help", conversation=None, by=cast.ada)
    line = joined(cast, escalation)
    assert line != cast.pair
    assert list_members(cast.ada, line) == {cast.ada.id, cast.mara.id}
    assert list_seen(cast.ben, "escalation.joined", "member.changed") == []
    assert post(cast.mara, f"/conversations/{line}/messages", m=str(make_id()), body="Hoi Ada").status == 201
    assert joined(cast, escalation) == line


def test_a_private_line_leaves_the_expert_out_of_it(cast: Cast) -> None:
    escalation = worry(cast)
    line = joined(cast, escalation, private=True)
    assert list_members(cast.ada, cast.pair) == {cast.ada.id, cast.ben.id}
    assert list_members(cast.ada, line) == {cast.ada.id, cast.mara.id}
    assert list_seen(cast.ben, "escalation.joined") == []
    assert joined(cast, escalation) == cast.pair
    assert Joining.objects.filter(left_at=None).count() == 2


def test_a_closed_conversation_is_not_joined(cast: Cast) -> None:
    escalation = worry(cast)
    close_conversation(conversation_id=cast.pair, now=TUESDAY)
    assert joined(cast, escalation) != cast.pair


def test_without_a_youth_there_is_only_work(cast: Cast) -> None:
    raised = raise_signal(team_id=cast.team.id, youth_id=None, kind="fault", level="concern", by=None, now=TUESDAY)
    answer = join(cast.mara, str(raised.escalation.id))
    assert (answer.status, answer.body["state"], answer.body["conversation"]) == (200, "in_progress", None)
    assert Joining.objects.count() == 0


def test_a_colleague_may_come_in_as_well_and_it_stays_in_the_hands_it_is_in(cast: Cast) -> None:
    escalation = worry(cast)
    joined(cast, escalation)
    answer = join(cast.noor, escalation)
    assert (answer.status, answer.body["state"]) == (200, "in_progress")
    assert str(Escalation.objects.get(id=escalation).handler_id) == cast.mara.id
    assert {str(one.coordinator_id) for one in Joining.objects.all()} == {cast.mara.id, cast.noor.id}


# --- taking over and handing back


def test_the_expert_is_told_that_they_need_not_do_anything_and_then_that_they_answer_again(cast: Cast) -> None:
    escalation = worry(cast)
    joined(cast, escalation)
    taken = post(cast.mara, f"/escalations/{escalation}/take-over")
    assert (taken.status, taken.body["took_over_at"]) == (200, format_instant(TUESDAY))
    (seen,) = list_seen(cast.ben, "escalation.taken_over")
    assert seen["text"].startswith("Jij hoeft nu niets meer te doen.")
    with nothing_changes():
        assert post(cast.mara, f"/escalations/{escalation}/take-over").status == 200
    assert post(cast.ben, f"/conversations/{cast.pair}/messages", m=str(make_id()), body="dag").status == 201
    assert post(cast.mara, f"/escalations/{escalation}/hand-back").status == 200
    (back,) = list_seen(cast.ben, "escalation.handed_back")
    assert back["text"].startswith("Jij mag weer antwoorden")
    with nothing_changes():
        assert codes(post(cast.mara, f"/escalations/{escalation}/hand-back")) == (409, "escalation.not_taken_over")
    verbs = [one["verb"] for one in get(cast.mara, f"/escalations/{escalation}").body["history"]]
    assert verbs[-2:] == ["take_over", "hand_back"]


def test_only_who_is_in_the_conversation_takes_over(cast: Cast) -> None:
    escalation = worry(cast)
    with nothing_changes():
        for path in ("take-over", "hand-back"):
            assert codes(post(cast.mara, f"/escalations/{escalation}/{path}")) == (409, "escalation.not_joined")
    joined(cast, escalation, private=True)
    with nothing_changes():
        assert codes(post(cast.mara, f"/escalations/{escalation}/take-over")) == (409, "escalation.not_joined")


# --- the end


def end(cast: Cast, escalation: str) -> None:
    resolve(actor=card_of(cast.mara), escalation_id=escalation, outcome="safe", now=TUESDAY)
    while step_relay(TUESDAY, LISTENERS):
        pass


def test_with_the_end_the_coordinator_leaves_and_the_expert_answers_again(cast: Cast) -> None:
    escalation = worry(cast)
    joined(cast, escalation)
    post(cast.mara, f"/escalations/{escalation}/take-over")
    end(cast, escalation)
    assert list_members(cast.ada, cast.pair) == {cast.ada.id, cast.ben.id}
    assert codes(read(cast.mara, cast.pair)) == (404, "conv.not_found")
    assert len(list_seen(cast.ben, "escalation.handed_back")) == 1
    assert get(cast.ada, f"/conversations/{cast.pair}/company").body == {"company": []}
    assert [str(one.object_id) for one in list_recorded(cast, "conversation.left")] == [cast.pair]


def test_a_line_of_their_own_is_closed_and_stays_readable(cast: Cast) -> None:
    escalation = worry(cast)
    line = joined(cast, escalation, private=True)
    post(cast.mara, f"/conversations/{line}/messages", m=str(make_id()), body="Hoi Ada")
    end(cast, escalation)
    assert codes(post(cast.ada, f"/conversations/{line}/messages", m=str(make_id()), body="hoi")) == (
        409,
        "conv.cannot_send",
    )
    assert len(read(cast.ada, line).body["messages"]) == 1


def test_the_fact_may_come_twice_or_too_late(cast: Cast) -> None:
    escalation = worry(cast)
    joined(cast, escalation)
    end(cast, escalation)
    fact = EscalationMoved(escalation, str(cast.team.id), cast.ada.id, cast.pair, "resolve", "resolved", "urgent", "")
    with nothing_changes():
        on_escalation_moved([fact, fact], TUESDAY)
    reopen(actor=card_of(cast.mara), escalation_id=escalation, now=TUESDAY + timedelta(minutes=1))
    joined(cast, escalation)
    with nothing_changes():
        on_escalation_moved([fact], TUESDAY)
    assert cast.mara.id in list_members(cast.ada, cast.pair)


# --- Eve


@pytest.mark.parametrize("path", ["join", "take-over", "hand-back"])
def test_another_teams_escalation_is_as_if_it_were_not(cast: Cast, neighbours: Neighbours, path: str) -> None:
    escalation = worry(cast)
    with nothing_changes():
        for one in (escalation, str(make_id())):
            assert codes(post(neighbours.edda, f"/escalations/{one}/{path}")) == NOT_THERE
            for player in (cast.ada, cast.ben, cast.eve):
                assert codes(post(player, f"/escalations/{one}/{path}")) == FORBIDDEN
            assert post(None, f"/escalations/{one}/{path}").status == 401


def test_whom_an_escalation_must_not_reach_cannot_join_it(cast: Cast) -> None:
    raised = raise_signal(
        team_id=cast.team.id,
        youth_id=cast.ada.id,
        kind="complaint",
        level="concern",
        by=None,
        key="k",
        excluded=[cast.mara.id],
        now=TUESDAY,
    )
    with nothing_changes():
        assert codes(join(cast.mara, str(raised.escalation.id))) == NOT_THERE


def test_only_members_see_the_company(cast: Cast, neighbours: Neighbours) -> None:
    joined(cast, worry(cast))
    with nothing_changes():
        for player in (cast.noor, cast.eve, neighbours.bo, neighbours.edda):
            for place in (cast.pair, str(make_id())):
                assert codes(get(player, f"/conversations/{place}/company")) == NOT_THERE
        assert get(None, f"/conversations/{cast.pair}/company").status == 401


def test_what_ended_or_was_taken_before_is_refused_and_changes_nothing(cast: Cast) -> None:
    escalation = worry(cast)
    acknowledge(actor=card_of(cast.noor), escalation_id=escalation, now=TUESDAY)
    begin_escalation(actor=card_of(cast.noor), escalation_id=escalation, now=TUESDAY)
    resolve(actor=card_of(cast.noor), escalation_id=escalation, outcome="safe", now=TUESDAY)
    with nothing_changes():
        assert codes(join(cast.mara, escalation)) == (409, "escalation.illegal_transition")


# --- reported afterwards


def test_a_coordinator_who_has_left_is_not_reached_by_a_report_of_what_they_wrote(cast: Cast) -> None:
    escalation = worry(cast)
    joined(cast, escalation)
    seqs = {one.id: cast.accept(one).seq for one in (cast.mara, cast.ben)}
    assert post(cast.mara, f"/escalations/{escalation}/resolve", outcome="safe").status == 200
    step_relay(TUESDAY, LISTENERS)
    assert cast.mara.id not in list_members(cast.ada, cast.pair)
    about = {one.id: report(cast, seqs[one.id]) for one in (cast.mara, cast.ben)}
    with nothing_changes():
        assert codes(get(cast.mara, f"/escalations/{about[cast.mara.id]}")) == NOT_THERE
    assert get(cast.noor, f"/escalations/{about[cast.mara.id]}").status == 200
    assert get(cast.mara, f"/escalations/{about[cast.ben.id]}").status == 200


def test_of_a_message_without_a_sender_nobody_who_joined_hears(cast: Cast) -> None:
    escalation = worry(cast)
    joined(cast, escalation)
    seq = cast.accept(cast.ben).seq
    assert post(cast.mara, f"/escalations/{escalation}/resolve", outcome="safe").status == 200
    step_relay(TUESDAY, LISTENERS)
    Message.objects.filter(conversation_id=cast.pair, seq=seq).delete()
    assert Escalation.objects.get(id=report(cast, seq)).excluded == [cast.mara.id]


def report(cast: Cast, seq: int) -> str:
    """Return the id of the escalation that Ada's report of a message opened or joined."""
    answer = post(cast.ada, "/reports", c=cast.pair, seq=seq, note="Dit was naar.")
    assert answer.status == 201, answer.body
    return str(Report.objects.get(conversation_id=cast.pair, seq=seq).escalation_id)
