"""Any chain, any roster, any answers, any crash: every escalation is acknowledged or reaches its guaranteed last step.

The clock is a number that only this test moves; workers die between taking a step and finishing it; recipients and
channels fail. What is looked at afterwards is what the tables say, not what the test remembers.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from hypothesis import event, example, given
from hypothesis import strategies as st

from server.accounts.actions import create_person, create_team
from server.accounts.queries import PersonCard
from server.foundation.errors import WarmlijnError
from server.foundation.ids import make_id
from server.safety.actions import escalations as actions
from server.safety.actions.pages import lease_page
from server.safety.actions.stepping import lease_step, run_step
from server.safety.actions.watching import count_late
from server.safety.models import Chain, Escalation, HistoryEntry, Page
from server.safety.rules.chains import COORDINATORS, FALLBACK, LAST_RESORT, NEXT_ON_CALL, ON_CALL, Step, show_chain
from server.safety.rules.levels import LEVELS
from server.safety.rules.rosters import Roster
from server.safety.tasks import step_escalations, step_letters, step_pages, step_webhooks
from tests.property.profiles import examples

BEGIN = datetime(2026, 11, 17, 19, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PEOPLE = 4  # three coordinators and an expert who was put on the roster by mistake
TAKEN = ("acknowledged", "in_progress")

# At most one of these befalls a look of the worker; the next look, seconds later, is whole.
CRASHES = ("", "", "", "step taken", "step half done", "page taken", "channel fails", "roster fails")
VERBS = ("press", "acknowledge", "acknowledge", "begin", "resolve", "hand_over", "reopen")

NEEDS: dict[str, dict[str, Any]] = {"resolve": {"outcome": "safe"}, "hand_over": {"to": "professional", "told": ["x"]}}

waits = st.integers(1, 30)
kinds = st.lists(st.sampled_from((ON_CALL, NEXT_ON_CALL, COORDINATORS, FALLBACK)), unique=True, max_size=4)
chains = st.one_of(
    st.none(), kinds.flatmap(lambda drawn: st.tuples(*(st.tuples(st.just(one), waits) for one in drawn)))
)
# who stands on call, for so many minutes each, round and round
rosters = st.lists(st.tuples(st.integers(1, 40), st.sets(st.integers(0, PEOPLE - 1))), min_size=1, max_size=4)
gaps = st.integers(0, 1) | st.integers(1, 1500)
answers = st.lists(st.tuples(gaps, st.sampled_from(VERBS), st.integers(0, 2), st.sampled_from(LEVELS)), max_size=10)
crashes = st.lists(st.sampled_from(CRASHES), max_size=40)
delays = st.lists(st.integers(0, 12), min_size=1, max_size=20)


@dataclass(slots=True)
class World:
    """A team, its roster as a timetable, and a clock."""

    team_id: Any
    youth: PersonCard
    people: Sequence[PersonCard]
    timetable: Sequence[tuple[int, set[int]]]
    now: datetime = BEGIN
    failing: set[str] = field(default_factory=set)

    def find_roster(self, team_id: object, *, now: datetime) -> Roster:
        """Answer who could be called, as the real roster would; at times it cannot be read."""
        if "roster fails" in self.failing:
            raise RuntimeError("no roster")
        minute = int((now - BEGIN).total_seconds() // 60) % sum(length for length, _ in self.timetable)
        ends = accumulate(length for length, _ in self.timetable)
        on = next(on for end, (_, on) in zip(ends, self.timetable, strict=True) if minute < end)
        on_call = sorted(self.people[one].id for one in on)
        return Roster([one.id for one in self.people[:3]], on_call, [self.people[-1].id, self.people[0].id])

    def send(self, _page: object) -> None:
        """Take a message of the last resort, or not."""
        if "channel fails" in self.failing:
            raise OSError("away")


def make_world(timetable: Sequence[tuple[int, set[int]]], chain: Sequence[tuple[str, int]] | None) -> World:
    """Return a team of its own, with the chain for every level."""
    team = create_team(name="Noord", now=BEGIN)
    youth = create_person(team_id=team.id, role="youth", display_name="Ada", now=BEGIN)
    roles = ["coordinator"] * 3 + ["expert"]
    made = [create_person(team_id=team.id, role=one, display_name="M", now=BEGIN) for one in roles]
    cards = [PersonCard(str(one.id), "M", one.role, str(team.id)) for one in (youth, *made)]
    if chain is not None:
        steps = [Step(kind, wait, (cards[2].id, cards[4].id) if kind == FALLBACK else ()) for kind, wait in chain]
        given = {"version": 1, "steps": show_chain(steps), "saved_at": BEGIN, "saved_by": make_id()}
        Chain.objects.bulk_create(Chain(id=make_id(), team_id=team.id, level=level, **given) for level in LEVELS)
    return World(team.id, cards[0], cards[1:], timetable)


def answer(world: World, verb: str, who: int, level: str) -> None:
    """Have somebody press, or a coordinator do something; what is not possible now is refused."""
    if verb == "press":
        actions.raise_signal(
            team_id=world.team_id, youth_id=world.youth.id, kind="help", level=level, by=world.youth, now=world.now
        )
        return
    newest = Escalation.objects.filter(team_id=world.team_id).order_by("-opened_at", "-id").first()
    assert newest is not None
    given: dict[str, Any] = {"actor": world.people[who], "escalation_id": newest.id, "now": world.now}
    given |= NEEDS.get(verb, {})
    action = {"begin": actions.begin_escalation}.get(verb) or getattr(actions, verb)
    with suppress(WarmlijnError):
        action(**given)


def look(world: World, crash: str) -> None:
    """Have a worker do what is due, and die or meet a failure on the way."""
    world.failing = {crash}
    if crash == "step taken":
        lease_step(now=world.now)
    if crash == "page taken":
        for channel in ("app", "email", "webhook"):
            lease_page(channel, now=world.now)
    if crash == "step half done":
        lease = lease_step(now=world.now)
        if lease is not None:
            with patch("server.safety.actions.stepping.list_ids", side_effect=RuntimeError), suppress(RuntimeError):
                run_step(lease=lease, now=world.now)
    for step in (step_escalations, step_pages, step_letters, step_webhooks):
        while step(world.now):
            pass
    world.failing = set()


def find_next(world: World) -> datetime | None:
    """Return when a worker next has something to do: a step or a page, or the end of a dead worker's hold on one."""
    steps = Escalation.objects.filter(team_id=world.team_id, step_at__isnull=False)
    queued = Page.objects.filter(escalation__team_id=world.team_id, state="queued")
    due = [*steps.values_list("step_at", "leased_until"), *queued.values_list("due_at", "leased_until")]
    return min((max(at, held or at) for at, held in due if at is not None), default=None)


def live(world: World, script: Sequence[tuple[int, str, int, str]], mishaps: list[str], slow: Sequence[int]) -> None:
    """Let the hours pass: answers at their times, workers when something is due, seconds late."""
    times: list[tuple[datetime, str, int, str]] = []
    turn, until = 0, BEGIN
    for seconds, verb, who, level in script:
        until += seconds * SECOND
        times.append((until, verb, who, level))
    end = until + timedelta(hours=3)
    while world.now < end:
        work_at = find_next(world)
        if times and (work_at is None or times[0][0] <= work_at):
            at, verb, who, level = times.pop(0)
            world.now = max(at, world.now + timedelta(milliseconds=1))
            answer(world, verb, who, level)
        elif work_at is None or work_at > end:
            break
        else:
            world.now = max(work_at, world.now + timedelta(milliseconds=1)) + slow[turn % len(slow)] * SECOND
            turn += 1
            look(world, mishaps.pop() if mishaps else "")
        assert count_late(now=world.now) == (0, 0), "nothing is later than 60 s with a worker alive"


def require_steps_once_and_in_order(escalation: Escalation) -> None:
    """Every step of every round was taken once, none was left out."""
    entries = HistoryEntry.objects.filter(escalation=escalation, verb__in=("page", "step_failed")).order_by("number")
    taken: dict[int, list[int]] = {}
    for entry in entries:
        taken.setdefault(entry.refs["round"], []).append(entry.refs["step"])
    assert all(steps == list(range(1, len(steps) + 1)) for steps in taken.values()), taken


def require_silence_while_taken(escalation: Escalation) -> None:
    """While somebody has it in hands nothing is queued and nothing goes out but their own reminders."""
    moves = list(HistoryEntry.objects.filter(escalation=escalation).order_by("number"))
    changes = [one for one in moves if one.from_state != one.to_state]
    pages = list(Page.objects.filter(escalation=escalation).exclude(reason="remind"))
    for at, entry in enumerate(changes):
        if entry.to_state == "open":
            continue
        after = changes[at + 1].at if at + 1 < len(changes) else None
        for page in pages:
            assert not (page.queued_at > entry.at and (after is None or page.queued_at < after))
            sent = page.ended_at if page.state == "sent" else None
            assert not (sent is not None and sent > entry.at and (after is None or sent < after))


def require_an_end(escalation: Escalation) -> None:
    """Somebody has it in hands or had, or the guaranteed last step of its round went out."""
    if escalation.state != "open":
        return
    last = Page.objects.filter(escalation=escalation, round=escalation.round, channel__in=("email", "webhook"))
    assert {one.channel for one in last.filter(state="sent")} == {"email", "webhook"}


def require_everything(world: World, escalation: Escalation) -> None:
    """Hold one escalation against all that was promised."""
    require_steps_once_and_in_order(escalation)
    require_silence_while_taken(escalation)
    require_an_end(escalation)
    called = Page.objects.filter(escalation=escalation, person_id__isnull=False)
    coordinators = {one.id for one in world.people[:3]}
    assert {str(one) for one in called.values_list("person_id", flat=True)} <= coordinators, "no expert is paged"
    assert escalation.chain["steps"][-1]["kind"] == LAST_RESORT


@pytest.mark.django_db
@examples(25)
@example(None, [(9, {0})], [(0, "acknowledge", 1, "concern")], [], [0])
@example([], [(9, set())], [(1, "acknowledge", 1, "concern")], ["channel fails"], [0])
@given(chain=chains, timetable=rosters, script=answers, mishaps=crashes, slow=delays)
def test_every_escalation_is_answered_or_reaches_its_last_step(
    chain: Sequence[tuple[str, int]] | None,
    timetable: Sequence[tuple[int, set[int]]],
    script: Sequence[tuple[int, str, int, str]],
    mishaps: list[str],
    slow: Sequence[int],
) -> None:
    with transaction.atomic():
        world = make_world(timetable, chain)
        with (
            patch("server.safety.actions.stepping.find_roster", world.find_roster),
            patch("server.safety.tasks._send", world.send),
        ):
            answer(world, "press", 0, "emergency")
            live(world, script, mishaps, slow)
        for escalation in Escalation.objects.filter(team_id=world.team_id):
            event(f"ends {escalation.state}")
            require_everything(world, escalation)
        transaction.set_rollback(True)  # the next example begins in an empty house
