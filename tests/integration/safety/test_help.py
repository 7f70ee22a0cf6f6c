"""The help button: one tap, never refused, one escalation, the card in the same answer, never a dead end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from server.accounts.models import Person
from server.foundation.json_codec import encode
from server.safety.keys import SAFETY_KEYS, place_note
from server.safety.models import Escalation, Page, Signal
from tests.cast import Cast, Player, Rest
from tests.integration.availability.people import TUESDAY, Neighbours, post
from tests.integration.safety.evening import list_log, look, names_of, press, put_on_call, work
from tests.witness import nothing_changes


def read_notes() -> list[str]:
    """Return the notes that were sealed with signals."""
    rows = Signal.objects.select_related("escalation").filter(note__isnull=False)
    return [
        SAFETY_KEYS.open_json(one.escalation.key_id, bytes(one.note or b""), place_note(one.escalation_id, one.id))
        for one in rows
    ]


def test_a_press_calls_who_is_on_call_and_shows_the_card_in_the_same_answer(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    answer = press(cast.ada)
    assert answer.status == 201
    assert answer.body["escalation"]["level"] == "emergency"
    assert answer.body["escalation"]["state"] == "open"
    assert names_of(answer.body["help"])[:2] == ["112", "0800-0113"]
    assert "waarschuwen nu iemand van het team" in answer.body["next"]
    assert "3 minuten" in answer.body["next"]
    assert [str(one.person_id) for one in Page.objects.all()] == [cast.noor.id]


def test_a_press_needs_no_worker_for_its_first_page(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    press(cast.ada)
    assert Page.objects.filter(person_id=cast.noor.id, state__in=("queued", "sent")).count() == 1


def test_pressed_again_it_is_the_same_escalation(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    first, second = press(cast.ada), press(cast.ada, note="het gaat echt niet")
    assert (first.status, second.status) == (201, 200)
    assert first.body["escalation"] == second.body["escalation"]
    assert (Escalation.objects.count(), Page.objects.count(), Signal.objects.count()) == (1, 1, 2)
    assert read_notes() == ["het gaat echt niet"]


def test_no_limiter_counts_a_press(cast: Cast, counting: None) -> None:
    answers = [press(cast.ada).status for _ in range(150)]
    assert answers == [201] + [200] * 149
    assert (Escalation.objects.count(), Signal.objects.count()) == (1, 150)


def test_a_note_that_is_too_long_is_cut_and_one_that_no_body_holds_is_dropped(cast: Cast) -> None:
    assert press(cast.ada, note="help").body["note"] == "kept"
    cut = press(cast.ada, note="x" * 2_001)
    assert (cut.status, cut.body["note"]) == (200, "cut")
    dropped = press(cast.ada, note="y" * 70_000)
    assert (dropped.status, dropped.body["note"]) == (200, "dropped")
    assert press(cast.ada, note="   ").body["note"] == "none"
    assert sorted(read_notes()) == ["help", "x" * 2_000]
    assert Signal.objects.count() == 4


def test_what_is_no_press_at_all_is_refused_by_the_contract(cast: Cast) -> None:
    with nothing_changes():
        assert press(cast.ada, notes="?").status == 400
        assert press(cast.ada, note=1).status == 400


def test_with_nobody_on_duty_the_answer_is_honest_and_the_others_are_called(cast: Cast) -> None:
    Person.objects.filter(role="coordinator").update(role="expert")
    answer = press(cast.ada)
    assert answer.status == 201
    assert "niemand van het team dienst" in answer.body["next"]
    assert "112" in answer.body["next"]
    assert "113" in answer.body["next"]


def test_english_is_spoken_to_who_reads_english(cast: Cast) -> None:
    Person.objects.filter(id=cast.ada.id).update(language="en")
    put_on_call(cast, cast.noor)
    assert "We are alerting somebody" in press(cast.ada).body["next"]


@pytest.mark.parametrize("name", ["ben", "mara"])
def test_only_a_youth_has_the_button(cast: Cast, name: str) -> None:
    player: Player = getattr(cast, name)
    with nothing_changes():
        assert (press(player).status, press(player).body["code"]) == (403, "auth.forbidden")
        assert Rest(player).get("/help/current").status == 403


def test_without_a_session_there_is_no_button(cast: Cast) -> None:
    with nothing_changes():
        assert press(None).status == 401


# --- what happens next


def test_what_happens_next_follows_the_escalation(cast: Cast, clock: time_machine.Traveller) -> None:
    put_on_call(cast, cast.noor)
    assert look(cast.ada, "/help/current")["escalation"] is None
    assert "Er loopt nu niets" in look(cast.ada, "/help/current")["next"]
    id_ = press(cast.ada).body["escalation"]["id"]
    work()
    assert look(cast.ada, "/help/current")["picked_up_by"] is None
    assert post(cast.noor, f"/escalations/{id_}/acknowledge").status == 200
    seen = look(cast.ada, "/help/current")
    assert (seen["picked_up_by"], seen["escalation"]["state"]) == ("coordinator", "acknowledged")
    assert "een coördinator" in seen["next"]
    assert "Noor" not in str(seen)
    assert post(cast.noor, f"/escalations/{id_}/resolve", outcome="safe").status == 200
    assert "Dit is afgerond" in look(cast.ada, "/help/current")["next"]
    clock.move_to(TUESDAY + timedelta(hours=25))
    assert look(cast.ada, "/help/current")["escalation"] is None


def test_pressing_after_the_end_opens_a_new_one(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    id_ = press(cast.ada).body["escalation"]["id"]
    post(cast.noor, f"/escalations/{id_}/acknowledge")
    post(cast.noor, f"/escalations/{id_}/resolve", outcome="safe")
    again = press(cast.ada)
    assert again.status == 201
    assert again.body["escalation"]["id"] != id_
    assert look(cast.ada, "/help/current")["escalation"]["id"] == again.body["escalation"]["id"]


def test_a_youth_sees_nothing_of_what_others_worry_about(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    assert post(cast.ben, f"/conversations/{cast.pair}/worries", level="urgent").status == 201
    work()
    assert look(cast.ada, "/help/current")["escalation"] is None
    assert list_log(cast.ada, "escalation.", "worry.") == []


def test_a_press_lifts_what_an_expert_worried_about(cast: Cast) -> None:
    put_on_call(cast, cast.noor)
    first = post(cast.ben, f"/conversations/{cast.pair}/worries", level="concern")
    pressed = press(cast.ada)
    assert pressed.status == 200
    assert pressed.body["escalation"]["id"] == first.body["escalation"]["id"]
    assert pressed.body["escalation"]["level"] == "emergency"


# --- who can read


def test_who_can_read_is_words_and_facts(cast: Cast, neighbours: Neighbours) -> None:
    page = look(cast.ada, "/who-can-read")
    assert [one["id"] for one in page["parts"]][:2] == ["members", "hours"]
    (talk,) = page["conversations"]
    assert (talk["c"], talk["kind"]) == (cast.pair, "pair")
    assert {(one["display_name"], one["role"]) for one in talk["readers"]} == {("Ada", "youth"), ("Ben", "expert")}
    assert look(neighbours.bo, "/who-can-read")["conversations"] == []
    Person.objects.filter(id=cast.ada.id).update(language="en")
    assert look(cast.ada, "/who-can-read")["parts"][0]["title"] == "Who reads along?"


def test_a_body_of_bytes_that_are_too_many_is_still_a_call(cast: Cast) -> None:
    answer = Rest(cast.ada).call("POST", "/help", encode({"note": "z" * 200_000}))
    assert (answer.status, answer.body["note"]) == (201, "dropped")
