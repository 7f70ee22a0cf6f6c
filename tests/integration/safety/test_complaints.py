"""A complaint never lands with the person it is about, nor only with their own coordinator; two decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from server.accounts.actions import suspend_person
from server.availability.actions import start_pause
from server.chat.actions.conversations import add_member
from server.events.relay import step_relay
from server.foundation.ids import make_id
from server.ports import registry
from server.ports.pairings import PairingBook
from server.safety.complaint_tasks import step_complaints
from server.safety.models import Complaint, ComplaintAdvice, ComplaintHandler, ComplaintVote, Escalation, Signal
from server.wiring import LISTENERS
from tests.cast import Answer, Cast, Player, make_player
from tests.integration.availability.people import TUESDAY, Neighbours, card_of, delete, get, have_hours, post
from tests.integration.safety.evening import hand_out_held
from tests.integration.safety.pairings import WrittenBook
from tests.integration.safety.witness import list_recorded, list_seen
from tests.witness import nothing_changes

NOT_THERE = (404, "http.not_found")
FORBIDDEN = (403, "auth.forbidden")
TEXT = "Hij zei dat ik me aanstel, en dat meerdere keren."


@pytest.fixture
def book(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> WrittenBook:
    """Ada and Ben are paired, by Mara."""
    book = WrittenBook()
    book.pair(cast, cast.ben, cast.mara)
    answerers: dict[Any, Any] = registry._answerers
    monkeypatch.setitem(answerers, PairingBook, book)
    return book


def codes(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def complain(player: Player | None, **fields: Any) -> Answer:
    return post(player, "/complaints", **({"text": TEXT} | fields))


def complained(cast: Cast, **fields: Any) -> str:
    answer = complain(cast.ada, **({"about": cast.ben.id} | fields))
    assert answer.status == 201, answer.body
    return str(answer.body["id"])


def list_handling(complaint: str) -> dict[str, bool]:
    found = ComplaintHandler.objects.filter(complaint_id=complaint, left_at=None)
    return {str(one.person_id): one.independent for one in found}


def decide(player: Player, complaint: str, decision: str = "upheld") -> Answer:
    return post(player, f"/complaints/{complaint}/decide", decision=decision, note="Zo zie ik het.")


# --- who handles it


def test_two_handle_it_and_one_of_them_did_not_make_the_pairing(cast: Cast, book: WrittenBook) -> None:
    assert list_handling(complained(cast)) == {cast.mara.id: False, cast.noor.id: True}


def test_a_coordinator_who_stands_apart_comes_before_the_one_who_made_the_pairing(
    cast: Cast, book: WrittenBook
) -> None:
    kim = make_player(cast.team, "coordinator", "Kim", TUESDAY)
    complaint = complained(cast)
    assert any(list_handling(complaint).values())
    assert len(list_handling(complaint)) == 2
    assert kim.id in list_handling(complained(cast)) or kim.id in list_handling(complaint)


def test_a_coordinator_does_not_handle_what_is_about_them(cast: Cast, book: WrittenBook) -> None:
    kim = make_player(cast.team, "coordinator", "Kim", TUESDAY)
    complaint = complained(cast, about=cast.mara.id)
    assert list_handling(complaint).keys() == {cast.noor.id, kim.id}


def test_with_too_few_coordinators_an_admin_of_the_installation_is_asked(
    cast: Cast, book: WrittenBook, neighbours: Neighbours
) -> None:
    far = make_player(cast.eve.person.team, "admin", "Anne", TUESDAY)
    complaint = complained(cast, about=cast.mara.id)
    assert list_handling(complaint).keys() == {cast.noor.id, far.id}
    shown = get(far, f"/complaints/{complaint}").body
    assert (shown["text"], shown["handling"]) == (TEXT, True)


def test_without_admins_another_teams_coordinator_is_asked(
    cast: Cast, book: WrittenBook, neighbours: Neighbours
) -> None:
    assert list_handling(complained(cast, about=cast.noor.id)) == {cast.mara.id: False, neighbours.edda.id: True}


def test_about_the_team_somebody_from_outside_looks_along(
    cast: Cast, book: WrittenBook, neighbours: Neighbours
) -> None:
    complaint = complained(cast, about=None, about_team=True)
    handling = list_handling(complaint)
    assert handling[neighbours.edda.id] is True
    assert len(handling) == 2


def test_with_nobody_who_stands_apart_it_waits_says_so_and_is_looked_at_again(cast: Cast, book: WrittenBook) -> None:
    suspend_person(person_id=cast.noor.id, actor=None, now=TUESDAY)
    answer = complain(cast.ada, about=cast.ben.id)
    assert (answer.body["state"], answer.body["waiting"]) == ("received", "complaint.nobody_independent")
    assert list_handling(answer.body["id"]) == {}
    assert step_complaints(TUESDAY) is True
    assert Escalation.objects.get().level == "urgent"
    assert step_complaints(TUESDAY) is False
    make_player(cast.team, "coordinator", "Kim", TUESDAY)
    assert step_complaints(TUESDAY + timedelta(hours=23)) is False
    assert step_complaints(TUESDAY + timedelta(days=1)) is True
    assert Complaint.objects.get().state == "assigned"
    assert len(list_handling(answer.body["id"])) == 2


def test_for_a_suspended_handler_somebody_else_is_found(cast: Cast, book: WrittenBook, neighbours: Neighbours) -> None:
    complaint = complained(cast)
    suspend_person(person_id=cast.noor.id, actor=None, now=TUESDAY)
    while step_relay(TUESDAY, LISTENERS):
        pass
    assert list_handling(complaint).keys() == {cast.mara.id}
    assert step_complaints(TUESDAY) is True
    assert list_handling(complaint) == {cast.mara.id: False, neighbours.edda.id: True}


# --- who sees it


def test_the_one_complained_about_never_sees_hears_or_reaches_it(cast: Cast, book: WrittenBook) -> None:
    kim = make_player(cast.team, "coordinator", "Kim", TUESDAY)
    for about in (cast.ben, cast.mara):
        complaint = complained(cast, about=about.id)
        step_complaints(TUESDAY)
        role = FORBIDDEN if about is cast.ben else NOT_THERE
        with nothing_changes():
            assert complaint not in str(get(about, "/complaints").body)
            assert codes(get(about, f"/complaints/{complaint}")) == NOT_THERE
            assert codes(decide(about, complaint)) == role
        assert complaint not in str(list_seen(about, "complaint.moved", "complaint.advice_asked"))
    escalation = Escalation.objects.get(excluded=[cast.mara.id])
    with nothing_changes():
        assert codes(get(cast.mara, f"/escalations/{escalation.id}")) == NOT_THERE
    assert get(kim, f"/escalations/{escalation.id}").status == 200


def test_the_signal_holds_no_word_of_it_and_comes_once(cast: Cast, book: WrittenBook) -> None:
    complained(cast)
    assert [step_complaints(TUESDAY) for _ in range(2)] == [True, False]
    signal = Signal.objects.get()
    assert (signal.kind, signal.level, signal.note, signal.by_id) == ("complaint", "concern", None, None)
    assert Escalation.objects.get().excluded == [cast.ben.id]


def test_the_words_are_sealed(cast: Cast, book: WrittenBook) -> None:
    complaint = complained(cast)
    decide(cast.mara, complaint)
    row = Complaint.objects.get()
    assert b"aanstel" not in bytes(row.text)
    assert b"Zo zie" not in bytes(ComplaintVote.objects.get().note)


def test_the_one_who_complained_sees_it_without_who_handles_it(cast: Cast, book: WrittenBook) -> None:
    complaint = complained(cast)
    shown = get(cast.ada, f"/complaints/{complaint}").body
    assert (shown["text"], shown["handling"], shown["answer"], shown["decision"]) == (TEXT, False, None, None)
    assert not shown.keys() & {"handlers", "votes", "advice", "complainant"}
    assert [one["id"] for one in get(cast.ada, "/complaints").body["complaints"]] == [complaint]
    assert [one["state"] for one in list_seen(cast.ada, "complaint.moved")] == ["assigned"]
    assert list_recorded(cast, "complaint.read") == []


def test_that_a_handler_reads_it_is_written_down_first(
    cast: Cast, book: WrittenBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = complained(cast)
    assert get(cast.mara, f"/complaints/{complaint}").body["text"] == TEXT
    (entry,) = list_recorded(cast, "complaint.read")
    assert (str(entry.actor_id), str(entry.object_id), entry.purpose) == (cast.mara.id, complaint, "complaint")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the audit is away")

    monkeypatch.setattr("server.safety.complaint_queries.record_entries", fail)
    with nothing_changes():
        answer = get(cast.mara, f"/complaints/{complaint}")
    assert codes(answer) == (500, "server.internal")
    assert TEXT not in str(answer.body)


# --- deciding


def test_two_different_handlers_decide(cast: Cast, book: WrittenBook) -> None:
    complaint = complained(cast)
    assert decide(cast.mara, complaint).body["state"] == "assigned"
    assert decide(cast.mara, complaint).body["state"] == "assigned"
    assert decide(cast.noor, complaint, "not_upheld").body["state"] == "assigned"
    assert decide(cast.noor, complaint).body == decide_shape(complaint, cast)
    assert get(cast.ada, f"/complaints/{complaint}").body["decision"] is None
    with nothing_changes():
        assert codes(decide(cast.mara, complaint)) == (409, "complaint.illegal_transition")


def decide_shape(complaint: str, cast: Cast) -> dict[str, Any]:
    shown: dict[str, Any] = get(cast.noor, "/complaints").body["complaints"][0]
    assert (shown["id"], shown["state"], shown["decision"]) == (complaint, "decided", "upheld")
    return shown


def test_the_answer_closes_it_and_it_may_be_taken_up_again(cast: Cast, book: WrittenBook) -> None:
    complaint = complained(cast)
    with nothing_changes():
        assert codes(post(cast.mara, f"/complaints/{complaint}/close", answer="Klaar.")) == (
            409,
            "complaint.illegal_transition",
        )
        assert codes(post(cast.ada, f"/complaints/{complaint}/reopen", reason="Nee.")) == (
            409,
            "complaint.illegal_transition",
        )
    decide(cast.mara, complaint)
    decide(cast.noor, complaint)
    assert post(cast.noor, f"/complaints/{complaint}/close", answer="Je hebt gelijk.").body["state"] == "closed"
    shown = get(cast.ada, f"/complaints/{complaint}").body
    assert (shown["decision"], shown["answer"]) == ("upheld", "Je hebt gelijk.")
    assert post(cast.ada, f"/complaints/{complaint}/reopen", reason="Het gebeurt weer.").body["state"] == "assigned"
    assert decide(cast.mara, complaint, "not_upheld").body["state"] == "assigned"
    assert decide(cast.noor, complaint, "not_upheld").body["state"] == "decided"
    assert [one.verb for one in Complaint.objects.get().history.order_by("number")] == [
        "receive",
        "assign",
        "decide",
        "close",
        "reopen",
        "decide",
    ]


# --- advice


def ask(player: Player, complaint: str, expert: Player, text: str = "Een jongere voelt zich niet gehoord.") -> Answer:
    return post(player, f"/complaints/{complaint}/ask-advice", expert=expert.id, text=text)


def test_an_expert_advises_on_a_text_without_names_and_sees_nothing_else(
    cast: Cast, book: WrittenBook, neighbours: Neighbours
) -> None:
    complaint = complained(cast)
    answer = ask(cast.noor, complaint, neighbours.bo)
    assert answer.status == 201
    (request,) = get(neighbours.bo, "/advice-requests").body["requests"]
    assert request == answer.body | {"text": "Een jongere voelt zich niet gehoord."}
    assert cast.ada.id not in str(request) + complaint
    with nothing_changes():
        assert codes(get(neighbours.bo, f"/complaints/{complaint}")) == NOT_THERE
    path = f"/advice-requests/{request['id']}/answer"
    assert post(neighbours.bo, path, text="Vraag wat hij nodig had.").status == 200
    with nothing_changes():
        assert codes(post(neighbours.bo, path, text="Nog iets.")) == (409, "complaint.advice_given")
    (given,) = get(cast.mara, f"/complaints/{complaint}").body["advice"]
    assert (given["expert"], given["answer"]) == (neighbours.bo.id, "Vraag wat hij nodig had.")
    assert Complaint.objects.get().state == "advised"
    assert len(list_recorded(cast, "complaint.shown")) == 1
    assert decide(cast.mara, complaint).status == 200


def test_an_expert_hears_of_a_question_within_their_hours_only(
    cast: Cast, book: WrittenBook, neighbours: Neighbours
) -> None:
    complaint = complained(cast)
    ask(cast.noor, complaint, neighbours.bo)
    assert list_seen(neighbours.bo, "complaint.advice_asked") == []
    assert len(get(neighbours.bo, "/advice-requests").body["requests"]) == 1
    have_hours(neighbours.bo)
    hand_out_held()
    assert len(list_seen(neighbours.bo, "complaint.advice_asked")) == 1


@pytest.mark.parametrize("text", ["Wat vind je van wat ben deed?", "ADA voelt zich niet gehoord.", "Over Ben."])
def test_names_have_no_place_in_it(cast: Cast, book: WrittenBook, neighbours: Neighbours, text: str) -> None:
    complaint = complained(cast)
    with nothing_changes():
        assert codes(ask(cast.noor, complaint, neighbours.bo, text)) == (422, "complaint.names_in_text")
    assert ask(cast.noor, complaint, neighbours.bo, "Ze kregen benen van adamant.").status == 201


def test_who_has_to_do_with_it_gives_no_advice(cast: Cast, book: WrittenBook, neighbours: Neighbours) -> None:
    book.pairings.clear()
    book.pair(cast, cast.ben, cast.mara, backup=neighbours.bo)
    complaint = complained(cast)
    with nothing_changes():
        for expert in (cast.ben, neighbours.bo):
            assert codes(ask(cast.noor, complaint, expert)) == (409, "complaint.adviser_involved")
        for nobody in (neighbours.emil, cast.mara, cast.eve):
            assert codes(ask(cast.noor, complaint, nobody)) == NOT_THERE


# --- refusals and Eve


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (422, "complaint.about_missing")),
        ({"about": "ben", "about_team": True}, (422, "complaint.about_missing")),
        ({"about": "ada"}, (422, "complaint.about_oneself")),
        ({"about": "ben", "text": "   "}, (422, "complaint.text_missing")),
        ({"about": "ben", "text": "x" * 4001}, (422, "complaint.text_too_long")),
        ({"about": "eve"}, NOT_THERE),
        ({"about": "nobody"}, NOT_THERE),
    ],
)
def test_each_bad_complaint_has_its_code_and_changes_nothing(
    cast: Cast, book: WrittenBook, fields: dict[str, Any], expected: tuple[int, str]
) -> None:
    people = {"ada": cast.ada.id, "ben": cast.ben.id, "eve": cast.eve.id, "nobody": str(make_id())}
    given = fields | ({"about": people[fields["about"]]} if "about" in fields else {})
    with nothing_changes():
        assert codes(complain(cast.ada, **given)) == expected


def test_coordinators_do_not_complain_here(cast: Cast, book: WrittenBook) -> None:
    with nothing_changes():
        assert codes(complain(cast.mara, about=cast.ben.id)) == FORBIDDEN
        assert complain(None, about=cast.ben.id).status == 401


def test_nobody_takes_a_complaint_while_nobody_can_tell_who_is_paired(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    answerers: dict[Any, Any] = registry._answerers
    monkeypatch.delitem(answerers, PairingBook)
    with nothing_changes():
        assert codes(complain(cast.ada, about=cast.ben.id)) == (503, "server.unavailable")


def test_for_everybody_else_there_is_no_such_complaint(cast: Cast, book: WrittenBook, neighbours: Neighbours) -> None:
    kim = make_player(cast.team, "coordinator", "Kim", TUESDAY)
    complaint = complained(cast)
    outsider = next(one for one in (cast.mara, cast.noor, kim) if one.id not in list_handling(complaint))
    bodies: dict[str, dict[str, Any]] = {
        "decide": {"decision": "upheld", "note": "Ja."},
        "close": {"answer": "Ja."},
        "ask-advice": {"expert": neighbours.bo.id, "text": "Wat vind je?"},
        "reopen": {"reason": "Nee."},
    }
    with nothing_changes():
        for one in (complaint, str(make_id())):
            for player in (outsider, neighbours.edda):
                assert codes(get(player, f"/complaints/{one}")) == NOT_THERE
                for path, body in bodies.items():
                    assert codes(post(player, f"/complaints/{one}/{path}", **body)) == NOT_THERE
            for player in (cast.ben, cast.eve, neighbours.bo):
                assert codes(get(player, f"/complaints/{one}")) == NOT_THERE
                assert codes(post(player, f"/complaints/{one}/reopen", **bodies["reopen"])) == NOT_THERE
                for path in ("decide", "close", "ask-advice"):
                    assert codes(post(player, f"/complaints/{one}/{path}", **bodies[path])) == FORBIDDEN
            assert get(None, f"/complaints/{one}").status == 401
        for path in ("decide", "close", "ask-advice"):
            assert codes(post(cast.ada, f"/complaints/{complaint}/{path}", **bodies[path])) == FORBIDDEN


def test_another_experts_advice_is_as_if_it_were_not(cast: Cast, book: WrittenBook, neighbours: Neighbours) -> None:
    complaint = complained(cast)
    known = ask(cast.noor, complaint, neighbours.bo).body["id"]
    with nothing_changes():
        for one in (known, str(make_id())):
            assert codes(post(cast.ben, f"/advice-requests/{one}/answer", text="Ja.")) == NOT_THERE
            assert codes(post(neighbours.emil, f"/advice-requests/{one}/answer", text="Ja.")) == NOT_THERE
            for player in (cast.ada, cast.mara):
                assert codes(post(player, f"/advice-requests/{one}/answer", text="Ja.")) == FORBIDDEN
        assert get(cast.ben, "/advice-requests").body == {"requests": []}
        assert codes(get(cast.ada, "/advice-requests")) == FORBIDDEN
    assert ComplaintAdvice.objects.get().answer is None


# --- reports


def test_a_message_is_reported_and_nobody_in_the_conversation_hears_of_it(cast: Cast, book: WrittenBook) -> None:
    cast.accept(cast.ben, "stel je niet aan")
    answer = post(cast.ada, "/reports", c=cast.pair, seq=1, note="Dit deed pijn.")
    assert answer.status == 201
    assert answer.body["text"].startswith("Dank je dat je dit meldt.")
    signal = Signal.objects.get()
    assert (signal.kind, signal.level, signal.seqs) == ("report", "concern", [1])
    assert b"pijn" not in bytes(signal.note or b"")
    assert list_seen(cast.ben, "escalation.opened", "escalation.signalled") == []


def test_a_person_in_a_conversation_is_reported(cast: Cast, book: WrittenBook) -> None:
    assert post(cast.ben, "/reports", person=cast.ada.id).status == 201
    assert str(Escalation.objects.get().youth_id) == cast.ada.id


def test_a_coordinator_in_the_conversation_is_not_reached_by_the_report(cast: Cast, book: WrittenBook) -> None:
    add_member(conversation_id=cast.pair, person_id=cast.mara.person.id, from_start=True, now=TUESDAY)
    assert post(cast.ada, "/reports", person=cast.mara.id, note="Zij las mee.").status == 201
    escalation = Escalation.objects.get()
    assert escalation.excluded == [cast.mara.id]
    assert codes(get(cast.mara, f"/escalations/{escalation.id}")) == NOT_THERE


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda cast: {}, (422, "report.nothing_named")),
        (lambda cast: {"c": cast.pair}, (422, "report.nothing_named")),
        (lambda cast: {"seq": 1}, (422, "report.nothing_named")),
        (lambda cast: {"c": cast.pair, "seq": 1, "person": cast.ben.id}, (422, "report.nothing_named")),
        (lambda cast: {"c": cast.pair, "seq": 1, "note": "x" * 2001}, (422, "report.note_too_long")),
        (lambda cast: {"c": cast.pair, "seq": 2}, NOT_THERE),
        (lambda cast: {"c": cast.elsewhere, "seq": 1}, NOT_THERE),
        (lambda cast: {"c": str(make_id()), "seq": 1}, NOT_THERE),
        (lambda cast: {"person": cast.eve.id}, NOT_THERE),
        (lambda cast: {"person": cast.mara.id}, NOT_THERE),
        (lambda cast: {"person": cast.ada.id}, NOT_THERE),
        (lambda cast: {"person": str(make_id())}, NOT_THERE),
    ],
)
def test_what_is_not_there_for_the_caller_cannot_be_reported(
    cast: Cast, make: Callable[[Cast], dict[str, Any]], expected: tuple[int, str]
) -> None:
    cast.accept(cast.ben)
    with nothing_changes():
        assert codes(post(cast.ada, "/reports", **make(cast))) == expected


def test_an_expert_cannot_feel_for_messages_behind_their_gate(cast: Cast) -> None:
    start_pause(actor=card_of(cast.ben), now=TUESDAY)
    cast.accept(cast.ada, "in de nacht")
    with nothing_changes():
        assert codes(post(cast.ben, "/reports", c=cast.pair, seq=1)) == NOT_THERE
    assert delete(cast.ben, "/me/pause").status == 204


def test_who_works_for_the_team_does_not_report_here(cast: Cast) -> None:
    with nothing_changes():
        assert codes(post(cast.mara, "/reports", person=cast.ada.id)) == FORBIDDEN
        assert post(None, "/reports", person=cast.ada.id).status == 401
