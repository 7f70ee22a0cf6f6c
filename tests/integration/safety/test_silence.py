"""An unanswered message: the clock runs in open minutes only; it stops by an answer, a word, or the end of the talk."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from server.chat.actions.conversations import close_conversation, remove_member
from server.events.facts import MessageAccepted, PairingMoved, YouthWentSilent
from server.events.outbox import record_facts
from server.foundation.clock import format_instant, read_clock
from server.foundation.ids import make_id
from server.safety.actions.silence import renew_silence
from server.safety.models import Escalation, Signal, SilenceTimer
from tests.cast import Cast, Rest
from tests.integration.availability.people import TUESDAY, Neighbours, get, post, put
from tests.integration.safety.evening import ENDS, get_escalation, give_evening, work
from tests.integration.safety.glasses import come_back
from tests.witness import nothing_changes


def end_escalation(cast: Cast) -> None:
    """Have a coordinator pick up the escalation and resolve it."""
    path = f"/escalations/{Escalation.objects.get(ended_at=None).id}"
    mara = come_back(cast.mara)
    assert post(mara, f"{path}/acknowledge").status == 200
    assert post(mara, f"{path}/resolve", outcome="safe").status == 200


def stand_at(clock: time_machine.Traveller, **after: int) -> None:
    """Go to an instant after TUESDAY and have a worker do what is due."""
    clock.move_to(TUESDAY + timedelta(**after))
    work()


def test_after_an_hour_without_an_answer_the_team_hears_of_it_once(cast: Cast, clock: time_machine.Traveller) -> None:
    seq = cast.accept(cast.ada).seq
    stand_at(clock, minutes=59)
    assert not Signal.objects.exists()
    stand_at(clock, minutes=60)
    signal = Signal.objects.get()
    assert (signal.kind, signal.level, signal.seqs, str(signal.conversation_id)) == (
        "silence", "concern", [seq], cast.pair,
    )  # fmt: skip
    cast.accept(cast.ada, "hallo?")
    stand_at(clock, hours=5)
    assert Signal.objects.count() == 1


def test_an_answer_stops_the_clock_and_the_next_question_starts_another(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    cast.accept(cast.ada)
    stand_at(clock, minutes=40)
    cast.accept(cast.ben)
    stand_at(clock, minutes=50)
    cast.accept(cast.ada, "en nu?")
    stand_at(clock, minutes=109)
    assert not Signal.objects.exists()
    stand_at(clock, minutes=110)
    assert Signal.objects.count() == 1


def test_after_a_signal_and_an_answer_the_next_silence_is_another_signal(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    cast.accept(cast.ada)
    stand_at(clock, minutes=60)
    cast.accept(cast.ben)
    cast.accept(cast.ada)
    stand_at(clock, minutes=120)
    assert (Signal.objects.count(), Escalation.objects.count()) == (2, 1)


def test_once_the_escalation_has_ended_silence_counts_anew(cast: Cast, clock: time_machine.Traveller) -> None:
    cast.accept(cast.ada)
    stand_at(clock, minutes=60)
    cast.accept(cast.ada, "hallo?")
    stand_at(clock, minutes=90)
    end_escalation(cast)
    work()
    assert Signal.objects.count() == 1
    stand_at(clock, minutes=119)
    assert Signal.objects.count() == 1
    stand_at(clock, minutes=120)
    assert (Signal.objects.count(), Escalation.objects.count()) == (2, 2)


def test_what_was_signalled_before_the_escalation_ended_is_dealt_with(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    cast.accept(cast.ada)
    stand_at(clock, minutes=60)
    end_escalation(cast)
    stand_at(clock, hours=5)
    assert Signal.objects.count() == 1
    cast.accept(cast.ada, "en nu?")
    stand_at(clock, hours=6)
    assert Signal.objects.count() == 2


def test_the_end_of_an_earlier_escalation_changes_nothing_for_the_next(
    cast: Cast, clock: time_machine.Traveller
) -> None:
    cast.accept(cast.ada)
    stand_at(clock, minutes=60)
    end_escalation(cast)
    cast.accept(cast.ada, "en nu?")
    stand_at(clock, hours=2)
    cast.accept(cast.ada, "hallo?")
    stand_at(clock, hours=2, minutes=1)
    before = SilenceTimer.objects.values().get()
    renew_silence(escalation_ids=Escalation.objects.values_list("id", flat=True), now=read_clock())
    assert SilenceTimer.objects.values().get() == before
    stand_at(clock, hours=8)
    assert Signal.objects.count() == 2


def test_while_nobody_is_there_to_answer_all_minutes_count(cast: Cast, clock: time_machine.Traveller) -> None:
    cast.accept(cast.ada, "is er iemand?")
    remove_member(conversation_id=UUID(cast.pair), person_id=cast.ben.person.id, now=read_clock())
    stand_at(clock, minutes=11)
    assert SilenceTimer.objects.get().due_at == TUESDAY + timedelta(minutes=26)
    stand_at(clock, minutes=59)
    assert not Signal.objects.exists()
    stand_at(clock, minutes=60)
    assert Signal.objects.get().kind == "silence"


def test_a_new_question_winds_a_clock_up_that_was_let_go(cast: Cast, clock: time_machine.Traveller) -> None:
    cast.accept(cast.ada)
    work()
    SilenceTimer.objects.update(due_at=None)
    cast.accept(cast.ada, "hallo?")
    stand_at(clock, minutes=60)
    assert Signal.objects.count() == 1


def test_only_open_minutes_count(cast: Cast, clock: time_machine.Traveller) -> None:
    give_evening(cast.ben)  # until 22:00, and again tomorrow from 19:00
    clock.move_to(TUESDAY + ENDS - timedelta(minutes=20))
    cast.accept(cast.ada)
    stand_at(clock, hours=12)
    assert not Signal.objects.exists()
    stand_at(clock, hours=22, minutes=30 + 39)
    assert not Signal.objects.exists()
    stand_at(clock, hours=22, minutes=30 + 40)
    assert Signal.objects.count() == 1


def test_facts_in_any_order_and_twice_come_to_the_same(cast: Cast, clock: time_machine.Traveller) -> None:
    cast.accept(cast.ada)
    cast.accept(cast.ben)
    work()
    now = read_clock()
    for seq, sender in ((2, cast.ben), (1, cast.ada), (1, cast.ada), (2, cast.ben)):
        fact = MessageAccepted(cast.pair, seq, str(make_id()), sender.id, (), (), format_instant(now))
        record_facts([fact], now=now)
        work()
    timer = SilenceTimer.objects.get()
    assert (timer.first_at, timer.answered_seq, timer.due_at) == (None, 2, None)
    stand_at(clock, hours=3)
    assert not Signal.objects.exists()


def test_no_reply_needed_stops_the_clock(cast: Cast, clock: time_machine.Traveller) -> None:
    cast.accept(cast.ada, "welterusten!")
    work()
    path = f"/conversations/{cast.pair}/no-reply-needed"
    assert post(cast.ben, path).status == 204
    with nothing_changes():
        assert post(cast.ben, path).body["code"] == "safety.nothing_waits"
    stand_at(clock, hours=3)
    assert not Signal.objects.exists()


def test_no_reply_needed_is_for_who_answers_there(cast: Cast, neighbours: Neighbours) -> None:
    cast.accept(cast.ada)
    work()
    path = f"/conversations/{cast.pair}/no-reply-needed"
    with nothing_changes():
        assert post(cast.ada, path).status == 403
        for stranger in (neighbours.emil, neighbours.bo, cast.mara):
            assert post(stranger, path).seen == post(stranger, f"/conversations/{make_id()}/no-reply-needed").seen
        assert post(None, path).status == 401


@pytest.mark.parametrize("by", ["pairing", "conversation"])
def test_a_talk_that_has_ended_waits_for_nothing(cast: Cast, clock: time_machine.Traveller, by: str) -> None:
    cast.accept(cast.ada)
    now = read_clock()
    if by == "conversation":
        close_conversation(conversation_id=cast.pair, now=now)
    else:
        fact = PairingMoved(
            str(make_id()), str(cast.team.id), cast.ada.id, cast.ben.id, cast.pair, "finish", "closing", "closed",
            format_instant(now),
        )  # fmt: skip
        work()
        record_facts([fact], now=now)
    stand_at(clock, hours=3)
    assert not Signal.objects.exists()
    assert SilenceTimer.objects.get().due_at is None


def test_a_team_sets_its_own_minutes_and_level(cast: Cast, clock: time_machine.Traveller) -> None:
    assert get(cast.mara, "/team/silence").body == {"level": "concern", "minutes": 60}
    assert put(cast.mara, "/team/silence", level="urgent").body == {"level": "urgent", "minutes": 30}
    assert put(cast.mara, "/team/silence", level="urgent", minutes=10).body["minutes"] == 10
    cast.accept(cast.ada)
    stand_at(clock, minutes=10)
    assert get_escalation(str(Escalation.objects.get().id)).level == "urgent"


@pytest.mark.parametrize(
    "given", [{"level": "urgent", "minutes": 9}, {"level": "concern", "minutes": 241}, {"level": "emergency"}]
)
def test_minutes_and_levels_have_bounds(cast: Cast, given: dict[str, object]) -> None:
    with nothing_changes():
        assert put(cast.mara, "/team/silence", **given).body["code"] == "safety.silence_minutes"
        for player in (cast.ada, cast.ben):
            assert put(player, "/team/silence", level="urgent").status == 403
            assert Rest(player).get("/team/silence").status == 403


def test_a_youth_who_went_silent_is_a_concern_once(cast: Cast) -> None:
    now = read_clock()
    fact = YouthWentSilent(str(make_id()), str(cast.team.id), cast.ada.id, cast.ben.id, cast.pair, 14)
    for _ in range(2):
        record_facts([fact], now=now)
        work()
    signal = Signal.objects.get()
    assert (signal.kind, signal.level) == ("quiet_youth", "concern")
