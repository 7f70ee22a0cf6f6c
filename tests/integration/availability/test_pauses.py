"""Recovery time, and rest after a heavy evening: closed at once, without a reason asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from server.availability.actions import grant_extension
from server.availability.errors import NoExtension
from server.availability.models import CapClosure, Extension, Pause
from server.availability.queries import list_extensions
from server.foundation.ids import make_id
from tests.cast import Cast
from tests.integration.availability.gates import RecordingGates
from tests.integration.availability.people import (
    TUESDAY,
    ask_reachability,
    card_of,
    delete,
    get,
    have_hours,
    post,
)
from tests.witness import nothing_changes

WINDOW_END = TUESDAY + timedelta(minutes=90)


def test_a_pause_closes_at_once_and_ends_when_the_expert_says_so(cast: Cast, gates: RecordingGates) -> None:
    have_hours(cast.ben)
    answer = post(cast.ben, "/me/pause")
    assert (answer.status, answer.body) == (201, {"started_at": "2026-11-17T19:30:00.000Z", "until": None})
    assert gates.open_at_turn == {cast.ben.id: False}
    now = ask_reachability(cast.ben)
    assert (now["reason"], now["next_opening"]) == ("pause", None)
    assert get(cast.ben, "/me/availability").body["pause"] == answer.body
    assert delete(cast.ben, "/me/pause").status == 204
    assert gates.open_at_turn == {cast.ben.id: True}
    assert get(cast.ben, "/me/availability").body["pause"] is None


def test_a_pause_with_an_end_ends_by_itself(cast: Cast, clock: time_machine.Traveller) -> None:
    have_hours(cast.ben)
    post(cast.ben, "/me/pause", until="2026-11-17T20:15:00Z")
    assert ask_reachability(cast.ben)["next_opening"] == "2026-11-17T20:15:00.000Z"
    clock.move_to(TUESDAY + timedelta(minutes=45))
    assert ask_reachability(cast.ben)["open"]
    assert get(cast.ben, "/me/availability").body["pause"] is None


def test_a_second_pause_takes_the_place_of_the_first(cast: Cast) -> None:
    have_hours(cast.ben)
    post(cast.ben, "/me/pause")
    post(cast.ben, "/me/pause", until="2026-11-17T20:00:00+00:00")
    assert Pause.objects.filter(ended_at=None).count() == 1
    assert ask_reachability(cast.ben)["next_opening"] == "2026-11-17T20:00:00.000Z"


def test_ending_no_pause_is_the_same_answer(cast: Cast) -> None:
    assert delete(cast.ben, "/me/pause").status == 204


@pytest.mark.parametrize(
    ("until", "status", "code"),
    [
        ("2026-11-17T19:30:00Z", 422, "availability.pause_past"),
        ("2025-11-17T19:30:00Z", 422, "availability.pause_past"),
        ("soon", 422, "availability.date_malformed"),
        ("2026-11-18", 422, "availability.date_malformed"),
        ("2026-11-18T10:00:00", 422, "availability.date_malformed"),
        ("3000-01-01T00:00:00Z", 422, "availability.date_malformed"),
        (5, 400, "proto.bad_frame"),
    ],
)
def test_an_odd_pause_is_refused_and_changes_nothing(
    cast: Cast, gates: RecordingGates, until: object, status: int, code: str
) -> None:
    have_hours(cast.ben)
    gates.forget()
    with nothing_changes():
        answer = post(cast.ben, "/me/pause", until=until)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert gates.calls == []


def test_a_reason_is_not_taken(cast: Cast) -> None:
    with nothing_changes():
        assert post(cast.ben, "/me/pause", reason="tired").body["code"] == "proto.bad_frame"


# --- extensions, which a pause ends


def test_an_extension_is_counted_per_talk_and_evening(cast: Cast, gates: RecordingGates) -> None:
    have_hours(cast.ben)
    gates.forget()
    ben, until = card_of(cast.ben), WINDOW_END
    for _ in range(2):
        until = grant_extension(actor=ben, conversation_id=cast.pair, base=until, now=TUESDAY)
    assert until == WINDOW_END + timedelta(minutes=30)
    assert gates.calls == [("lock", (cast.ben.id,)), ("turn", (cast.ben.id,))] * 2
    with nothing_changes(), pytest.raises(NoExtension):
        grant_extension(actor=ben, conversation_id=cast.pair, base=until, now=TUESDAY)
    other = str(make_id())
    grant_extension(actor=ben, conversation_id=other, base=WINDOW_END, now=TUESDAY)
    assert list_extensions([cast.ben.id], now=TUESDAY) == {
        (cast.ben.id, cast.pair): until,
        (cast.ben.id, other): WINDOW_END + timedelta(minutes=15),
    }
    tomorrow = timedelta(days=1)
    grant_extension(actor=ben, conversation_id=cast.pair, base=WINDOW_END + tomorrow, now=TUESDAY + tomorrow)
    assert Extension.objects.count() == 4


def test_every_extension_is_in_the_ledger(cast: Cast) -> None:
    have_hours(cast.ben)
    grant_extension(actor=card_of(cast.ben), conversation_id=cast.pair, base=WINDOW_END, now=TUESDAY)
    assert get(cast.ben, "/me/boundary-ledger").body["entries"] == [
        {
            "at": "2026-11-17T19:30:00.000Z",
            "kind": "extension",
            "reason": "own_choice",
            "rule_id": "extension",
            "c": cast.pair,
            "minutes": 15,
            "own_choice": True,
        }
    ]


def test_nothing_is_extended_into_the_past(cast: Cast) -> None:
    have_hours(cast.ben)
    with nothing_changes(), pytest.raises(NoExtension):
        grant_extension(
            actor=card_of(cast.ben), conversation_id=cast.pair, base=TUESDAY - timedelta(minutes=15), now=TUESDAY
        )


def test_a_pause_ends_the_extensions_and_allows_no_new_one(cast: Cast) -> None:
    have_hours(cast.ben)
    ben = card_of(cast.ben)
    grant_extension(actor=ben, conversation_id=cast.pair, base=WINDOW_END, now=TUESDAY)
    post(cast.ben, "/me/pause")
    assert list_extensions([cast.ben.id], now=TUESDAY) == {}
    with nothing_changes(), pytest.raises(NoExtension):
        grant_extension(actor=ben, conversation_id=cast.pair, base=WINDOW_END, now=TUESDAY)


# --- rest


def test_rest_is_one_tap_and_may_be_taken_back(cast: Cast, gates: RecordingGates) -> None:
    have_hours(cast.ben)
    answer = post(cast.ben, "/me/rest")
    assert (answer.status, answer.body) == (201, {"until": "2026-11-18T19:30:00.000Z"})
    assert gates.open_at_turn == {cast.ben.id: False}
    now = ask_reachability(cast.ben)
    assert (now["reason"], now["next_opening"]) == ("rest", "2026-11-18T19:30:00.000Z")
    assert get(cast.ben, "/me/availability").body["rest"] == answer.body
    assert [one["kind"] for one in get(cast.ben, "/me/boundary-ledger").body["entries"]] == ["rest"]
    assert delete(cast.ben, "/me/rest").status == 204
    assert ask_reachability(cast.ben)["open"]


def test_a_second_tap_makes_the_rest_longer_and_not_double(cast: Cast, clock: time_machine.Traveller) -> None:
    have_hours(cast.ben)
    post(cast.ben, "/me/rest")
    assert post(cast.ben, "/me/rest").status == 201
    clock.move_to(TUESDAY + timedelta(minutes=10))
    assert post(cast.ben, "/me/rest").body == {"until": "2026-11-18T19:40:00.000Z"}
    assert CapClosure.objects.filter(ended_at=None).count() == 1


def test_a_pause_that_has_ended_is_still_known_of_the_past(cast: Cast, clock: time_machine.Traveller) -> None:
    """Was I protected yesterday? That has an answer."""
    have_hours(cast.ben)
    post(cast.ben, "/me/pause")
    clock.move_to(TUESDAY + timedelta(minutes=30))
    delete(cast.ben, "/me/pause")
    assert ask_reachability(cast.ben, "2026-11-17T19:45:00Z")["reason"] == "pause"
    assert ask_reachability(cast.ben, "2026-11-17T20:00:00Z")["open"]


@pytest.mark.parametrize("path", ["/me/pause", "/me/rest"])
@pytest.mark.parametrize("who", ["ada", "mara"])
def test_only_experts_pause_and_rest(cast: Cast, path: str, who: str) -> None:
    with nothing_changes():
        answers = [post(getattr(cast, who), path), delete(getattr(cast, who), path)]
    assert [(one.status, one.body["code"]) for one in answers] == [(403, "auth.forbidden")] * 2
