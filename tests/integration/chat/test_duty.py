"""The duty pool: a youth asks, three experts at a time hear of it, and one of them takes the line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from server.accounts.actions import place_block
from server.availability.actions.pauses import start_pause
from server.chat.actions.conversations import close_conversation, open_conversation
from server.chat.actions.duty import lease_wave, send_wave
from server.chat.actions.gates import step_turn_gates
from server.chat.models import Conversation, DutyOffer, DutyRequest, Membership
from server.chat.tasks import step_duty_waves
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.foundation.rate_limits import RateLimiter, replace_limiter
from server.foundation.rates import DEVICE_RATES
from server.ports.socket_door import LoggedEvent
from server.realtime.rendering import render_events
from tests.cast import Cast, Player, Rest, make_player
from tests.integration.chat.pool import (
    SHIFT_ENDS,
    TUESDAY,
    ask,
    ask_new,
    card_of,
    claim,
    give_duty,
    ids_of,
    list_asked,
    list_log,
    list_shown,
    make_experts,
    make_youth,
    open_pool,
    withdraw,
)
from tests.integration.chat.witness import nothing_changes_here

NAMES = ("Kim", "Lot", "Bo", "Sam", "Joris", "Fenna", "Tess")
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A Tuesday evening that stands still."""
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


def step() -> bool:
    """Take the worker's next step."""
    return step_duty_waves(read_clock())


def write(player: Player, conversation_id: str) -> int:
    """Say something; return the status of the answer."""
    path = f"/conversations/{conversation_id}/messages"
    return Rest(player).post(path, m=str(make_id()), body="hoi").status


def have_line(cast: Cast, expert: Player) -> str:
    """Return the line that an expert has taken of Ada's."""
    answer = claim(expert, ask_new(cast.ada))
    assert answer.status == 201, answer.body
    return str(answer.body["conversation"])


# --- from asking to a talk


def test_a_youth_asks_and_the_first_free_expert_takes_the_line(cast: Cast) -> None:
    kim, lot, bo = open_pool(cast, "Kim", "Lot", "Bo")
    asked = ask(cast.ada)
    assert asked.status == 201
    assert asked.body == {
        "id": asked.body["id"],
        "state": "open",
        "asked_at": "2026-11-17T19:30:00.000Z",
        "c": None,
    }
    assert [list_shown(one) for one in (kim, lot, bo)] == [[asked.body]] * 3

    taken = claim(lot, asked.body["id"])
    assert taken.status == 201
    c = taken.body["conversation"]
    for player, other in ((cast.ada, lot), (lot, cast.ada)):
        conversations = Rest(player).get("/conversations").body["conversations"]
        (shown,) = [one for one in conversations if one["id"] == c]
        assert (shown["kind"], shown["gate"]["state"]) == ("line", "open")
        assert shown["counterpart"]["display_name"] == other.person.display_name
        assert write(player, c) == 201
    assert list_shown(cast.ada) == [asked.body | {"state": "claimed", "c": c}]
    assert list_shown(kim) == list_shown(lot) == list_shown(bo) == []


def test_everybody_hears_what_is_theirs_to_hear_and_no_more(cast: Cast) -> None:
    kim, lot, bo, sam = open_pool(cast, "Kim", "Lot", "Bo", "Sam")
    request = ask_new(cast.ada)
    assert [list_log(one) for one in (kim, lot, bo)] == [[("duty.offered", {"request": request})]] * 3
    assert list_log(sam) == list_log(cast.mara) == list_log(cast.ada) == []

    c = claim(kim, request).body["conversation"]
    assert list_log(cast.ada) == [("duty.claimed", {"request": request, "c": c})]
    assert list_log(lot) == list_log(bo) == [("duty.taken", {"request": request})]
    assert list_log(sam) == list_log(cast.mara) == list_log(cast.eve) == []


def test_who_is_off_duty_by_then_hears_nothing_more(cast: Cast) -> None:
    kim, lot, bo = open_pool(cast, "Kim", "Lot", "Bo")
    request = ask_new(cast.ada)
    start_pause(actor=card_of(kim), now=TUESDAY)
    assert claim(lot, request).status == 201
    assert [list_log(one)[-1][0] for one in (kim, bo)] == ["duty.offered", "duty.taken"]

    iris = make_youth(cast, "Iris")
    second = ask_new(iris)
    start_pause(actor=card_of(bo), now=TUESDAY)
    assert withdraw(iris).status == 204
    assert list_log(bo)[-1] == ("duty.offered", {"request": second})


def test_a_line_closes_at_the_end_of_the_shift(cast: Cast, clock: time_machine.Traveller) -> None:
    (kim,) = open_pool(cast, "Kim")
    c = have_line(cast, kim)
    gate = Membership.objects.get(conversation_id=c, person_id=kim.id)
    assert (gate.gate, gate.turns_at) == ("open", SHIFT_ENDS)
    clock.move_to(SHIFT_ENDS)
    step_turn_gates(SHIFT_ENDS)
    assert write(kim, c) == 409
    held = Rest(cast.ada).post(f"/conversations/{c}/messages", m=str(make_id()), body="ben je er nog?").body
    assert held["status"] == "held"


def test_a_running_talk_on_a_line_gets_the_usual_grace(cast: Cast, clock: time_machine.Traveller) -> None:
    (kim,) = open_pool(cast, "Kim")
    c = have_line(cast, kim)
    clock.move_to(SHIFT_ENDS - timedelta(minutes=3))
    assert write(kim, c) == 201
    for minutes, status in ((0, 201), (9, 201), (10, 409)):
        clock.move_to(SHIFT_ENDS + timedelta(minutes=minutes))
        step_turn_gates(read_clock())
        assert write(kim, c) == status


# --- waves


def test_three_are_asked_and_after_thirty_seconds_the_next_three(cast: Cast, clock: time_machine.Traveller) -> None:
    experts = open_pool(cast, *NAMES)
    request = ask_new(cast.ada)
    assert list_asked(request) == ids_of(experts[:3])
    clock.shift(30 - 0.001)
    assert step() is False
    clock.shift(0.001)
    assert step() is True
    assert step() is False
    assert list_asked(request, wave=2) == ids_of(experts[3:6])
    clock.shift(30)
    assert step() is True
    assert list_asked(request, wave=3) == ids_of(experts[6:])
    clock.shift(30)
    assert step() is True
    assert DutyOffer.objects.count() == len(NAMES), "nobody is asked twice"
    assert [len(list_log(one)) for one in experts] == [1] * len(NAMES)
    assert claim(experts[0], request).status == 201, "who was asked first may still come"


def test_who_comes_on_duty_later_is_asked_then(cast: Cast, clock: time_machine.Traveller) -> None:
    open_pool(cast, "Kim")
    (lot,) = make_experts(cast, "Lot")
    give_duty(cast.mara, [lot], start="21:00", end="22:00")
    request = ask_new(cast.ada)
    clock.shift(30)
    assert step() is True
    assert lot.id not in list_asked(request)
    clock.move_to(TUESDAY + timedelta(minutes=30))
    assert step() is True
    assert list_asked(request, wave=2) == {lot.id}


def test_nobody_is_asked_in_a_talk_behind_a_block_or_without_duty(cast: Cast, clock: time_machine.Traveller) -> None:
    talking, blocking, blocked, pausing, free = open_pool(cast, *NAMES[:5])
    make_experts(cast, "Fenna")
    youth = make_youth(cast, "Iris")
    pair = open_conversation(
        team_id=cast.team.id, kind="line", member_ids=[youth.person.id, talking.person.id], now=TUESDAY
    )
    assert write(talking, str(pair.id)) == 201
    place_block(blocker_id=blocking.id, blocked_id=cast.ada.id, now=TUESDAY)
    place_block(blocker_id=cast.ada.id, blocked_id=blocked.id, now=TUESDAY)
    start_pause(actor=card_of(pausing), now=TUESDAY)
    request = ask_new(cast.ada)
    assert list_asked(request) == {free.id}
    clock.shift(30)
    step()
    assert list_asked(request) == {free.id}
    clock.move_to(TUESDAY + timedelta(minutes=15))
    step()
    assert list_asked(request) == {free.id, talking.id}, "the talk is over"


def test_who_has_just_taken_a_line_is_not_asked_for_another(cast: Cast, clock: time_machine.Traveller) -> None:
    (kim,) = open_pool(cast, "Kim")
    c = have_line(cast, kim)
    request = ask_new(make_youth(cast, "Iris"))
    assert list_asked(request) == set()
    assert DutyRequest.objects.get(id=request).wave == 0
    close_conversation(conversation_id=c, now=read_clock())
    clock.shift(30)
    assert step() is True
    assert list_asked(request, wave=1) == {kim.id}


def test_who_was_asked_the_least_this_evening_comes_first(cast: Cast, clock: time_machine.Traveller) -> None:
    experts = open_pool(cast, *NAMES[:5])
    youths = [make_youth(cast, name) for name in ("Iris", "Noa", "Mees")]
    asked = [list_asked(ask_new(youth)) for youth in youths]
    assert asked[0] == ids_of(experts[:3])
    assert asked[1] == ids_of([experts[3], experts[4], experts[0]])
    assert asked[2] == ids_of([experts[1], experts[2], experts[3]])

    clock.move_to(TUESDAY + timedelta(days=1))
    give_duty(cast.mara, experts, on="2026-11-18")
    assert list_asked(ask_new(cast.ada)) == ids_of(experts[:3]), "another evening"


def test_a_wave_whose_worker_died_is_sent_after_the_lease(cast: Cast, clock: time_machine.Traveller) -> None:
    experts = open_pool(cast, *NAMES[:4])
    request = ask_new(cast.ada)
    clock.shift(30)
    lost = lease_wave(now=read_clock())
    assert lost is not None
    clock.shift(9)
    assert step() is False
    clock.shift(1)
    assert step() is True
    assert list_asked(request, wave=2) == {experts[3].id}
    with nothing_changes_here():
        assert send_wave(lease=lost, now=read_clock()) is False


def test_a_request_in_trouble_holds_up_no_other(cast: Cast, clock: time_machine.Traveller) -> None:
    open_pool(cast, *NAMES)
    first = ask_new(cast.ada)
    clock.shift(1)
    second = ask_new(make_youth(cast, "Iris"))
    clock.shift(30)
    assert lease_wave(now=read_clock()) is not None
    assert step() is True
    assert [DutyRequest.objects.get(id=one).wave for one in (first, second)] == [1, 2]


# --- asking again, not at all, no longer


def test_asking_again_is_the_same_request(cast: Cast, clock: time_machine.Traveller) -> None:
    open_pool(cast, *NAMES)
    first = ask(cast.ada)
    clock.shift(10)
    with nothing_changes_here():
        again = ask(cast.ada)
    assert (again.status, again.body) == (200, first.body)


def test_asking_again_while_the_talk_runs_is_the_same_line(cast: Cast, clock: time_machine.Traveller) -> None:
    kim, lot = open_pool(cast, "Kim", "Lot")
    c = have_line(cast, kim)
    for minutes in (5, 14):
        clock.move_to(TUESDAY + timedelta(minutes=minutes))
        again = ask(cast.ada)
        assert (again.status, again.body["state"], again.body["c"]) == (200, "claimed", c)
    assert write(kim, c) == 201
    clock.move_to(TUESDAY + timedelta(minutes=14 + 14))
    assert ask(cast.ada).status == 200
    clock.move_to(TUESDAY + timedelta(minutes=14 + 15))
    assert list_asked(ask_new(cast.ada)) == {kim.id, lot.id}


def test_after_a_block_there_is_a_new_request_for_somebody_else(cast: Cast) -> None:
    kim, lot = open_pool(cast, "Kim", "Lot")
    have_line(cast, kim)
    place_block(blocker_id=cast.ada.id, blocked_id=kim.id, now=read_clock())
    assert list_asked(ask_new(cast.ada)) == {lot.id}


def test_asking_again_is_never_too_often(cast: Cast) -> None:
    open_pool(cast, "Kim")
    (times, _) = DEVICE_RATES["write"][0]
    replace_limiter(RateLimiter())
    try:
        assert ask(cast.ada).status == 201
        assert {ask(cast.ada).status for _ in range(times + 5)} == {200}
    finally:
        replace_limiter(None)


def test_with_nobody_on_duty_the_door_is_closed(cast: Cast, clock: time_machine.Traveller) -> None:
    open_pool(cast, "Kim")
    give_duty(cast.mara, make_experts(cast, "Lot"), on="2026-11-18")
    clock.move_to(SHIFT_ENDS)
    with nothing_changes_here():
        refused = ask(cast.ada)
    assert (refused.status, refused.body["code"], refused.body["retry"]) == (409, "duty.closed", "never")
    assert list_shown(cast.ada) == []


def test_another_teams_pool_opens_no_door(cast: Cast) -> None:
    open_pool(cast, "Kim")
    with nothing_changes_here():
        assert ask(cast.eve).body["code"] == "duty.closed"


def test_asking_no_longer(cast: Cast, clock: time_machine.Traveller) -> None:
    kim, lot = open_pool(cast, "Kim", "Lot")
    request = ask_new(cast.ada)
    assert withdraw(cast.ada).status == 204
    assert list_shown(cast.ada)[0]["state"] == "withdrawn"
    assert list_shown(kim) == []
    for player in (cast.ada, kim, lot):
        assert list_log(player) == [("duty.closed", {"request": request})], "it took the place of the offer"
    with nothing_changes_here():
        assert (claim(kim, request).status, claim(kim, request).body["code"]) == (409, "duty.taken")
        assert (withdraw(cast.ada).status, withdraw(cast.ada).body["code"]) == (404, "http.not_found")
        clock.shift(30)
        assert step() is False
    assert ask_new(cast.ada) != request


def test_a_line_that_was_taken_cannot_be_withdrawn(cast: Cast) -> None:
    have_line(cast, open_pool(cast, "Kim")[0])
    with nothing_changes_here():
        assert withdraw(cast.ada).status == 404


def test_a_request_lapses_when_the_last_shift_is_over(cast: Cast, clock: time_machine.Traveller) -> None:
    kim, lot = open_pool(cast, "Kim", "Lot")
    request = ask_new(cast.ada)
    clock.move_to(SHIFT_ENDS - SECOND)
    assert step() is True
    clock.move_to(SHIFT_ENDS + 29 * SECOND)
    assert step() is True
    assert list_shown(cast.ada)[0]["state"] == "lapsed"
    assert list_log(cast.ada) == [("duty.closed", {"request": request})]
    assert list_log(kim) == list_log(lot) == [("duty.offered", {"request": request})], "nobody writes to who is off"
    assert (claim(kim, request).status, step()) == (409, False)
    assert ask(cast.ada).body["code"] == "duty.closed"


# --- who may take a line


def test_taking_a_line_twice_is_taking_it_once(cast: Cast) -> None:
    (kim,) = open_pool(cast, "Kim")
    request = ask_new(cast.ada)
    first = claim(kim, request)
    with nothing_changes_here():
        again = claim(kim, request)
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body


def test_a_colleague_was_first(cast: Cast) -> None:
    kim, lot = open_pool(cast, "Kim", "Lot")
    request = ask_new(cast.ada)
    assert claim(kim, request).status == 201
    with nothing_changes_here():
        refused = claim(lot, request)
    assert (refused.status, refused.body["code"]) == (409, "duty.taken")


def test_an_offer_does_not_outlive_the_shift(cast: Cast, clock: time_machine.Traveller) -> None:
    kim, lot = open_pool(cast, "Kim", "Lot")
    request = ask_new(cast.ada)
    start_pause(actor=card_of(kim), now=TUESDAY)
    with nothing_changes_here():
        refused = claim(kim, request)
        assert (refused.status, refused.body["code"]) == (409, "duty.off_shift")
        clock.move_to(SHIFT_ENDS)
        assert claim(lot, request).body["code"] == "duty.off_shift"
    assert list_shown(kim) == list_shown(lot) == []


def test_an_offer_is_not_taken_out_of_a_talk(cast: Cast, clock: time_machine.Traveller) -> None:
    kim, _ = open_pool(cast, "Kim", "Lot")
    requests = [ask_new(cast.ada), ask_new(make_youth(cast, "Iris"))]
    assert claim(kim, requests[0]).status == 201
    with nothing_changes_here():
        refused = claim(kim, requests[1])
    assert (refused.status, refused.body["code"]) == (409, "duty.in_talk")
    clock.move_to(TUESDAY + timedelta(minutes=15))
    assert claim(kim, requests[1]).status == 201


def test_after_a_block_the_offer_is_none(cast: Cast) -> None:
    kim, lot = open_pool(cast, "Kim", "Lot")
    request = ask_new(cast.ada)
    place_block(blocker_id=cast.ada.id, blocked_id=kim.id, now=TUESDAY)
    place_block(blocker_id=lot.id, blocked_id=cast.ada.id, now=TUESDAY)
    assert list_shown(kim) == list_shown(lot) == []
    with nothing_changes_here():
        for one in (kim, lot):
            assert claim(one, request).seen == claim(one, make_id()).seen


def test_nothing_of_the_pool_is_shown_to_who_is_off_duty(cast: Cast, clock: time_machine.Traveller) -> None:
    """An event may wait in a log for a device that comes later: it is looked at when it is shown."""
    kim, lot = open_pool(cast, "Kim", "Lot")
    request = ask_new(cast.ada)

    def show(player: Player, kind: str) -> object:
        event = LoggedEvent(player.id, 1, kind, None, None, {"request": request})
        return render_events([event], now=read_clock())[0]

    assert show(kim, "duty.offered") == {"kind": "duty.offered", "request": request}
    start_pause(actor=card_of(kim), now=TUESDAY)
    assert [show(kim, kind) for kind in ("duty.offered", "duty.taken", "duty.closed")] == [None] * 3
    assert claim(lot, request).status == 201
    assert show(lot, "duty.offered") is None, "not to be had any more"
    assert show(lot, "duty.taken") == {"kind": "duty.taken", "request": request}
    clock.move_to(SHIFT_ENDS)
    assert show(lot, "duty.taken") is None
    assert show(cast.ada, "duty.claimed") == {"kind": "duty.claimed", "request": request}
    assert show(cast.eve, "duty.offered") is None


# --- Eve


def test_what_was_not_offered_is_not_there(cast: Cast) -> None:
    experts = open_pool(cast, *NAMES[:4])
    emil = make_player(cast.eve.person.team, "expert", "Emil", TUESDAY)
    edda = make_player(cast.eve.person.team, "coordinator", "Edda", TUESDAY)
    give_duty(edda, [emil])
    request = ask_new(cast.ada)
    with nothing_changes_here():
        for stranger in (experts[3], cast.ben, emil):
            theirs, nobodys = claim(stranger, request), claim(stranger, make_id())
            assert theirs.seen == nobodys.seen
            assert (theirs.status, theirs.body["code"]) == (404, "http.not_found")
            assert list_shown(stranger) == []
        assert list_shown(cast.eve) == []
        assert withdraw(cast.eve).status == 404


@pytest.mark.parametrize("who", ["ada", "mara", "eve"])
def test_only_experts_take_lines(cast: Cast, who: str) -> None:
    open_pool(cast, "Kim")
    request = ask_new(cast.ada)
    player: Player = getattr(cast, who)
    with nothing_changes_here():
        theirs, nobodys = claim(player, request), claim(player, make_id())
    assert theirs.seen == nobodys.seen
    assert (theirs.status, theirs.body["code"], theirs.body["reason"]) == (403, "auth.forbidden", "role")


@pytest.mark.parametrize("who", ["ben", "mara"])
def test_only_youths_ask(cast: Cast, who: str) -> None:
    open_pool(cast, "Kim")
    player: Player = getattr(cast, who)
    with nothing_changes_here():
        assert [ask(player).status, withdraw(player).status] == [403, 403]
    assert Rest(cast.mara).get("/duty-requests").status == 403


def test_without_a_session_there_is_no_door(cast: Cast) -> None:
    open_pool(cast, "Kim")
    request = ask_new(cast.ada)
    nobody = Rest(None)
    with nothing_changes_here():
        answers = [
            nobody.get("/duty-requests"),
            nobody.post("/duty-requests"),
            nobody.call("DELETE", "/duty-requests/current"),
            nobody.post(f"/duty-requests/{request}/claim"),
        ]
    assert [one.status for one in answers] == [401] * 4


@pytest.mark.parametrize("path", ["/duty-requests", f"/duty-requests/{UUID(int=7)}/claim"])
def test_fields_that_nobody_knows_are_refused(cast: Cast, path: str) -> None:
    open_pool(cast, "Kim")
    with nothing_changes_here():
        assert Rest(cast.ada).post(path, team=str(cast.team.id)).status == 400
    assert Rest(cast.ada).get("/duty-requests?team=1").status == 400
    assert Conversation.objects.filter(kind="line").count() == 0
