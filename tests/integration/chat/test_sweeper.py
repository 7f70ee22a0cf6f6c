"""The sweeper: a thousand gates at the same second, and any number of workers beside one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Event
from uuid import UUID

import pytest
from django.db import transaction

from server.accounts.actions import create_people, create_team
from server.accounts.actions.people import NewPerson
from server.accounts.models import Person
from server.availability.actions import create_hours
from server.availability.rules.reading import restore_weekly
from server.chat.actions.accept import MessageDraft, accept_messages
from server.chat.actions.conversations import lock_conversation, open_conversations
from server.chat.actions.gates import HoursGates, step_turn_gates
from server.chat.handlers import turn_when_full
from server.chat.models import Membership
from server.events.facts import MessageAccepted
from server.realtime.models import UserEvent
from tests.cast import make_player
from tests.integration.chat.evenings import (
    AMSTERDAM,
    EVENINGS,
    INSTANT,
    SECOND,
    add_pair,
    at,
    begin,
    say,
    seat_of,
    set_numbers,
)
from tests.integration.chat.threads import run_together, wait_for_a_waiter

START, END = at("19:00"), at("22:00")
MADE = at("18:00")
A_STEP = 200


def make_pairs(count: int) -> tuple[list[Person], list[Person], list[str]]:
    """Return youths, experts with the same evenings, and where each pair talks."""
    team = create_team(name="Noord", now=MADE)
    youths, experts = (
        create_people(team_id=team.id, people=[NewPerson(role, f"{role} {at}") for at in range(count)], now=MADE)
        for role in ("youth", "expert")
    )
    windows = restore_weekly(EVENINGS)
    create_hours(person_ids=[one.id for one in experts], zone=AMSTERDAM, windows=windows, now=MADE)
    members = [[youth.id, expert.id] for youth, expert in zip(youths, experts, strict=True)]
    made = open_conversations(team_id=team.id, kind="pair", member_lists=members, now=MADE)
    return youths, experts, [str(one.id) for one in made]


def write_to_all(youths: list[Person], places: list[str]) -> None:
    """Have every youth write something that is held."""
    drafts = [
        MessageDraft(str(youth.id), None, place, str(UUID(int=number + 1)), "hoi")
        for number, (youth, place) in enumerate(zip(youths, places, strict=True))
    ]
    for start in range(0, len(drafts), 250):
        accept_messages(drafts[start : start + 250], now=MADE + SECOND)


def read_versions() -> Counter[tuple[str, int]]:
    """Return how many of the experts' gates are in which state at which version."""
    return Counter(Membership.objects.filter(guarded=True).values_list("gate", "gate_version"))


def count_events(experts: list[Person]) -> Counter[str]:
    """Return how often what is in the experts' logs."""
    log = UserEvent.objects.filter(user_id__in=[one.id for one in experts])
    return Counter(log.values_list("kind", flat=True))


def test_a_thousand_gates_at_the_same_second_are_turned_in_five_steps(transactional_db: None) -> None:
    youths, experts, places = make_pairs(1_000)
    write_to_all(youths, places)
    assert read_versions() == {("closed", 0): 1_000}
    assert [step_turn_gates(START) for _ in range(6)] == [True] * 5 + [False]
    assert read_versions() == {("open", 1): 1_000}
    assert count_events(experts) == {"conv.new": 1_000, "msg.new": 1_000}
    assert [step_turn_gates(END) for _ in range(6)] == [True] * 5 + [False]
    assert read_versions() == {("closed", 2): 1_000}
    assert count_events(experts) == {"conv.new": 1_000, "msg.new": 1_000}


@pytest.mark.usefixtures("on_postgres")
@pytest.mark.parametrize("workers", [2, 4])
def test_workers_beside_one_another_turn_each_gate_once(workers: int) -> None:
    youths, experts, places = make_pairs(600)
    write_to_all(youths, places)

    def work() -> int:
        found = 0
        while Membership.objects.filter(guarded=True, turns_at__lte=START).exists():
            found += step_turn_gates(START)
        return found

    assert sum(run_together([work] * workers)) >= 600 // A_STEP
    assert read_versions() == {("open", 1): 600}
    assert count_events(experts) == {"conv.new": 600, "msg.new": 600}
    told = UserEvent.objects.filter(user_id__in=[one.id for one in youths], kind="gate.opened")
    assert told.count() == 600


@pytest.mark.usefixtures("on_postgres")
def test_a_conversation_in_use_is_left_for_the_next_step_and_holds_up_nobody() -> None:
    _, _, places = make_pairs(3)
    held, done = Event(), Event()

    def use() -> bool:
        with transaction.atomic():
            lock_conversation(places[1])
            held.set()
            assert done.wait(60)
        return True

    def step() -> bool:
        assert held.wait(60)
        found = step_turn_gates(START)
        done.set()
        return found

    assert run_together([use, step]) == [True, True]
    assert read_versions() == {("open", 1): 2, ("closed", 0): 1}
    assert step_turn_gates(START) is True
    assert read_versions() == {("open", 1): 3}


@pytest.mark.usefixtures("on_postgres")
def test_senders_and_sweepers_at_the_end_of_a_window_hold_everything() -> None:
    """Everybody comes across the gate that is due; one of them turns it, and nothing slips through before."""
    youths, experts, places = make_pairs(40)
    while step_turn_gates(START):
        pass
    before = count_events(experts)

    def send(some: slice) -> list[bool]:
        drafts = [
            MessageDraft(str(youth.id), None, place, str(UUID(int=youth.id.int ^ 1)), "hoi")
            for youth, place in list(zip(youths, places, strict=True))[some]
        ]
        answers = accept_messages(drafts, now=END + INSTANT).answers
        return [getattr(answer, "hold", None) is not None for answer in answers]

    def sweep_all() -> list[bool]:
        for _ in range(10):
            step_turn_gates(END + INSTANT)
        return []

    works: list[Callable[[], list[bool]]] = [partial(send, slice(start, None, 4)) for start in range(4)]
    held = [one for each in run_together([*works, sweep_all, sweep_all]) for one in each]
    assert held == [True] * 40
    assert read_versions() == {("closed", 2): 40}
    assert count_events(experts) == before


@pytest.mark.usefixtures("on_postgres")
@pytest.mark.parametrize("way", ["by the port", "when full"])
def test_a_turn_waits_for_who_is_writing_there(way: str) -> None:
    """The cut is where the conversation stands, so nobody may be in the middle of writing a message to it."""
    cast = begin("20:00")
    set_numbers(cast, talks_at_once=1)
    bas = make_player(cast.team, "youth", "Bas", at("20:00"))
    other = add_pair(cast, bas, cast.ben, now=at("20:01"))
    say(cast, cast.ben, conversation_id=cast.pair, now=at("20:10"))
    fact = MessageAccepted(cast.pair, 1, cast.pair, cast.ben.id, (), ())
    ways: dict[str, Callable[[], None]] = {
        "by the port": lambda: HoursGates().turn_gates([cast.ben.id], now=at("20:11")),
        "when full": lambda: turn_when_full([fact], at("20:11")),
    }
    held = Event()

    def write() -> None:
        with transaction.atomic():
            lock_conversation(other)
            held.set()
            wait_for_a_waiter()
            say(cast, bas, conversation_id=other, now=at("20:10"))

    def turn() -> None:
        assert held.wait(60)
        ways[way]()

    run_together([write, turn])
    seat = seat_of(cast.ben, other)
    assert (seat.gate, seat.visible_upto) == ("closed", 1)
    while step_turn_gates(at("20:26")):
        pass
    seen = UserEvent.objects.filter(user_id=cast.ben.id, conversation_id=other, kind="msg.new")
    assert [one.seq for one in seen] == [1], "once, not at the message and again at the opening"
