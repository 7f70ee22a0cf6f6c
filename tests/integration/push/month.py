"""A month of pushes in minutes: people write, read, pause, change their hours and press for help.

The experts' hours are random, in several zones, over the night in which the clocks change. Workers die with deliveries
in their hands, before sending and after it; the way out fails one time in ten. What went out is judged by an oracle
that knows nothing of the server's rules: wall clocks and lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from server.accounts.actions.devices import register_device
from server.accounts.actions.people import create_person
from server.accounts.actions.sessions import start_session
from server.accounts.actions.teams import create_team
from server.accounts.queries import PersonCard
from server.availability.actions.hours import create_hours, set_hours
from server.availability.actions.pauses import end_pause, start_pause
from server.availability.actions.teams import set_team_numbers
from server.availability.rules.schedule import WeeklyWindow
from server.availability.rules.wind_down import CAPS
from server.chat.actions.accept import MessageDraft, accept_messages
from server.chat.actions.conversations import open_conversation
from server.chat.actions.gates import step_turn_gates
from server.chat.actions.receipts import mark_read
from server.events.facts import PageQueued
from server.events.outbox import record_facts
from server.events.relay import step_relay
from server.foundation.clock import format_instant
from server.foundation.ids import make_id
from server.push.actions.leasing import take_deliveries
from server.push.backends.port import Outcome, Push, PushBackend, Verdict
from server.push.models import Delivery
from server.push.rules.collapsing import name_collapse
from server.push.rules.kinds import PAGE
from server.push.tasks import step_send
from server.safety.actions.escalations import acknowledge, raise_signal
from server.safety.models import Page
from server.wiring import LISTENERS

BEGIN: Final = datetime(2026, 10, 5, tzinfo=UTC)  # the clocks change on the 25th
ZONES: Final = ("Europe/Amsterdam", "Europe/Amsterdam", "Europe/Amsterdam", "America/Curacao", "Europe/Lisbon")
CANARY: Final = "canary-7Q"
FAILS: Final = 0.10
DIES: Final = 0.02
_HOUR: Final = timedelta(hours=1)


class Killed(BaseException):
    """What SIGKILL is like from inside: nothing after it runs."""


@dataclass(slots=True)
class Person:
    """Somebody with a phone; of an expert the hours as (weekday, start, end) and the pauses, as only the oracle reads
    them: the hours with the instants from which they hold."""

    card: PersonCard
    session_id: str
    talk: str = ""
    zone: str = "Europe/Amsterdam"
    hours: list[tuple[datetime, list[tuple[int, time, time]]]] = field(default_factory=list)
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rung:
    """A push that went out, when, to whose phone."""

    at: datetime
    owner: Person
    push: Push


class Way:
    """The way out: it fails one time in ten, in every manner, and kills the worker now and then."""

    name = "way"

    def __init__(self, random: Random, owners: dict[str, Person]) -> None:
        self._random, self._owners = random, owners
        self.now = BEGIN
        self.rung: list[Rung] = []
        self.failures = self.deaths = 0

    def find(self, platform: str) -> PushBackend:
        """Return this one."""
        return self

    def send(self, pushes: Sequence[Push]) -> list[Outcome]:
        """Take them, or fail, or die before or after."""
        self._die_sometimes()
        answers = [self._answer(one) for one in pushes]
        self._die_sometimes()
        return answers

    def _answer(self, push: Push) -> Outcome:
        if self._random.random() < FAILS:
            self.failures += 1
            if self._random.random() < 0.3:  # it went out, and the answer was lost
                self.rung.append(Rung(self.now, self._owners[push.token], push))
            causes = [("unavailable", None), ("timeout", None), ("quota", 30.0), ("internal", None)]
            cause, retry_after = self._random.choice(causes)
            return Outcome(Verdict.RETRY, cause, retry_after)
        self.rung.append(Rung(self.now, self._owners[push.token], push))
        return Outcome(Verdict.SENT)

    def _die_sometimes(self) -> None:
        if self._random.random() < DIES:
            self.deaths += 1
            raise Killed


class Month:
    """The people, and what happens to them from BEGIN on."""

    def __init__(self, *, people: int, days: int, per_day: float, seed: int) -> None:
        """Make half of them youths, half experts, each pair in a talk of its own, and a coordinator for twenty."""
        self._random = Random(seed)
        self._per_day, self._days = per_day, days
        self.owners: dict[str, Person] = {}
        self.way = Way(self._random, self.owners)
        self.team = create_team(name=f"Month {seed}", now=BEGIN)
        set_team_numbers(team_id=self.team.id, settings=dict.fromkeys(CAPS), now=BEGIN)
        self.coordinators = [self._make("coordinator", number) for number in range(max(2, people // 20))]
        self.pairs = [self._make_pair(number) for number in range(people // 2)]
        self.called: list[str] = []
        self.written = 0

    def _make(self, role: str, number: int) -> Person:
        name = f"{role} {number}"
        mail = {} if role == "youth" else {"email": f"{role}{number}@{self.team.slug}.example", "password": "x" * 15}
        person = create_person(team_id=self.team.id, role=role, display_name=name, now=BEGIN, **mail)
        session, _ = start_session(person_id=person.id, device_name=name, now=BEGIN)
        token = f"token-{person.id}"
        register_device(session=session, push_token=token, platform="android", now=BEGIN)
        # Whoever has an app uses it: a session does not run out under them within the month.
        session.expires_at = session.idle_expires_at = BEGIN + timedelta(days=90)
        session.save(update_fields=["expires_at", "idle_expires_at"])
        card = PersonCard(str(person.id), name, role, str(self.team.id))
        self.owners[token] = Person(card, str(session.id))
        return self.owners[token]

    def _make_pair(self, number: int) -> tuple[Person, Person]:
        youth, expert = self._make("youth", number), self._make("expert", number)
        expert.zone = self._random.choice(ZONES)
        windows = self._draw_windows()
        expert.hours.append((BEGIN, windows))
        weekly = [WeeklyWindow(*one) for one in windows]
        create_hours(person_ids=[expert.card.id], zone=expert.zone, windows=weekly, now=BEGIN)
        members = [UUID(one.card.id) for one in (youth, expert)]
        talk = open_conversation(team_id=self.team.id, kind="pair", member_ids=members, now=BEGIN)
        youth.talk = expert.talk = str(talk.id)
        return youth, expert

    def _draw_windows(self) -> list[tuple[int, time, time]]:
        days = self._random.sample(range(1, 8), self._random.randint(1, 6))
        drawn = []
        for weekday in sorted(days):
            start = self._random.randint(10, 23)
            drawn.append(
                (weekday, time(start, self._random.choice((0, 30))), time((start + self._random.randint(1, 4)) % 24))
            )
        return drawn

    def run(self) -> None:
        """Let the month pass: what people do comes in order, and between two things a worker does what is due."""
        count = round(len(self.pairs) * self._per_day * self._days)
        times = sorted(self._random.uniform(0, self._days * 86_400) for _ in range(count))
        moments = [BEGIN + timedelta(seconds=round(one)) for one in times]
        for at, following in pairwise([*moments, moments[-1] + timedelta(days=8)]):
            self._happen(at)
            self._work_until(at, following)

    def _happen(self, at: datetime) -> None:
        youth, expert = self._random.choice(self.pairs)
        dice = self._random.random()
        if dice < 0.70:
            self._write(youth, at)
        elif dice < 0.80:
            self._write(expert, at)
        elif dice < 0.90:
            self._read(self._random.choice((youth, expert)), at)
        elif dice < 0.94:
            self._pause(expert, at)
        elif dice < 0.97:
            self._change_hours(expert, at)
        else:
            self._press(youth, at)

    def _write(self, who: Person, at: datetime) -> None:
        draft = MessageDraft(who.card.id, who.session_id, who.talk, str(make_id()), f"{CANARY} {self.written}")
        accept_messages([draft], now=at)
        self.written += 1

    def _read(self, who: Person, at: datetime) -> None:
        mark_read(person_id=who.card.id, session_id=who.session_id, conversation_id=who.talk, upto=10**6, now=at)

    def _pause(self, expert: Person, at: datetime) -> None:
        if expert.pauses and at < expert.pauses[-1][1]:
            end_pause(actor=expert.card, now=at)
            expert.pauses[-1] = (expert.pauses[-1][0], at)
            return
        until = at + timedelta(minutes=self._random.randint(10, 3000))
        start_pause(actor=expert.card, until=format_instant(until), now=at)
        expert.pauses.append((at, until))

    def _change_hours(self, expert: Person, at: datetime) -> None:
        windows = self._draw_windows()
        shown = [{"weekday": day, "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"} for day, start, end in windows]
        set_hours(actor=expert.card, zone=expert.zone, windows=shown, now=at)
        expert.hours.append((at, windows))

    def _press(self, youth: Person, at: datetime) -> None:
        """Press for help, have two coordinators called, of whom one answers within a quarter of an hour."""
        raised = raise_signal(
            team_id=self.team.id, youth_id=youth.card.id, kind="help", level="emergency", by=youth.card, now=at
        )
        escalation = raised.escalation
        if escalation.state != "open":
            return
        pages = [self._call(escalation, one, at) for one in self._random.sample(self.coordinators, 2)]
        record_facts(pages, now=at)
        self.called += [one.page_id for one in pages]
        if self._random.random() < 0.1:
            acknowledge(actor=self.coordinators[0].card, escalation_id=escalation.id, now=at)

    def _call(self, escalation: Any, who: Person, at: datetime) -> PageQueued:
        page = Page.objects.create(
            id=make_id(), escalation=escalation, channel="app", person_id=who.card.id, reason="step", round=1,
            chain_at=0, level="emergency", breaks_silence=True, state="sent", queued_at=at, due_at=at, ended_at=at,
        )  # fmt: skip
        return PageQueued(str(page.id), str(escalation.id), who.card.id, "emergency", format_instant(at))

    # --- the worker

    def _work_until(self, at: datetime, until: datetime) -> None:
        """Do what is due at each instant at which something is, and die now and then on the way."""
        while at < until:
            self.way.now = at
            while step_relay(at, LISTENERS):
                pass
            while step_turn_gates(at):
                pass
            self._send(at)
            due = Delivery.objects.filter(state="waiting").order_by("due_at").values_list("due_at", flat=True).first()
            if due is None or due >= until:
                return
            at = max(due, at + timedelta(milliseconds=1))

    def _send(self, at: datetime) -> None:
        if self._random.random() < DIES / 2:
            self.way.deaths += 1
            take_deliveries(["android"], now=at)  # it dies before it has asked anything
            return
        found = True
        while found:
            try:
                found = step_send(at, self.way.find)
            except Killed:
                continue


# --- the oracle: what may be, by wall clocks and lists


def find_end_of_window(expert: Person, at: datetime) -> datetime | None:
    """Return until when an expert may be reached, None when they may not be at `at`."""
    if any(begin <= at < end for begin, end in expert.pauses):
        return None
    _, windows = max((one for one in expert.hours if one[0] <= at), key=lambda one: one[0])
    zone = ZoneInfo(expert.zone)
    today = at.astimezone(zone).date()
    spans = [_find_span(on, window, zone) for on in (today - timedelta(days=1), today, today + timedelta(days=1))
             for window in windows if window[0] == on.isoweekday()]  # fmt: skip
    end = at
    for begin, stop in sorted(spans):
        if begin <= end < stop:
            end = stop
    return end if end > at else None


def _find_span(on: date, window: tuple[int, time, time], zone: ZoneInfo) -> tuple[datetime, datetime]:
    _, start, end = window
    last = on + timedelta(days=1) if end <= start else on
    return (datetime.combine(on, start, zone).astimezone(UTC), datetime.combine(last, end, zone).astimezone(UTC))


@dataclass(slots=True)
class Verdicts:
    """What the oracle has found; every list must be empty."""

    outside: list[Rung] = field(default_factory=list)
    outlived: list[Rung] = field(default_factory=list)
    to_nobody: list[Rung] = field(default_factory=list)
    renamed: list[Rung] = field(default_factory=list)
    lost_pages: list[str] = field(default_factory=list)
    lost_messages: list[str] = field(default_factory=list)

    def show(self) -> dict[str, int]:
        """Return how many of each."""
        return {name: len(getattr(self, name)) for name in self.__dataclass_fields__}


def judge(month: Month) -> Verdicts:
    """Return what went wrong in a month that has passed."""
    verdicts = Verdicts()
    for rung in month.way.rung:
        _judge_rung(rung, verdicts)
    names: dict[str, str] = {}
    for rung in month.way.rung:
        if names.setdefault(rung.push.delivery_id, rung.push.collapse_id) != rung.push.collapse_id:
            verdicts.renamed.append(rung)
    verdicts.lost_pages = _list_lost_pages(month)
    late = Delivery.objects.filter(state="failed") | Delivery.objects.filter(reason="expired")
    verdicts.lost_messages = [str(one.id) for one in late if one.kind == "message"]
    return verdicts


def _judge_rung(rung: Rung, verdicts: Verdicts) -> None:
    if f"token-{rung.owner.card.id}" != rung.push.token:
        verdicts.to_nobody.append(rung)
    if rung.owner.card.role != "expert":
        return
    end = find_end_of_window(rung.owner, rung.at)
    if end is None:
        verdicts.outside.append(rung)
    elif rung.at + timedelta(seconds=rung.push.ttl_seconds) > end:
        verdicts.outlived.append(rung)


def _list_lost_pages(month: Month) -> list[str]:
    """Return the calls that did not ring within the hour, themselves or joined by a later one, nor were answered."""
    rang: dict[tuple[str, str], list[datetime]] = {}
    for rung in month.way.rung:
        rang.setdefault((rung.push.collapse_id, rung.owner.card.id), []).append(rung.at)
    lost = []
    for page in Page.objects.filter(id__in=month.called):
        name = name_collapse(PAGE, str(page.person_id), str(page.escalation_id))
        last = page.queued_at + _HOUR
        heard = any(page.queued_at <= at <= last for at in rang.get((name, str(page.person_id)), ()))
        answered = Delivery.objects.filter(collapse=name, reason="answered", ended_at__gte=page.queued_at)
        if not heard and not answered.exists():
            lost.append(str(page.id))
    return lost
