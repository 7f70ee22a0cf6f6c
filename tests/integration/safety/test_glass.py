"""Breaking the glass: who may, for how long, who is told, and that nobody reads without it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from server.accounts.actions import suspend_person
from server.accounts.actions.people import change_role
from server.availability.actions import add_shifts
from server.chat.actions.conversations import add_member, open_conversation
from server.events.relay import step_relay
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.safety.glass import Glass
from server.safety.models import GlassOpening
from server.safety.reading_tasks import step_end_readings, step_reading, step_remind_reviews, step_tell_youths
from server.wiring import LISTENERS
from tests.cast import Cast, Player, make_player
from tests.integration.availability.people import TUESDAY, Neighbours, card_of, delete, get, post
from tests.integration.safety.glasses import REASON, break_it, come_back, opened, read
from tests.integration.safety.witness import list_recorded, list_seen
from tests.witness import nothing_changes

NO_CONVERSATION = (404, "conv.not_found")
NOT_THERE = (404, "http.not_found")


def codes(answer: Any) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def parse(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- opening and reading


def test_a_coordinator_reads_for_so_many_minutes_and_not_one_longer(cast: Cast, clock: time_machine.Traveller) -> None:
    cast.accept(cast.ada, "ik weet het even niet meer")
    assert codes(read(cast.mara, cast.pair)) == NO_CONVERSATION
    shown = opened(cast.mara, cast, minutes=30)
    assert parse(shown["until"]) == TUESDAY + timedelta(minutes=30)
    page = read(cast.mara, cast.pair)
    assert [one["body"] for one in page.body["messages"]] == ["ik weet het even niet meer"]
    clock.move_to(TUESDAY + timedelta(minutes=30) - timedelta(milliseconds=1))
    assert read(cast.mara, cast.pair).status == 200
    clock.move_to(TUESDAY + timedelta(minutes=30))
    with nothing_changes():
        assert codes(read(cast.mara, cast.pair)) == NO_CONVERSATION


def test_each_read_is_written_down_before_it_is_answered(cast: Cast) -> None:
    cast.accept(cast.ada)
    shown = opened(cast.mara, cast)
    for _ in range(3):
        assert read(cast.mara, cast.pair).status == 200
    entries = list_recorded(cast, "conversation.read")
    assert len(entries) == 3
    assert {(str(one.actor_id), str(one.subject_id), str(one.object_id)) for one in entries} == {
        (cast.mara.id, cast.ada.id, cast.pair)
    }
    assert {(str(one.authorisation_id), one.emergency, one.purpose) for one in entries} == {
        (shown["id"], True, "safety")
    }


def test_what_cannot_be_written_down_is_not_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.accept(cast.ada, "geheim")
    opened(cast.mara, cast)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the audit is away")

    monkeypatch.setattr("server.safety.glass.record_entries", fail)
    unsealed: list[object] = []
    monkeypatch.setattr("server.chat.queries.load_deks", unsealed.append)
    with nothing_changes():
        answer = read(cast.mara, cast.pair)
    assert codes(answer) == (500, "server.internal")
    assert unsealed == []
    assert "geheim" not in str(answer.body)


def test_a_member_reads_without_any_entry(cast: Cast) -> None:
    cast.accept(cast.ada)
    with nothing_changes():
        assert read(cast.ada, cast.pair).status == 200
        assert read(cast.ben, cast.pair).status == 200


def test_through_the_glass_one_only_looks(cast: Cast) -> None:
    cast.accept(cast.ada)
    opened(cast.mara, cast)
    path = f"/conversations/{cast.pair}"
    with nothing_changes():
        assert codes(post(cast.mara, f"{path}/messages", m=str(make_id()), body="hoi")) == NO_CONVERSATION
        assert codes(post(cast.mara, f"{path}/read", upto=1)) == NO_CONVERSATION
        assert get(cast.mara, "/conversations").body["conversations"] == []
        assert get(cast.mara, "/snapshot").body["conversations"] == []
    cast.accept(cast.ben)
    assert list_seen(cast.mara, "msg.new", "receipt.read", "receipt.delivered", "conv.new") == []
    assert "mara" not in str(get(cast.ada, "/conversations").body).lower()


def test_the_glass_opens_one_conversation_and_no_other(cast: Cast) -> None:
    other = _second_pair(cast)
    opened(cast.mara, cast)
    with nothing_changes():
        assert codes(read(cast.mara, other)) == NO_CONVERSATION
        assert codes(read(cast.noor, cast.pair)) == NO_CONVERSATION


def test_one_conversation_at_a_time(cast: Cast, clock: time_machine.Traveller) -> None:
    other = _second_pair(cast)
    opened(cast.mara, cast, minutes=5)
    with nothing_changes():
        assert codes(break_it(cast.mara, other)) == (409, "glass.already_open")
        assert codes(break_it(cast.mara, cast.pair)) == (409, "glass.already_open")
    assert break_it(cast.noor, other).status == 201
    clock.move_to(TUESDAY + timedelta(minutes=5))
    assert break_it(cast.mara, other).status == 201
    assert [one.end_reason for one in GlassOpening.objects.filter(coordinator_id=cast.mara.id).order_by("id")] == [
        "expired",
        "",
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"minutes": 61}, "glass.minutes"),
        ({"minutes": 0}, "glass.minutes"),
        ({"minutes": -5}, "glass.minutes"),
        ({"minutes": None}, "glass.minutes"),
        ({"reason": None}, "glass.reason_missing"),
        ({"reason": "   ja   "}, "glass.reason_missing"),
        ({"reason": "x" * 1001}, "glass.text_too_long"),
        ({"reason_code": "curious"}, "glass.reason_code_unknown"),
        ({"reason_code": None}, "glass.reason_code_unknown"),
        ({"tell_youth": "never"}, "glass.telling_unknown"),
        ({"tell_youth": "later"}, "glass.reason_missing"),
        ({"tell_youth": "later", "safety_reason": "x" * 1001}, "glass.text_too_long"),
    ],
)
def test_each_bad_request_has_its_code_and_changes_nothing(cast: Cast, fields: dict[str, Any], code: str) -> None:
    with nothing_changes():
        assert codes(break_it(cast.mara, cast.pair, **fields)) == (422, code)


@pytest.mark.parametrize("field", ["reason", "minutes", "reason_code"])
def test_a_missing_field_is_refused_like_an_empty_one(cast: Cast, field: str) -> None:
    given = {"reason_code": "life_danger", "reason": REASON, "minutes": 30}
    del given[field]
    with nothing_changes():
        assert post(cast.mara, f"/conversations/{cast.pair}/break-glass", **given).status == 422


def test_the_bounds_themselves_are_let_through(cast: Cast) -> None:
    assert break_it(cast.mara, cast.pair, minutes=60, reason="x" * 1000).status == 201
    assert break_it(cast.noor, cast.pair, minutes=1, reason="x" * 10).status == 201


def test_who_is_in_the_conversation_needs_no_glass(cast: Cast) -> None:
    add_member(conversation_id=cast.pair, person_id=cast.mara.person.id, from_start=False, now=TUESDAY)
    with nothing_changes():
        assert codes(break_it(cast.mara, cast.pair)) == (409, "glass.member")


def test_a_room_of_several_youths_and_a_talk_without_one_are_not_opened(cast: Cast) -> None:
    lot = make_player(cast.team, "youth", "Lot", TUESDAY)
    room = _open(cast, cast.ada, lot, cast.ben)
    without = _open(cast, cast.ben, cast.noor)
    with nothing_changes():
        assert codes(break_it(cast.mara, room)) == NOT_THERE
        assert codes(break_it(cast.mara, without)) == NOT_THERE


# --- Eve


def test_nobody_but_a_coordinator_of_the_team_breaks_it(cast: Cast, neighbours: Neighbours) -> None:
    with nothing_changes():
        for player in (cast.ada, cast.ben, cast.eve, neighbours.emil):
            assert (
                codes(break_it(player, cast.pair)) == codes(break_it(player, str(make_id()))) == (403, "auth.forbidden")
            )
        assert codes(break_it(neighbours.edda, cast.pair)) == NOT_THERE
        assert codes(break_it(neighbours.edda, str(make_id()))) == NOT_THERE
        assert codes(break_it(cast.mara, cast.elsewhere)) == codes(break_it(cast.mara, str(make_id()))) == NOT_THERE
        assert break_it(None, cast.pair).status == 401


def test_another_teams_reading_is_as_if_it_were_not(cast: Cast, neighbours: Neighbours) -> None:
    known, unknown = (f"/break-glass/{one}" for one in (opened(cast.mara, cast)["id"], make_id()))
    review = {"outcome": "justified", "note": "goed"}
    with nothing_changes():
        for path in (known, unknown):
            assert codes(get(neighbours.edda, path)) == NOT_THERE
            assert codes(delete(neighbours.edda, path)) == NOT_THERE
            assert codes(post(neighbours.edda, f"{path}/review", **review)) == NOT_THERE
            for player in (cast.ada, cast.ben, cast.eve):
                assert codes(get(player, path)) == codes(delete(player, path)) == (403, "auth.forbidden")
                assert codes(post(player, f"{path}/review", **review)) == (403, "auth.forbidden")
            assert get(None, path).status == delete(None, path).status == 401
        assert get(neighbours.edda, "/break-glass").body == {"break_glass": []}
        assert codes(get(cast.ada, "/break-glass")) == (403, "auth.forbidden")


# --- who is told


def test_a_second_coordinator_and_the_youth_are_told_at_once(cast: Cast) -> None:
    shown = opened(cast.mara, cast, reason_code="silence", minutes=10)
    assert (shown["told"], shown["alone"]) == ([cast.noor.id], False)
    (seen,) = list_seen(cast.noor, "glass.opened")
    assert (seen["glass"], seen["coordinator"], seen["youth"]) == (shown["id"], cast.mara.id, cast.ada.id)
    (told,) = list_seen(cast.ada, "glass.opened")
    assert (told["role"], told["reason_code"], told["until"]) == ("coordinator", "silence", shown["until"])
    assert told["text"] == "We hoorden niets meer van je en maakten ons zorgen."
    assert "coordinator" not in told.keys() - {"role"}
    assert list_seen(cast.mara, "glass.opened") == list_seen(cast.ben, "glass.opened") == []
    assert REASON not in str(told) + str(seen)


def test_who_is_on_call_is_told_rather_than_all(cast: Cast) -> None:
    kim = make_player(cast.team, "coordinator", "Kim", TUESDAY)
    _have_on_call(cast, kim)
    assert opened(cast.mara, cast)["told"] == [kim.id]
    assert list_seen(cast.noor, "glass.opened") == []
    assert break_it(kim, cast.pair).body["told"] == sorted([cast.mara.id, cast.noor.id])


def test_with_nobody_to_tell_it_is_allowed_and_recorded_as_alone(cast: Cast) -> None:
    suspend_person(person_id=cast.noor.id, actor=None, now=TUESDAY)
    shown = opened(cast.mara, cast)
    assert (shown["told"], shown["alone"]) == ([], True)
    assert "112" in shown["fallback"]
    admin = make_player(cast.team, "admin", "Anne", TUESDAY)
    assert get(admin, "/break-glass").body["break_glass"][0]["alone"] is True
    assert delete(admin, f"/break-glass/{shown['id']}").status == 204
    assert opened(cast.mara, cast)["told"] == [admin.id]


def test_a_youth_may_be_told_later_for_a_recorded_reason_of_safety(cast: Cast, clock: time_machine.Traveller) -> None:
    why = "De telefoon wordt door iemand anders gelezen."
    shown = opened(cast.mara, cast, tell_youth="later", safety_reason=why)
    assert read(cast.mara, cast.pair).status == 200
    assert shown["youth_told_at"] is None
    assert parse(shown["tell_youth_at"]) == TUESDAY + timedelta(days=14)
    assert list_seen(cast.ada, "glass.opened") == []
    assert get(cast.ada, "/me/who-looked").body == []
    assert get(cast.noor, f"/break-glass/{shown['id']}").body["safety_reason"] == why
    clock.move_to(TUESDAY + timedelta(days=14) - timedelta(seconds=1))
    assert step_tell_youths(read_clock()) is False
    clock.move_to(TUESDAY + timedelta(days=14))
    assert [step_tell_youths(read_clock()) for _ in range(2)] == [True, False]
    assert len(list_seen(cast.ada, "glass.opened")) == 1
    assert len(get(cast.ada, "/me/who-looked").body) == 1


def test_the_reviewer_may_have_the_youth_told_now(cast: Cast, clock: time_machine.Traveller) -> None:
    shown = opened(cast.mara, cast, tell_youth="later", safety_reason="Er kijkt iemand mee op de telefoon.")
    assert read(cast.mara, cast.pair).status == 200
    clock.move_to(TUESDAY + timedelta(days=2))
    review(come_back(cast.noor), shown["id"], tell_youth="now")
    assert len(list_seen(cast.ada, "glass.opened")) == 1
    assert len(get(cast.ada, "/me/who-looked").body) == 1
    clock.move_to(TUESDAY + timedelta(days=20))
    assert step_tell_youths(read_clock()) is False


def test_the_words_about_it_are_sealed(cast: Cast) -> None:
    shown = opened(cast.mara, cast, tell_youth="later", safety_reason="Zijn vader leest mee, zegt hij.")
    review(cast.noor, shown["id"], note="Dit was nodig.")
    row = GlassOpening.objects.get()
    stored = bytes(row.reason) + bytes(row.safety_reason or b"") + bytes(row.review_note or b"")
    assert all(words.encode() not in stored for words in (REASON, "vader", "nodig"))
    texts = get(cast.noor, f"/break-glass/{shown['id']}").body
    assert (texts["reason"], texts["review_note"]) == (REASON, "Dit was nodig.")


# --- the end


def test_it_is_ended_early_by_its_coordinator_or_a_colleague(cast: Cast) -> None:
    for player in (cast.mara, cast.noor):
        path = f"/break-glass/{opened(cast.mara, cast)['id']}"
        assert delete(player, path).status == 204
        with nothing_changes():
            assert codes(read(cast.mara, cast.pair)) == NO_CONVERSATION
            assert delete(player, path).status == 204
    assert [str(one.actor_id) for one in list_recorded(cast, "break_glass.ended")] == [cast.mara.id, cast.noor.id]


def test_an_end_by_the_clock_is_written_down_once(cast: Cast) -> None:
    opened(cast.mara, cast, minutes=1)
    assert step_end_readings(TUESDAY + timedelta(seconds=59)) is False
    assert [step_reading(TUESDAY + timedelta(minutes=1)) for _ in range(2)] == [True, False]
    row = GlassOpening.objects.get()
    assert (row.end_reason, row.ended_at) == ("expired", row.until)
    assert [one.actor_role for one in list_recorded(cast, "break_glass.ended")] == ["system"]


@pytest.mark.parametrize("revoke", ["suspend", "role"])
def test_who_is_suspended_or_no_coordinator_any_more_reads_nothing_more(cast: Cast, revoke: str) -> None:
    opened(cast.mara, cast)
    assert read(cast.mara, cast.pair).status == 200
    door = Glass()
    grant = door.find_grant(person_id=cast.mara.id, conversation_id=cast.pair, now=TUESDAY)
    assert grant is not None
    if revoke == "suspend":
        suspend_person(person_id=cast.mara.id, actor=None, now=TUESDAY)
    else:
        change_role(person_id=cast.mara.id, role="expert", now=TUESDAY)
    with nothing_changes():
        assert door.find_grant(person_id=cast.mara.id, conversation_id=cast.pair, now=TUESDAY) is None
        with pytest.raises(Exception, match="Not found"):
            door.record_read(grant, first_seq=0, last_seq=0, now=TUESDAY)


def test_a_suspension_ends_the_reading_itself(cast: Cast) -> None:
    opened(cast.mara, cast)
    suspend_person(person_id=cast.mara.id, actor=None, now=TUESDAY)
    while step_relay(TUESDAY, LISTENERS):
        pass
    assert GlassOpening.objects.get().end_reason == "revoked"


# --- the review


def review(player: Player, opening_id: str, **fields: Any) -> dict[str, Any]:
    answer = post(player, f"/break-glass/{opening_id}/review", **({"outcome": "justified", "note": "Goed."} | fields))
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


def test_somebody_else_reviews_it_once(cast: Cast) -> None:
    path = f"/break-glass/{opened(cast.mara, cast)['id']}/review"
    with nothing_changes():
        assert codes(post(cast.mara, path, outcome="justified", note="Ik vond het nodig.")) == (409, "glass.own_review")
        assert codes(post(cast.noor, path, outcome="fine", note="Ja.")) == (422, "glass.outcome_unknown")
        assert codes(post(cast.noor, path, outcome="justified", note="  ")) == (422, "glass.note_missing")
        assert codes(post(cast.noor, path, outcome="justified", note="x" * 1001)) == (422, "glass.text_too_long")
        assert codes(post(cast.noor, path, outcome="justified", note="a", tell_youth="no")) == (
            422,
            "glass.telling_unknown",
        )
    found = post(cast.noor, path, outcome="justified", note="Dit was nodig.").body["review"]
    assert (found["outcome"], found["by"], found["overdue"]) == ("justified", cast.noor.id, False)
    with nothing_changes():
        assert codes(post(cast.noor, path, outcome="justified", note="Nog eens.")) == (409, "glass.reviewed")
    assert read(cast.mara, cast.pair).status == 200


def test_what_was_not_justified_ends_at_once(cast: Cast) -> None:
    shown = opened(cast.mara, cast)
    assert review(cast.noor, shown["id"], outcome="not_justified")["running"] is False
    assert codes(read(cast.mara, cast.pair)) == NO_CONVERSATION


def test_an_overdue_review_is_listed_and_asked_for_every_day(cast: Cast, clock: time_machine.Traveller) -> None:
    shown = opened(cast.mara, cast)
    due = TUESDAY + timedelta(days=7)
    assert step_remind_reviews(due - timedelta(seconds=1)) is False
    assert [step_remind_reviews(due), step_remind_reviews(due)] == [True, False]
    assert step_remind_reviews(due + timedelta(days=1)) is True
    clock.move_to(due)
    assert [one["glass"] for one in list_seen(cast.noor, "glass.review_due")] == [shown["id"]] * 2
    assert list_seen(cast.mara, "glass.review_due") == []
    noor = come_back(cast.noor)
    assert get(noor, "/break-glass?open=false").body["break_glass"][0]["review"]["overdue"] is True
    review(noor, shown["id"])
    assert step_remind_reviews(due + timedelta(days=9)) is False


def test_the_list_tells_what_runs_from_what_is_over(cast: Cast, clock: time_machine.Traveller) -> None:
    shown = opened(cast.mara, cast, minutes=5)
    assert [one["id"] for one in get(cast.noor, "/break-glass?open=true").body["break_glass"]] == [shown["id"]]
    assert get(cast.noor, "/break-glass?open=false").body["break_glass"] == []
    clock.move_to(TUESDAY + timedelta(minutes=5))
    assert get(cast.noor, "/break-glass?open=true").body["break_glass"] == []
    assert [one["id"] for one in get(cast.noor, "/break-glass").body["break_glass"]] == [shown["id"]]
    assert codes(get(cast.noor, "/break-glass?open=maybe")) == (400, "proto.bad_frame")


def _open(cast: Cast, *players: Player) -> str:
    members = [one.person.id for one in players]
    return str(open_conversation(team_id=cast.team.id, kind="room", member_ids=members, now=TUESDAY).id)


def _second_pair(cast: Cast) -> str:
    return _open(cast, make_player(cast.team, "youth", "Lot", TUESDAY), cast.ben)


def _have_on_call(cast: Cast, player: Player) -> None:
    add_shifts(
        actor=card_of(cast.mara),
        kind="on_call",
        on="2026-11-17",
        start="18:00",
        end="23:00",
        person_id=player.id,
        now=TUESDAY,
    )
