"""Keeping the line warm: reminders inside the expert's hours only, rising, with their notes; then the coordinator."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks
from time_machine import Traveller

from server.availability.actions.hours import set_hours
from server.buddies import handlers
from server.buddies.actions.notes import add_note
from server.buddies.actions.pausing import pause_pairing, resume_pairing
from server.buddies.actions.warmth import keep_quiet
from server.buddies.events import PairingEvents
from server.buddies.models import Pairing, PairingText
from server.buddies.pairing_tasks import step_silences
from server.chat.actions.accept import MessageDraft, accept_messages
from server.events.facts import MessageAccepted, YouthWentSilent
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.ports.socket_door import LoggedEvent
from server.realtime.models import UserEvent
from tests.cast import Cast, Player
from tests.integration.buddies.pairs import make_active, make_expert_ready, run_loops, take
from tests.integration.buddies.people import EVENINGS, Neighbours, card_of, get, post, put, told
from tests.integration.buddies.witness import list_events
from tests.witness import list_facts, nothing_changes

START = "2026-11-17T19:30:00Z"


@pytest.fixture
def pairing(cast: Cast, neighbours: Neighbours) -> str:
    """Ada and Ben, who can be reached in the evening."""
    make_expert_ready(cast, cast.ben, neighbours.bo, always=False)
    made = make_active(cast, cast.ada, cast.ben)
    run_loops()
    return made


def test_reminders_rise_and_the_third_goes_to_the_coordinator_too(cast: Cast, pairing: str, clock: Traveller) -> None:
    for days, count in ((13, 0), (14, 1), (27, 1), (28, 2), (55, 2)):
        _move(clock, days)
        assert len(list_events(cast.ben, "pairing.nudge")) == count, days
        assert list_events(cast.mara, "pairing.silent") == []
    clock.shift(timedelta(days=1))
    assert step_silences(read_clock()) is True
    assert len(list_events(cast.ben, "pairing.nudge")) == 3
    assert list_events(cast.mara, "pairing.silent") == [{"pairing": pairing, "days": 56}]
    (fact,) = list_facts(YouthWentSilent)
    assert fact.days == 56  # type: ignore[attr-defined]


def test_only_who_was_not_heard_in_this_hour_yet_is_looked_up(
    cast: Cast,
    pairing: str,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[set[tuple[str, str]]] = []
    monkeypatch.setattr(handlers, "hear_youths", lambda *, heard: asked.append(set(heard)))
    talk = str(Pairing.objects.get(id=pairing).conversation_id)
    first, again, other = (
        MessageAccepted(talk, seq, str(make_id()), sender.id, (), (), START)
        for seq, sender in enumerate((cast.ada, cast.ada, cast.ben), start=1)
    )
    for facts in ([first], [again, other], [again]):
        with django_capture_on_commit_callbacks(execute=True):
            handlers.on_message_accepted(facts, read_clock())
    assert asked == [{(talk, cast.ada.id)}, {(talk, cast.ben.id)}]


def test_a_reminder_waits_for_the_experts_hours(cast: Cast, pairing: str, clock: Traveller) -> None:
    set_hours(actor=card_of(cast.ben), zone="Europe/Amsterdam", windows=EVENINGS, now=read_clock())
    clock.move_to("2026-12-01T23:00:00Z")
    run_loops()
    assert list_events(cast.ben, "pairing.nudge") == []
    clock.move_to("2026-12-02T18:00:00Z")  # 19:00 in Amsterdam
    run_loops()
    assert len(list_events(cast.ben, "pairing.nudge")) == 1


def test_a_word_of_the_youth_begins_it_anew(cast: Cast, pairing: str, clock: Traveller) -> None:
    _move(clock, 10)
    _write(cast.ada, _find_talk(cast, pairing))
    _move(clock, 20)
    assert list_events(cast.ben, "pairing.nudge") == []
    _move(clock, 24)
    assert len(list_events(cast.ben, "pairing.nudge")) == 1


def test_a_word_of_the_expert_alone_does_not(cast: Cast, pairing: str, clock: Traveller) -> None:
    _move(clock, 10)
    _write(cast.ben, _find_talk(cast, pairing))
    _move(clock, 14)
    assert len(list_events(cast.ben, "pairing.nudge")) == 1


def test_a_pause_does_not_count(cast: Cast, pairing: str, clock: Traveller) -> None:
    _move(clock, 4)
    pause_pairing(actor=card_of(cast.ada), pairing_id=pairing, now=read_clock())
    _move(clock, 9)
    resume_pairing(actor=card_of(cast.ada), pairing_id=pairing, now=read_clock())
    _move(clock, 18)
    assert list_events(cast.ben, "pairing.nudge") == []
    _move(clock, 19)
    assert len(list_events(cast.ben, "pairing.nudge")) == 1


def test_the_days_are_set_per_youth_within_bounds(cast: Cast, pairing: str, clock: Traveller) -> None:
    path = f"/pairings/{pairing}/warmth"
    with nothing_changes():
        for days in (2, 91, -1):
            assert put(cast.mara, path, silence_days=days).body["code"] == "pairing.days_out_of_bounds"
        assert put(cast.ben, path, silence_days=5).status == 403
        assert get(cast.ada, path).status == 403
    assert told(put(cast.mara, path, silence_days=5))["own_days"] is True
    _move(clock, 5)
    assert len(list_events(cast.ben, "pairing.nudge")) == 1


def test_no_reminder_is_needed_until_the_expert_says(cast: Cast, pairing: str, clock: Traveller) -> None:
    until = "2026-12-08T19:00:00Z"
    keep_quiet(actor=card_of(cast.ben), pairing_id=pairing, until=until, now=read_clock())
    _move(clock, 20)
    assert list_events(cast.ben, "pairing.nudge") == []
    _move(clock, 21)
    assert len(list_events(cast.ben, "pairing.nudge")) == 1


def test_a_reminder_brings_the_last_note_and_the_log_holds_none_of_it(
    cast: Cast, pairing: str, clock: Traveller
) -> None:
    words = "Vorige week was Ada bang voor haar examen."
    told(post(cast.ben, f"/pairings/{pairing}/notes", words=words), 201)
    assert [one["words"] for one in told(get(cast.ben, f"/pairings/{pairing}/notes"))["notes"]] == [words]
    assert words.encode() not in bytes(PairingText.objects.get().sealed)
    _move(clock, 14)
    row = UserEvent.objects.get(user_id=cast.ben.id, kind="pairing.nudge")
    assert "examen" not in str(row.refs)
    event = LoggedEvent(cast.ben.id, row.pos, row.kind, str(row.conversation_id), None, row.refs)
    (shown,) = PairingEvents().render([event], now=read_clock())
    assert shown is not None
    assert shown["note"] == words


def test_notes_are_for_who_answers_alone(cast: Cast, pairing: str, neighbours: Neighbours) -> None:
    add_note(actor=card_of(cast.ben), pairing_id=pairing, words="Iets.", now=read_clock())
    path = f"/pairings/{pairing}/notes"
    with nothing_changes():
        assert get(cast.ada, path).status == get(cast.mara, path).status == 403
        assert get(neighbours.bo, path).status == 404
        assert post(cast.ben, path, words="  ").body["code"] == "pairing.words_empty"
        assert post(cast.ben, path, words="x" * 4001).body["code"] == "pairing.words_too_long"
    told(put(cast.mara, f"/pairings/{pairing}/backup", backups=[neighbours.bo.id]))
    assert get(neighbours.bo, path).status == 404
    told(take(cast.ada, pairing, "pause"))
    assert len(told(get(neighbours.bo, path))["notes"]) == 1
    told(take(cast.ada, pairing, "change"))
    assert get(cast.ben, path).status == 404


def _move(clock: Traveller, days: int) -> None:
    """Come to the same hour so many days after the beginning, with all that is due done on the way."""
    clock.move_to(START)
    clock.shift(timedelta(days=days))
    run_loops()


def _find_talk(cast: Cast, pairing: str) -> str:

    return str(Pairing.objects.get(id=pairing).conversation_id)


def _write(player: Player, talk: str) -> None:
    accept_messages([MessageDraft(player.id, None, talk, str(make_id()), "hoi")], now=read_clock())
    run_loops()
