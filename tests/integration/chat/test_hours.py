"""The gate follows the hours, to the microsecond: held outside, brought in order, and nothing told meanwhile."""

from __future__ import annotations

import pytest

from server.availability.actions import add_shifts
from server.availability.models import LedgerEntry
from server.chat.actions.conversations import add_member, close_conversation, open_conversation, remove_member
from server.chat.actions.gates import step_turn_gates
from server.chat.actions.receipts import mark_read
from server.chat.errors import OutsideWindow
from server.chat.queries import list_conversations, list_messages, list_open_fellows
from tests.cast import Cast, make_player
from tests.integration.chat.evenings import (
    ALWAYS,
    EVENINGS,
    INSTANT,
    SECOND,
    add_pair,
    at,
    begin,
    card_of,
    head_of,
    is_held,
    keep_hours,
    list_availability,
    list_kinds,
    read_log,
    receive,
    say,
    seat_of,
    show,
    sweep,
)
from tests.integration.chat.witness import nothing_changes_here

START, END, TOMORROW = at("19:00"), at("22:00"), at("19:00", days=1)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast on a Tuesday at 18:00; nobody runs a sweeper unless a test does."""
    return begin("18:00")


# --- exactly at the edges


EDGES = {
    "before the start": (START - INSTANT, True),
    "at the start": (START, False),
    "after the start": (START + INSTANT, False),
    "before the end": (END - INSTANT, False),
    "at the end": (END, True),
    "after the end": (END + INSTANT, True),
    "before the next start": (TOMORROW - INSTANT, True),
    "at the next start": (TOMORROW, False),
}


@pytest.mark.parametrize("edge", EDGES)
def test_a_message_is_held_exactly_outside_the_hours(cast: Cast, edge: str) -> None:
    """Nobody has turned the gate before: the message itself does."""
    now, held = EDGES[edge]
    assert is_held(cast, now=now) is held
    assert ("msg.new 1" in list_kinds(cast.ben)) is not held


def test_what_is_held_says_why_and_until_when(cast: Cast) -> None:
    early, late = say(cast, cast.ada, now=at("18:30")), say(cast, cast.ada, now=at("22:30"))
    assert early.hold is not None
    assert late.hold is not None
    assert (early.hold.reason, early.hold.opens_at) == ("outside_hours", START)
    assert (late.hold.reason, late.hold.opens_at) == ("outside_hours", TOMORROW)


def test_the_same_m_after_the_opening_is_answered_as_it_stands_now(cast: Cast) -> None:
    draft = cast.draft(cast.ada)
    m = draft.client_id
    assert say(cast, cast.ada, now=at("18:30"), client_id=m).hold is not None
    again = say(cast, cast.ada, now=at("19:30"), client_id=m)
    assert (again.duplicate, again.hold, again.seq) == (True, None, 1)


# --- the sweeper


def test_the_sweeper_opens_and_closes_at_the_instant_and_not_before(cast: Cast) -> None:
    sweep(at("18:00"))
    version = seat_of(cast.ben, cast.pair).gate_version
    for now, state, turns in (
        (START - INSTANT, "closed", 0),
        (START, "open", 1),
        (END - INSTANT, "open", 1),
        (END, "closed", 2),
        (TOMORROW - INSTANT, "closed", 2),
        (TOMORROW, "open", 3),
    ):
        sweep(now)
        seat = seat_of(cast.ben, cast.pair)
        assert (seat.gate, seat.gate_version - version) == (state, turns), now
        assert seat.turns_at is not None
        assert seat.turns_at > now


def test_a_step_without_work_says_so_and_touches_nothing(cast: Cast) -> None:
    assert step_turn_gates(START) is True
    with nothing_changes_here():
        for now in (START, START + INSTANT, END - INSTANT):
            assert step_turn_gates(now) is False


def test_a_window_that_nobody_saw_is_as_if_it_had_been_seen(cast: Cast) -> None:
    """Dead from Tuesday to Thursday: on Thursday night the gate is closed, and what was written is there on Friday."""
    say(cast, cast.ada, "dinsdag", now=at("18:30"))
    assert is_held(cast, now=at("23:00", days=2))
    assert "msg.new 1" not in list_kinds(cast.ben), "Wednesday's window is over; nothing comes at night"
    sweep(at("19:00", days=3))
    assert [one for one in list_kinds(cast.ben) if one.startswith("msg")] == ["msg.new 1", "msg.new 2"]


def test_what_was_held_comes_in_order_once_and_is_told_to_who_sent_it(cast: Cast) -> None:
    say(cast, cast.ben, "tot morgen", now=at("19:30"))
    sweep(END)
    for number in range(5):
        assert is_held(cast, now=END + (number + 1) * SECOND)
    ben, ada = head_of(cast.ben), head_of(cast.ada)
    sweep(TOMORROW)
    assert [one for one in list_kinds(cast.ben, ben) if one.startswith("msg")] == [
        f"msg.new {seq}" for seq in range(2, 7)
    ]
    (opened,) = [one for one in read_log(cast.ada, ada) if one.kind == "gate.opened"]
    assert opened.refs == {"upto": 6}
    with nothing_changes_here():
        sweep(TOMORROW)
    sweep(at("22:00", days=1))
    ada = head_of(cast.ada)
    sweep(at("19:00", days=2))
    assert "gate.opened" not in list_kinds(cast.ada, ada), "nothing was held that night"


# --- nothing is told behind a closed gate


def list_seqs(cast: Cast) -> list[int]:
    """Return Ben's history."""
    return [one["seq"] for one in list_messages(cast.ben.id, cast.pair, before=None, after=None, limit=50)[0]]


def test_receipts_counts_history_and_typing_are_cut(cast: Cast) -> None:
    say(cast, cast.ben, "dag", now=at("21:00"))
    say(cast, cast.ada, "dag", now=at("21:01"))
    ben = head_of(cast.ben)
    night = at("23:00")
    say(cast, cast.ada, "nog iets", now=night)
    assert mark_read(person_id=cast.ada.id, session_id=None, conversation_id=cast.pair, upto=3, now=night) == 3
    receive(cast.ada, cast.pair, 1, now=night)
    assert list_kinds(cast.ben, ben) == []
    assert list_open_fellows(cast.ada.id, cast.pair, now=night) == []
    (shown,) = list_conversations(cast.ben.id, now=night)
    assert (shown["last_seq"], shown["visible_upto"]) == (2, 2)
    ada = next(one for one in shown["members"] if one["id"] == cast.ada.id)
    assert ada["read_upto"] <= 2
    assert list_seqs(cast) == [1, 2]
    sweep(TOMORROW)
    assert list_kinds(cast.ben, ben) == ["msg.new 3", "receipt.delivered", "receipt.read"]
    assert list_seqs(cast) == [1, 2, 3]


def test_who_is_in_the_conversation_and_that_it_has_ended_is_told_at_the_opening(cast: Cast) -> None:
    sweep(END)
    ben, night = head_of(cast.ben), at("23:00")
    mara, noor = cast.mara.person.id, cast.noor.person.id
    add_member(conversation_id=cast.pair, person_id=mara, from_start=True, now=night)
    add_member(conversation_id=cast.pair, person_id=noor, from_start=True, now=night + SECOND)
    remove_member(conversation_id=cast.pair, person_id=mara, now=night + 2 * SECOND)
    close_conversation(conversation_id=cast.pair, now=night + 3 * SECOND)
    assert list_kinds(cast.ben, ben) == []
    assert "conv.closed" in list_kinds(cast.ada)
    sweep(TOMORROW)
    told = [(one.kind, one.refs) for one in read_log(cast.ben, ben)]
    changes = [refs for kind, refs in told if kind == "member.changed"]
    assert {"user": cast.noor.id, "change": "joined"} in changes
    assert {"user": cast.mara.id, "change": "left"} in changes
    assert [kind for kind, _ in told].count("conv.closed") == 1


@pytest.mark.parametrize("turned", ["swept", "nobody looked"])
def test_the_end_of_a_conversation_after_the_hours_is_not_told_that_night(cast: Cast, turned: str) -> None:
    sweep(at("21:00"))
    ben = head_of(cast.ben)
    if turned == "swept":
        sweep(END)
    close_conversation(conversation_id=cast.pair, now=END + SECOND)
    assert list_kinds(cast.ben, ben) == []
    sweep(TOMORROW)
    assert list_kinds(cast.ben, ben) == ["conv.closed"]


@pytest.mark.parametrize("turned", ["swept", "nobody looked"])
def test_that_somebody_comes_and_goes_after_the_hours_is_not_told_that_night(cast: Cast, turned: str) -> None:
    sweep(at("21:00"))
    ben = head_of(cast.ben)
    if turned == "swept":
        sweep(END)
    add_member(conversation_id=cast.pair, person_id=cast.mara.person.id, from_start=True, now=END + SECOND)
    remove_member(conversation_id=cast.pair, person_id=cast.mara.person.id, now=END + 2 * SECOND)
    assert list_kinds(cast.ben, ben) == []


def test_one_who_is_taken_out_at_night_hears_it_at_once(cast: Cast) -> None:
    """The one exception: what is taken away is taken away now, and afterwards there is no gate to open."""
    sweep(END)
    ben = head_of(cast.ben)
    remove_member(conversation_id=cast.pair, person_id=cast.ben.person.id, now=at("23:00"))
    assert list_kinds(cast.ben, ben) == ["member.changed"]
    sweep(TOMORROW)
    assert list_kinds(cast.ben, ben) == ["member.changed"]


def test_a_new_conversation_is_told_at_the_opening_and_at_once_within_the_hours(cast: Cast) -> None:
    cleo = make_player(cast.team, "youth", "Cleo", at("18:00"))
    ben = head_of(cast.ben)
    night = add_pair(cast, cleo, cast.ben, now=at("23:00"))
    assert list_kinds(cast.ben, ben) == []
    assert list_kinds(cleo) == ["conv.new"], "the youth knows at once"
    sweep(TOMORROW)
    new = [str(one.conversation_id) for one in read_log(cast.ben, ben) if one.kind == "conv.new"]
    assert night in new
    evening = add_pair(cast, cleo, cast.ben, now=TOMORROW + SECOND)
    assert str(read_log(cast.ben)[-1].conversation_id) == evening
    assert seat_of(cast.ben, evening).gate == "open"


def test_an_expert_without_hours_gets_nothing_until_they_have_some(cast: Cast) -> None:
    cleo = make_player(cast.team, "expert", "Cleo", at("18:00"))
    c = add_pair(cast, cast.ada, cleo, now=at("20:00"))
    held = say(cast, cast.ada, now=at("20:01"), conversation_id=c)
    assert held.hold is not None
    assert (held.hold.reason, held.hold.opens_at) == ("no_hours", None)
    assert list_kinds(cleo) == []
    keep_hours(cleo, EVENINGS, now=at("20:02"))
    assert list_kinds(cleo) == ["conv.new", "msg.new 1"]


def test_one_who_is_let_in_at_night_finds_everything_in_the_evening(cast: Cast) -> None:
    cleo = make_player(cast.team, "expert", "Cleo", at("18:00"))
    keep_hours(cleo, EVENINGS, now=at("18:00"))
    say(cast, cast.ada, now=at("20:00"))
    add_member(conversation_id=cast.pair, person_id=cleo.person.id, from_start=True, now=at("23:00"))
    say(cast, cast.ada, now=at("23:01"))
    assert list_kinds(cleo) == []
    sweep(TOMORROW)
    # What was there when she came is history; what was written since comes as events.
    assert list_kinds(cleo)[:2] == ["conv.new", "msg.new 2"]


# --- the expert's own words


def test_an_expert_is_refused_outside_the_hours_with_the_next_opening_and_it_is_in_the_ledger(cast: Cast) -> None:
    for now, opens_at in ((START - INSTANT, START), (END, TOMORROW)):
        sweep(now)
        with nothing_changes_here(), pytest.raises(OutsideWindow) as refused:
            say(cast, cast.ben, now=now)
        assert refused.value.extra == {"next_opening": show(opens_at)}
    entries = LedgerEntry.objects.filter(person_id=cast.ben.id).order_by("at")
    assert [(one.at, one.kind, one.reason, str(one.conversation_id)) for one in entries] == [
        (START - INSTANT, "refused_send", "outside_hours", cast.pair),
        (END, "refused_send", "outside_hours", cast.pair),
    ]
    assert say(cast, cast.ben, now=TOMORROW).seq == 1


# --- what the youth is told


def test_the_youth_hears_when_the_hours_end_and_begin(cast: Cast) -> None:
    ada = head_of(cast.ada)
    sweep(START)
    assert list_availability(cast.ada, ada) == [
        {"user": cast.ben.id, "reachable": True, "until": show(END), "next_opening": None}
    ]
    sweep(END)
    assert list_availability(cast.ada, ada) == [
        {"user": cast.ben.id, "reachable": False, "until": None, "next_opening": show(TOMORROW)}
    ], "one place in the log, not a line for every turn"


def test_an_end_far_away_is_not_told(cast: Cast) -> None:
    keep_hours(cast.ben, ALWAYS, now=at("18:01"))
    assert list_availability(cast.ada)[-1] == {
        "user": cast.ben.id,
        "reachable": True,
        "until": None,
        "next_opening": None,
    }


# --- who has left, and what is no pair


def test_members_who_have_left_have_no_gate(cast: Cast) -> None:
    remove_member(conversation_id=cast.pair, person_id=cast.ben.person.id, now=at("18:30"))
    ben = head_of(cast.ben)
    sweep(START)
    assert list_kinds(cast.ben, ben) == []
    assert seat_of(cast.ben, cast.pair).gate == "closed"


def test_a_line_follows_the_duty_shifts_and_not_the_hours(cast: Cast) -> None:
    ids = [cast.ada.person.id, cast.ben.person.id]
    line = str(open_conversation(team_id=cast.team.id, kind="line", member_ids=ids, now=at("19:30")).id)
    seat = seat_of(cast.ben, line)
    assert (seat.gate, seat.gate_reason) == ("closed", "no_hours")
    add_shifts(
        actor=card_of(cast.mara),
        kind="duty",
        on="2026-11-17",
        start="20:00",
        end="23:00",
        person_id=cast.ben.id,
        now=at("19:31"),
    )
    assert seat_of(cast.ben, line).opens_at == at("20:00")
    sweep(at("22:30"))
    assert [seat_of(cast.ben, c).gate for c in (line, cast.pair)] == ["open", "closed"]
    sweep(at("23:00"))
    assert seat_of(cast.ben, line).gate == "closed"
