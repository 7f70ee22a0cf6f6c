"""A month of fifty experts and five hundred conversations, acted out instant by instant with the real actions.

After everything that happens the experts' logs are read on, and every new line is held against their diaries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from django.db import transaction

from server.accounts.actions import create_people, create_team
from server.accounts.actions.people import NewPerson
from server.accounts.models import Person
from server.accounts.queries import PersonCard
from server.availability.actions import create_hours, set_team_numbers
from server.availability.errors import NoExtension
from server.availability.rules.wind_down import CAPS
from server.availability.rules.windows import normalise_windows
from server.chat.actions.accept import AcceptedMessage, MessageDraft, accept_messages
from server.chat.actions.conversations import add_member, close_conversation, open_conversations
from server.chat.actions.extending import extend_talk
from server.chat.actions.gates import HoursGates, freshen_all_of, freshen_conversations, step_turn_gates
from server.chat.actions.receipts import Receipts, mark_read
from server.chat.errors import OutsideWindow
from server.chat.queries import list_conversations, list_open_fellows
from server.foundation.ids import make_id
from server.ports.receipts import Acknowledged
from server.realtime.models import UserEvent, UserStream
from tests.integration.chat.changes import ZONES, change_somehow, open_everything, pick_windows
from tests.integration.chat.diaries import INSTANT, MINUTE, NO, PERHAPS, YES, Diary

BEGIN: Final = datetime(2026, 10, 5, tzinfo=UTC)  # a Monday; Europe's clocks go back on the 25th, others' elsewhen
DAYS: Final = 30
EXPERTS, YOUTHS_EACH, ROOMS = 50, 10, 10
# What an expert does themselves, wherever the gate is.
OWN_DOING: Final = ("self.read",)
INSTANTS_OF_A_MOMENT: Final = 40
_AROUND: Final = 14 * 60  # seconds around a moment at which hours turn


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an expert's log, as it was when it was new."""

    pos: int
    kind: str
    place: str | None
    seq: int | None
    at: datetime


class Month:
    """The people, what they do, and the judgement."""

    def __init__(self, seed: int, *, instants: int, changes: int) -> None:
        self.dice = Random(seed)
        self.counted: Counter[str] = Counter()
        self.logs: dict[str, list[Line]] = {}
        self._heads: dict[str, int] = {}
        self._settle_people()
        self.closed: set[str] = set()
        self.attended: set[str] = set()  # by a coordinator, who has no hours: nothing is held there
        self._recent: list[tuple[datetime, str, str]] = []  # when an expert wrote where: a talk may run there
        self._plan = self._make_plan(instants, changes)

    # --- who is there

    def _settle_people(self) -> None:
        self.team = create_team(name="Noord", now=BEGIN)
        set_team_numbers(team_id=self.team.id, settings=dict.fromkeys(CAPS), now=BEGIN)  # nobody is worn out here
        experts = self._make("expert", EXPERTS)
        self.diaries = {str(one.id): self._begin_diary(one) for one in experts}
        self.coordinators = [one.id for one in self._make("coordinator", 3)]
        youths = self._make("youth", EXPERTS * YOUTHS_EACH + ROOMS)
        for one in self.diaries.values():
            windows = normalise_windows(one.windows)
            create_hours(person_ids=[one.card.id], zone=one.zone, windows=windows, now=BEGIN)
        members = [[youth.id, experts[at // YOUTHS_EACH].id] for at, youth in enumerate(youths[: -ROOMS or None])]
        pairs = open_conversations(team_id=self.team.id, kind="pair", member_lists=members, now=BEGIN)
        groups = [[youth.id, *(one.id for one in self.dice.sample(experts, 2))] for youth in youths[-ROOMS:]]
        rooms = open_conversations(team_id=self.team.id, kind="room", member_lists=groups, now=BEGIN)
        self.youth_of = {str(one.id): str(ids[0]) for one, ids in zip([*pairs, *rooms], members + groups, strict=True)}
        self.experts_of = {
            str(one.id): [str(id_) for id_ in ids[1:]]
            for one, ids in zip([*pairs, *rooms], members + groups, strict=True)
        }
        self.last_seq = dict.fromkeys(self.youth_of, 0)
        self.places_of = {one: [c for c, ids in self.experts_of.items() if one in ids] for one in self.diaries}
        self.logs = {one: [] for one in self.diaries}
        self.judge(BEGIN)

    def _make(self, role: str, count: int) -> list[Person]:
        people = [NewPerson(role, f"{role} {number}") for number in range(count)]
        return create_people(team_id=self.team.id, people=people, now=BEGIN)

    def _begin_diary(self, person: Person) -> Diary:
        card = PersonCard(str(person.id), person.display_name, person.role, str(person.team_id))
        diary = Diary(card, self.dice.choice(ZONES), pick_windows(self.dice))
        diary.note(BEGIN - timedelta(days=1))
        return diary

    # --- when

    def _make_plan(self, instants: int, changes: int) -> list[tuple[datetime, Callable[[datetime], None]]]:
        """Return what happens when: two thirds of it close around moments at which hours may turn."""
        ways: list[tuple[Callable[[datetime], None], int]] = [
            (self.write_as_youth, 44),
            (self.write_as_expert, 26),
            (self.look, 8),
            (self.read, 6),
            (self.receive, 6),
            (self.type, 4),
            (self.extend, 4),
            (self.sweep, 6),
            (self.meet, 1),
        ]
        chosen = self.dice.choices([way for way, _ in ways], [weight for _, weight in ways], k=instants)
        chosen += [self.change] * changes
        self.dice.shuffle(chosen)
        moments = [self._pick_moment() for _ in range(len(chosen) // INSTANTS_OF_A_MOMENT)]
        times = set[datetime]()
        while len(times) < len(chosen):
            times.add(self._pick_instant(moments))
        return list(zip(sorted(times), chosen, strict=True))

    def _pick_moment(self) -> datetime:
        quarter = self.dice.randrange(68, 96) if self.dice.random() < 0.7 else self.dice.randrange(96)
        return BEGIN + timedelta(days=self.dice.randrange(DAYS)) + 15 * MINUTE * quarter

    def _pick_instant(self, moments: list[datetime]) -> datetime:
        if self.dice.random() < 0.33:
            return BEGIN + timedelta(seconds=self.dice.random() * DAYS * 86_400)
        near = timedelta(seconds=self.dice.randint(-_AROUND, _AROUND), microseconds=self.dice.randrange(1_000_000))
        return self.dice.choice(moments) + self.dice.choice((near, near, near, -INSTANT, timedelta(0), INSTANT))

    def run(self) -> None:
        """Live through the month."""
        for now, way in self._plan:
            way(now)
            self.judge(now)
        self._plan = []

    # --- what is held against the diaries

    def judge(self, now: datetime) -> None:
        """Read on in the experts' logs; nothing new may be there that their hours did not let through."""
        for expert, line in self._read_on():
            self.logs[expert].append(line)
            self.counted[line.kind] += 1
            assert line.at == now, "appended at the instant that is told"
            if line.kind in OWN_DOING:
                continue
            assert line.place is not None
            verdict = self.diaries[expert].may_reach(line.place, now)
            assert verdict != NO, (line, self.diaries[expert].ask(now), self.diaries[expert].card)
            self.counted["in the hours" if self.diaries[expert].ask(now)[0] else "beyond the hours"] += 1

    def _read_on(self) -> Iterator[tuple[str, Line]]:
        streams = UserStream.objects.filter(user_id__in=list(self.diaries))
        heads = {str(one): head for one, head in streams.values_list("user_id", "head")}
        for expert in self.diaries:
            seen = self._heads.get(expert, 0)
            if heads[expert] == seen:
                continue
            self._heads[expert] = heads[expert]
            log = UserEvent.objects.filter(user_id=expert, pos__gt=seen).order_by("pos")
            for pos, kind, place, seq, at in log.values_list("pos", "kind", "conversation_id", "seq", "at"):
                yield expert, Line(pos, kind, str(place) if place else None, seq, at)

    def _expect(self, place: str, now: datetime) -> str:
        verdicts = {self.diaries[one].may_reach(place, now) for one in self.experts_of[place]}
        return YES if YES in verdicts else PERHAPS if PERHAPS in verdicts else NO

    # --- what people do

    def _pick(self, now: datetime, *, talking: float = 0.4) -> tuple[str, str]:
        """Return an expert and a place, often one whose hours turn about now, or where they have just talked."""
        self._recent = [one for one in self._recent if one[0] > now - 25 * MINUTE]
        if self._recent and self.dice.random() < talking:
            return self.dice.choice(self._recent)[1:]
        turning = [one for one, diary in self.diaries.items() if diary.is_near_a_turn(now)]
        expert = self.dice.choice(turning if turning and self.dice.random() < 0.7 else list(self.diaries))
        return expert, self.dice.choice(self.places_of[expert])

    def _accept(self, sender: str, place: str, now: datetime) -> AcceptedMessage | Exception:
        draft = MessageDraft(sender, None, place, str(make_id()), "hoi")
        (answer,) = accept_messages([draft], now=now).answers
        if isinstance(answer, AcceptedMessage):
            self.last_seq[place] += 1
            assert answer.seq == self.last_seq[place]
        return answer

    def write_as_youth(self, now: datetime) -> None:
        """A youth's message is stored when an expert may see it, and held when none may."""
        _, place = self._pick(now)
        if place in self.closed:
            return
        expected = YES if place in self.attended else self._expect(place, now)
        answer = self._accept(self.youth_of[place], place, now)
        assert isinstance(answer, AcceptedMessage), answer
        self.counted["stored" if answer.hold is None else "held"] += 1
        assert expected == PERHAPS or (answer.hold is None) is (expected == YES), (now, expected, answer.hold)

    def write_as_expert(self, now: datetime) -> None:
        """An expert's message is accepted in their hours, and refused outside."""
        expert, place = self._pick(now)
        if place in self.closed:
            return
        expected = self.diaries[expert].may_reach(place, now)
        answer = self._accept(expert, place, now)
        if isinstance(answer, AcceptedMessage):
            self.counted["expert wrote"] += 1
            self.diaries[expert].written.setdefault(place, []).append(now)
            self._recent.append((now, expert, place))
        else:
            assert isinstance(answer, OutsideWindow)
            self.counted["expert refused"] += 1
        assert expected == PERHAPS or isinstance(answer, AcceptedMessage) is (expected == YES), (now, expected)

    def look(self, now: datetime) -> None:
        """An expert comes, or looks at the list: it ends with what their log has told them."""
        expert, _ = self._pick(now)
        if self.dice.random() < 0.5:
            HoursGates().freshen_gates([expert], now=now)
            return
        freshen_all_of(expert, now=now)
        self.judge(now)
        told = Counter[str]()
        for line in self.logs[expert]:
            if line.place and line.seq:
                told[line.place] = max(told[line.place], line.seq)
        for shown in list_conversations(expert, now=now):
            assert shown["last_seq"] == shown["visible_upto"] == told[shown["id"]], "counts end where the log ends"

    def read(self, now: datetime) -> None:
        """Somebody reads everything that they may see."""
        expert, place = self._pick(now)
        reader = self.dice.choice((expert, self.youth_of[place], self.youth_of[place]))
        mark_read(person_id=reader, session_id=None, conversation_id=place, upto=10_000, now=now)

    def receive(self, now: datetime) -> None:
        """A youth's device has received everything."""
        _, place = self._pick(now)
        with transaction.atomic():
            Receipts().take_acknowledged([Acknowledged(self.youth_of[place], place, self.last_seq[place])], now=now)

    def type(self, now: datetime) -> None:
        """A youth types: who sees it may be reached."""
        _, place = self._pick(now)
        freshen_conversations([place], now=now)
        for one in list_open_fellows(self.youth_of[place], place, now=now):
            assert one not in self.diaries or self.diaries[one].may_reach(place, now) != NO
            self.counted["typing seen"] += 1

    def extend(self, now: datetime) -> None:
        """An expert wants more time in a talk."""
        expert, place = self._pick(now, talking=0.8)
        diary = self.diaries[expert]
        try:
            until = extend_talk(actor=diary.card, conversation_id=place, now=now)
        except NoExtension:
            return
        self.counted["extended"] += 1
        diary.extended[place] = until
        self._recent.append((now, expert, place))

    def sweep(self, now: datetime) -> None:
        """The sweeper comes by, unless it is dead: it is on every third day."""
        if now.toordinal() % 3:
            while step_turn_gates(now):
                self.counted["steps of the sweeper"] += 1

    def meet(self, now: datetime) -> None:
        """A conversation ends, or a coordinator comes into one."""
        _, place = self._pick(now)
        if place in self.closed:
            return
        if self.dice.random() < 0.5:
            close_conversation(conversation_id=place, now=now)
            self.closed.add(place)
        else:
            coordinator = self.dice.choice(self.coordinators)
            add_member(conversation_id=place, person_id=coordinator, from_start=True, now=now)
            self.attended.add(place)

    def change(self, now: datetime) -> None:
        """An expert changes their hours."""
        expert, _ = self._pick(now)
        change_somehow(self.dice, self.diaries[expert], now)
        self.counted["changes"] += 1

    # --- the end

    def open_all(self) -> None:
        """Have everybody come, and let the sweeper have its way."""
        now = BEGIN + timedelta(days=DAYS)
        for diary in self.diaries.values():
            open_everything(diary, now)
        while step_turn_gates(now):
            pass
        self.judge(now)

    def list_missing(self) -> list[tuple[str, str, list[int]]]:
        """Return expert, place and the messages in their log wherever these are not all of them, once, in order."""
        found: dict[tuple[str, str], list[int]] = {
            (one, place): [] for one, places in self.places_of.items() for place in places
        }
        for expert, lines in self.logs.items():
            for line in lines:
                if line.kind in ("msg.new", "msg.own") and line.place and line.seq:
                    found[expert, line.place].append(line.seq)
        return [
            (expert, place, seqs)
            for (expert, place), seqs in found.items()
            if seqs != list(range(1, self.last_seq[place] + 1))
        ]
