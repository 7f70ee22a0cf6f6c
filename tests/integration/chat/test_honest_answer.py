"""The honest answer: in the same `sent`, once an evening, revised when the hours change, and never with the reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from server.availability.actions import add_shifts, start_pause
from server.chat.models import OutsideAnswer
from server.realtime.queries import MissedAsk, read_missed
from tests.cast import Cast, Frame, Rest, make_player
from tests.integration.availability.people import delete, post
from tests.integration.chat.evenings import (
    EVENINGS,
    SECOND,
    add_pair,
    at,
    begin,
    card_of,
    head_of,
    keep_hours,
    list_kinds,
    read_log,
    say,
    set_numbers,
    show,
    sweep,
)
from tests.integration.realtime.house import House, do

START, END, TOMORROW = at("19:00"), at("22:00"), at("19:00", days=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Tuesday, 22:30: Ben's evening is over."""
    with time_machine.travel(at("22:30"), tick=False) as clock:
        yield clock


@pytest.fixture
def cast(transactional_db: None, clock: time_machine.Traveller) -> Cast:
    """The cast with Ben's evenings."""
    cast = begin("20:00")
    sweep(END)
    return cast


def list_answers(cast: Cast, since: int = 0) -> list[Frame]:
    """Return the references of the answers in Ada's log; the one place in each conversation holds the newest."""
    return [dict(one.refs or {}) for one in read_log(cast.ada, since) if one.kind == "answer.given"]


def read_text(cast: Cast) -> str:
    """Return the words of the answer as Ada's device shows them when it reads its log."""
    (missed,) = read_missed([MissedAsk(cast.ada.id, 0, 50)], now=at("22:30"))
    return b"".join(item for _, item in missed.items if b"answer.given" in item).decode()


async def test_it_comes_in_the_same_frame_and_as_a_line_of_the_conversation(
    cast: Cast, house: House, clock: time_machine.Traveller
) -> None:
    ada = await house.open(cast.ada)
    sent = await ada.send(cast.pair, "ben je er nog?")
    assert sent["status"] == "held"
    assert "Ben kan het morgen vanaf 19:00 lezen." in sent["answer"]
    assert sent["hold"]["opens_at"] == show(TOMORROW)
    line = await ada.wait_for_event("answer.given")
    assert (line["c"], line["text"], line["at"], line["opens_at"]) == (
        cast.pair,
        sent["answer"],
        show(at("22:30")),
        show(TOMORROW),
    )
    assert line["doors"] == [{"door": "wait"}, {"door": "duty", "open": False}, {"door": "help"}]
    message = next(one for one in ada.events if one["kind"] == "msg.new")
    assert message["pos"] < line["pos"], "the answer follows what it answers"


async def test_over_rest_it_is_the_same(cast: Cast, house: House) -> None:
    answer = await do(
        lambda: Rest(cast.ada).post(f"/conversations/{cast.pair}/messages", m=cast.draft(cast.ada).client_id, body="?")
    )
    assert (answer.status, answer.body["status"]) == (201, "held")
    assert "Ben" in answer.body["answer"]


def test_it_comes_once_an_evening(cast: Cast) -> None:
    answers = [say(cast, cast.ada, now=at("22:30") + number * SECOND).answer for number in range(3)]
    assert [one is not None for one in answers] == [True, False, False]
    assert say(cast, cast.ada, now=at("05:59", days=1)).answer is None, "this is still that evening"
    assert say(cast, cast.ada, now=at("06:29", days=1)).answer is None, "nor within eight hours"
    assert say(cast, cast.ada, now=at("06:30", days=1)).answer is not None
    assert OutsideAnswer.objects.count() == 2
    assert len(list_answers(cast)) == 1, "one place in the log"


def test_the_same_m_again_is_not_answered_again(cast: Cast) -> None:
    m = cast.draft(cast.ada).client_id
    assert say(cast, cast.ada, client_id=m, now=at("22:30")).answer is not None
    again = say(cast, cast.ada, client_id=m, now=at("22:31"))
    assert (again.duplicate, again.answer) == (True, None)


def test_within_the_hours_nothing_is_said(cast: Cast) -> None:
    assert say(cast, cast.ada, now=at("20:00", days=1)).answer is None
    assert (OutsideAnswer.objects.count(), list_answers(cast)) == (0, [])


def test_every_conversation_has_its_own(cast: Cast) -> None:
    cleo = make_player(cast.team, "expert", "Cleo", at("20:00"))
    keep_hours(cleo, EVENINGS, now=at("20:00"))
    other = add_pair(cast, cast.ada, cleo, now=at("22:30"))
    first, second = say(cast, cast.ada, now=at("22:31")), say(cast, cast.ada, conversation_id=other, now=at("22:31"))
    assert "Ben" in str(first.answer)
    assert "Cleo" in str(second.answer)
    assert len(list_answers(cast)) == 2


def test_only_a_youth_is_answered(cast: Cast) -> None:
    """An expert who writes to a colleague outside theirs knows how hours work."""
    cleo = make_player(cast.team, "expert", "Cleo", at("20:00"))
    keep_hours(cleo, [{"weekday": 2, "start": "22:00", "end": "23:00"}], now=at("20:00"))
    colleagues = add_pair(cast, cleo, cast.ben, now=at("22:10"))
    said = say(cast, cleo, conversation_id=colleagues, now=at("22:30"))
    assert said.hold is not None
    assert (said.answer, "answer.given" in list_kinds(cleo), OutsideAnswer.objects.count()) == (None, False, 0)


def test_the_team_says_how_often_and_when_an_evening_begins(cast: Cast) -> None:
    set_numbers(cast, answer_once_hours=2, evening_starts="00:00")
    given = [
        say(cast, cast.ada, now=now).answer is not None
        for now in (at("22:30"), at("23:59"), at("00:29", days=1), at("00:30", days=1))
    ]
    assert given == [True, False, False, True]


# --- when the hours change


def test_it_is_said_anew_when_the_next_opening_changes(cast: Cast, clock: time_machine.Traveller) -> None:
    say(cast, cast.ada, now=at("22:30"))
    ada = head_of(cast.ada)
    clock.move_to(at("22:40"))
    keep_hours(cast.ben, [{"weekday": 4, "start": "18:00", "end": "20:00"}], now=at("22:40"))
    (revised,) = list_answers(cast, ada)
    assert (revised["at"], revised["opens_at"]) == (show(at("22:40")), show(at("18:00", days=2)))
    assert "Ben kan het donderdag vanaf 18:00 lezen." in read_text(cast)
    row = OutsideAnswer.objects.get()
    assert (row.said_at, row.changed_at, row.opens_at) == (at("22:30"), at("22:40"), at("18:00", days=2))
    assert say(cast, cast.ada, now=at("22:41")).answer is None, "it has been said"


def test_it_is_not_said_anew_when_the_opening_stays(cast: Cast, clock: time_machine.Traveller) -> None:
    say(cast, cast.ada, now=at("22:30"))
    ada = head_of(cast.ada)
    more = [*EVENINGS, {"weekday": 6, "start": "12:00", "end": "13:00"}]
    keep_hours(cast.ben, more, now=at("22:40"))
    assert (list_answers(cast, ada), list_kinds(cast.ada, ada)) == ([], [])


def test_what_was_said_last_night_is_not_said_anew_tonight(cast: Cast, clock: time_machine.Traveller) -> None:
    say(cast, cast.ada, now=at("22:30"))
    sweep(TOMORROW)
    sweep(at("22:00", days=1))
    ada = head_of(cast.ada)
    keep_hours(cast.ben, [], now=at("22:30", days=1))
    assert list_answers(cast, ada) == []


def test_a_window_that_nobody_saw_is_said_anew(cast: Cast) -> None:
    """What was promised for Wednesday has not come true: the message waits until Thursday, and the youth hears it."""
    say(cast, cast.ada, now=at("22:30"))
    ada = head_of(cast.ada)
    sweep(at("22:00", days=1))
    assert [one["opens_at"] for one in list_answers(cast, ada)] == [show(at("19:00", days=2))]


def test_when_nobody_knows_when_it_says_so_and_later_when(cast: Cast, clock: time_machine.Traveller) -> None:
    start_pause(actor=card_of(cast.ben), now=at("22:30"))
    held = say(cast, cast.ada, now=at("22:31"))
    assert held.hold is not None
    assert held.hold.opens_at is None
    assert "We weten nog niet wanneer Ben het kan lezen." in str(held.answer)
    clock.move_to(at("22:35"))
    delete(cast.ben, "/me/pause")
    assert "Ben kan het morgen vanaf 19:00 lezen." in read_text(cast)


WAYS_OF_BEING_AWAY = {
    "pause": lambda cast: post(cast.ben, "/me/pause", until="2026-11-18T20:00:00Z"),
    "rest": lambda cast: post(cast.ben, "/me/rest"),
    "absence": lambda cast: post(cast.ben, "/me/availability/absences", from_="2026-11-17", to="2026-11-19"),
    "exception": lambda cast: post(
        cast.ben, "/me/availability/exceptions", kind="illness", from_="2026-11-17", to="2026-11-18", windows=[]
    ),
}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("reason", WAYS_OF_BEING_AWAY)
async def test_the_reason_is_never_told(
    cast: Cast, house: House, clock: time_machine.Traveller, reason: str, when: str
) -> None:
    """Not in the frame, not in the log, not in history, lists and snapshots: before the message or after it."""
    ada = await house.open(cast.ada)
    if when == "before":
        await do(lambda: WAYS_OF_BEING_AWAY[reason](cast))
    sent = await ada.send(cast.pair)
    if when == "after":
        clock.move_to(at("22:45"))
        await do(lambda: WAYS_OF_BEING_AWAY[reason](cast))
    await ada.settle()
    shown = [sent, *ada.events, *ada.pushes]
    for path in ("/conversations", "/snapshot", f"/conversations/{cast.pair}/messages"):
        shown.append((await do(lambda path=path: Rest(cast.ada).get(path))).body)  # type: ignore[misc]
    assert sent["hold"]["reason"] == "outside_hours"
    for word in ("pause", "pauze", "rest", "rust", "absen", "afwezig", "ziek", "illness", "exception"):
        assert word not in repr(_without_ids(shown)).lower(), word


def _without_ids(shown: object) -> object:
    """Return the values without the help card, whose lines are about others."""
    if isinstance(shown, dict):
        return {name: _without_ids(value) for name, value in shown.items() if name != "help"}
    return [_without_ids(one) for one in shown] if isinstance(shown, list) else shown


def test_it_says_when_somebody_is_on_duty(cast: Cast, clock: time_machine.Traveller) -> None:
    cleo = make_player(cast.team, "expert", "Cleo", at("20:00"))
    add_shifts(
        actor=card_of(cast.mara),
        kind="duty",
        on="2026-11-17",
        start="22:00",
        end="23:59",
        person_id=cleo.id,
        now=at("22:00"),
    )
    answer = say(cast, cast.ada, now=at("22:30")).answer
    assert "vraag dan wie er nu dienst heeft" in str(answer)
    assert list_answers(cast)[0]["duty"] is True


def test_in_the_youths_own_zone_and_language(cast: Cast) -> None:
    person = cast.ada.person
    person.zone, person.language = "America/New_York", "en"
    person.save()
    answer = say(cast, cast.ada, now=at("22:30")).answer
    assert "Ben can read it tomorrow from 13:00." in str(answer)
