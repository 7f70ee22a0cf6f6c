"""The duty pool with everybody at once, and over the socket: one line for a youth, one talk for an expert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random

import pytest
from django.db import connection

from server.accounts.actions import place_block
from server.availability.actions.pauses import end_pause, start_pause
from server.chat.actions.accept import MessageDraft, accept_messages
from server.chat.actions.conversations import close_conversation, open_conversations
from server.chat.actions.duty import ask_duty, claim_duty, withdraw_duty
from server.chat.actions.receipts import mark_read
from server.chat.models import Conversation, DutyOffer, DutyRequest, Membership
from server.chat.tasks import step_duty_waves
from server.foundation.clock import read_clock
from server.foundation.errors import WarmlijnError
from server.foundation.ids import make_id
from tests.cast import Cast, Player
from tests.integration.chat.pool import (
    ask_new,
    card_of,
    claim,
    list_asked,
    list_log,
    make_youth,
    open_pool_today,
)
from tests.integration.chat.threads import run_behind, run_together
from tests.integration.realtime.house import House, do

WAVE = timedelta(seconds=30)


def attempt(action: Callable[..., object], actor: Player, **given: object) -> Callable[[], str]:
    """Return the work of somebody who does this; it returns "done" or the code of the refusal."""

    def work() -> str:
        try:
            action(actor=card_of(actor), **given)
        except WarmlijnError as refusal:
            return refusal.code
        return "done"

    return work


def take(expert: Player, request_id: object, now: datetime) -> Callable[[], str]:
    """Return the work of an expert who takes a line."""
    return attempt(claim_duty, expert, request_id=str(request_id), now=now)


def ask_at(youth: Player, now: datetime) -> DutyRequest:
    """Ask at an instant; return the new request."""
    request, new = ask_duty(actor=card_of(youth), now=now)
    assert new
    return request


def ask_everybody(request: DutyRequest, experts: int, now: datetime) -> datetime:
    """Send waves until so many experts were asked; return when that was."""
    while request.offers.count() < experts:
        now += WAVE
        assert step_duty_waves(now) is True
    return now


def end_lines(now: datetime) -> None:
    """Let everybody be free again."""
    for line in Conversation.objects.filter(kind="line", closed_at=None):
        close_conversation(conversation_id=line.id, now=now)


@pytest.mark.usefixtures("on_postgres")
def test_of_twenty_who_come_at_once_one_takes_the_line(cast: Cast) -> None:
    experts, now = open_pool_today(cast, *[f"Expert{at}" for at in range(20)]), read_clock()
    for at in range(1, 4):
        youth = make_youth(cast, f"Youth{at}")
        request = ask_at(youth, now)
        now = ask_everybody(request, len(experts), now)
        verdicts = run_together([take(one, request.id, now) for one in experts])
        assert Counter(verdicts) == {"done": 1, "duty.taken": 19}
        (line,) = Conversation.objects.filter(kind="line", closed_at=None)
        winner = experts[verdicts.index("done")]
        members = {str(one) for one in Membership.objects.filter(conversation=line).values_list("person_id", flat=True)}
        assert members == {youth.id, winner.id}
        refs = {"request": str(request.id)}
        assert list_log(youth) == [("duty.claimed", refs | {"c": str(line.id)})]
        told = [one for one in experts if list_log(one)[-1] == ("duty.taken", refs)]
        assert {one.id for one in told} == {one.id for one in experts} - {winner.id}
        assert Conversation.objects.filter(kind="line").count() == at
        end_lines(now)


@pytest.mark.usefixtures("on_postgres")
def test_an_expert_who_takes_two_lines_at_once_gets_one(cast: Cast) -> None:
    (kim,), now = open_pool_today(cast, "Kim"), read_clock()
    for at in range(6):
        requests = [ask_at(make_youth(cast, f"{name}{at}"), now) for name in ("Iris", "Noa")]
        assert sorted(run_together([take(kim, one.id, now) for one in requests])) == ["done", "duty.in_talk"]
        states = DutyRequest.objects.filter(id__in=[one.id for one in requests]).values_list("state", flat=True)
        assert sorted(states) == ["claimed", "open"]
        assert Conversation.objects.filter(kind="line", closed_at=None).count() == 1
        end_lines(now)


@pytest.mark.usefixtures("on_postgres")
def test_two_who_were_both_asked_twice_do_not_wait_for_each_other(cast: Cast) -> None:
    (kim, lot), now = open_pool_today(cast, "Kim", "Lot"), read_clock()
    for at in range(8):
        one, other = (ask_at(make_youth(cast, f"{name}{at}"), now) for name in ("Iris", "Noa"))
        verdicts = run_together([take(kim, one.id, now), take(lot, other.id, now)])
        assert verdicts == ["done", "done"]
        end_lines(now)


def test_one_line_taken_twice_by_the_same_hands_is_one(cast: Cast) -> None:
    (kim,), now = open_pool_today(cast, "Kim"), read_clock()
    request = ask_at(cast.ada, now)
    assert run_together([take(kim, request.id, now)] * 4) == ["done"] * 4
    assert Conversation.objects.filter(kind="line").count() == 1


def test_one_youth_who_asks_on_all_devices_at_once_asks_once(cast: Cast) -> None:
    open_pool_today(cast, "Kim", "Lot", "Bo", "Sam")
    for at in range(4):
        youth, now = make_youth(cast, f"Iris{at}"), read_clock()
        answers = run_together([partial(ask_duty, actor=card_of(youth), now=now)] * 6)
        assert sorted(new for _, new in answers) == [False] * 5 + [True]
        (request,) = DutyRequest.objects.filter(youth_id=youth.id)
        assert {one.id for one, _ in answers} == {request.id}
        assert (request.wave, request.offers.count()) == (1, 3)


def test_two_workers_send_each_wave_once(cast: Cast) -> None:
    open_pool_today(cast, *[f"Expert{at}" for at in range(9)])
    now = read_clock()
    requests = [ask_at(make_youth(cast, name), now) for name in ("Iris", "Noa", "Mees")]
    for wave in (2, 3):
        now += WAVE

        def work(now: datetime = now) -> int:
            done = 0
            while step_duty_waves(now):
                done += 1
            return done

        run_together([work] * 4)
        assert [DutyRequest.objects.get(id=one.id).wave for one in requests] == [wave] * 3
        for one in requests:
            assert len(list_asked(str(one.id), wave=wave)) == 3
            assert len(list_asked(str(one.id))) == one.offers.count() == wave * 3
    assert DutyOffer.objects.count() == 27


def test_a_line_is_taken_or_withdrawn_never_both(cast: Cast) -> None:
    (kim,), now = open_pool_today(cast, "Kim"), read_clock()
    for at in range(6):
        youth = make_youth(cast, f"Iris{at}")
        request = ask_at(youth, now)
        verdicts = run_together([take(kim, request.id, now), attempt(withdraw_duty, youth, now=now)])
        state = DutyRequest.objects.get(id=request.id).state
        assert verdicts == (["done", "http.not_found"] if state == "claimed" else ["duty.taken", "done"])
        assert Conversation.objects.filter(kind="line", closed_at=None).count() == (state == "claimed")
        end_lines(now)


def test_a_line_of_who_pauses_is_refused_or_closed(cast: Cast) -> None:
    (kim,), now = open_pool_today(cast, "Kim"), read_clock()
    for at in range(6):
        request = ask_at(make_youth(cast, f"Iris{at}"), now)
        taken, paused = run_together([take(kim, request.id, now), attempt(start_pause, kim, now=now)])
        assert (taken in ("done", "duty.off_shift"), paused) == (True, "done")
        gates = Membership.objects.filter(person_id=kim.id, conversation__closed_at=None)
        assert [one.gate for one in gates] == ["closed"] * (taken == "done")
        end_pause(actor=card_of(kim), now=now)
        end_lines(now)


@pytest.mark.usefixtures("on_postgres")
def test_a_block_that_comes_first_leaves_no_line(cast: Cast) -> None:
    """Both lock the two logs: in one order, or they would wait for each other."""
    (kim,), now = open_pool_today(cast, "Kim"), read_clock()
    youth = make_youth(cast, "Iris")
    assert kim.id < youth.id
    request = ask_at(youth, now)
    block = partial(place_block, blocker_id=youth.id, blocked_id=kim.id, now=now)
    assert run_behind([kim.id], take(kim, request.id, now), block) == "http.not_found"
    assert Conversation.objects.filter(kind="line").count() == 0
    assert DutyRequest.objects.get(id=request.id).state == "open"


def test_everything_at_once_meets_no_deadlock(cast: Cast) -> None:
    """All that goes on around the pool, in all orders: each comes to its end, and nobody has two talks."""
    experts, now = open_pool_today(cast, "Kim", "Lot", "Bo"), read_clock()
    youths = [cast.ada, *(make_youth(cast, name) for name in ("Iris", "Noa"))]
    pairs = [[youth.person.id, one.person.id] for youth in youths for one in experts]
    open_conversations(team_id=cast.team.id, kind="pair", member_lists=pairs, now=now)

    def take_any(dice: Random) -> None:
        expert, (shown, *_) = dice.choice(experts), [*DutyRequest.objects.filter(state="open"), None]
        if shown is not None:
            take(expert, shown.id, now)()

    def talk(dice: Random, do: Callable[[Player, str], object]) -> None:
        player = dice.choice([*experts, *youths])
        seats = Membership.objects.filter(person_id=player.id, left_at=None)
        do(player, str(dice.choice(seats).conversation_id))

    def say(player: Player, c: str) -> None:
        accept_messages([MessageDraft(player.id, player.session_id, c, str(make_id()), "hoi")], now=now)

    def read(player: Player, c: str) -> None:
        mark_read(person_id=player.id, session_id=None, conversation_id=c, upto=9, now=now)

    ways: list[Callable[[Random], object]] = [
        lambda dice: attempt(ask_duty, dice.choice(youths), now=now)(),
        lambda dice: attempt(ask_duty, dice.choice(youths), now=now)(),
        lambda dice: attempt(withdraw_duty, dice.choice(youths), now=now)(),
        take_any,
        take_any,
        lambda dice: talk(dice, say),
        lambda dice: talk(dice, read),
        lambda dice: step_duty_waves(now + WAVE),
    ]
    turns = 15 if connection.vendor == "postgresql" else 4

    def work(seed: int) -> int:
        dice = Random(seed)
        for _ in range(turns):
            dice.choice(ways)(dice)
        return turns

    assert run_together([partial(work, seed) for seed in range(6)]) == [turns] * 6
    assert 0 < Conversation.objects.filter(kind="line").count() <= len(experts)
    assert DutyRequest.objects.filter(state="claimed", line=None).count() == 0


# --- the socket


async def test_everybody_hears_of_it_on_their_devices(cast: Cast, house: House) -> None:
    kim, lot = await do(lambda: open_pool_today(cast, "Kim", "Lot"))
    ada, first, second, mara = [await house.open(one) for one in (cast.ada, kim, lot, cast.mara)]
    request = await do(lambda: ask_new(cast.ada))
    for device in (first, second):
        offered = await device.wait_for_event("duty.offered")
        assert offered.keys() == {"pos", "kind", "request"}
        assert offered["request"] == request

    c = (await do(lambda: claim(kim, request))).body["conversation"]
    assert (await ada.wait_for_event("duty.claimed", request=request))["c"] == c
    assert (await ada.wait_for_event("conv.new", c=c))["c"] == c
    assert (await first.wait_for_event("conv.new", c=c))["c"] == c
    await second.wait_for_event("duty.taken", request=request)

    assert (await ada.send(c, "hoi, wie ben jij?"))["status"] == "stored"
    assert (await first.wait_for_event("msg.new", c=c))["body"] == "hoi, wie ben jij?"
    for device in (second, mara):
        await device.settle()
        assert c not in str(device.events) + str(device.pushes)
    assert mara.list_events("duty.offered") == []
