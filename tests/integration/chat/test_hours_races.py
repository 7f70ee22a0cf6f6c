"""A change of hours against a send: 50 conversations of one expert at once, on real connections.

Ten thousand races, or as many as WARMLIJN_RACES says. Who came first is read from the youth's own log: the change
puts `availability.changed` into it and the send `msg.own`, and positions are handed out in the order of the commits.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from random import Random
from threading import Barrier
from typing import Final

import pytest
from django.db import connection

from server.accounts.actions import create_people, create_team
from server.accounts.actions.people import NewPerson
from server.accounts.queries import PersonCard
from server.availability.actions import (
    add_exception,
    create_hours,
    end_pause,
    remove_exception,
    set_hours,
    set_team_numbers,
    start_pause,
)
from server.availability.models import HoursException
from server.availability.rules.schedule import AROUND_THE_CLOCK
from server.availability.rules.wind_down import CAPS
from server.chat.actions.accept import AcceptedMessage, MessageDraft, accept_messages
from server.chat.actions.conversations import open_conversations
from server.chat.models import Membership
from server.chat.queries import list_messages
from server.foundation.ids import make_id
from server.realtime.models import UserEvent
from server.realtime.queries import MissedAsk, read_missed
from tests.integration.chat.evenings import ALWAYS, AMSTERDAM, INSTANT, TUESDAY, at

PLACES, SENDERS = 50, 5
MOST_WORDS: Final = 30  # so late may a sender be: a change of hours says about as many before it locks anything
RACES: Final = int(os.environ.get("WARMLIJN_RACES", "10000"))
SEED: Final = 3
Work = Callable[[], Sequence[AcceptedMessage]]


class Crew:
    """Threads that keep their connections; each round they begin together."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._threads = ThreadPoolExecutor(size)

    def run(self, works: Sequence[Work]) -> list[AcceptedMessage]:
        """Run as many works as there are threads, one in each, and return what they accepted."""
        assert len(works) == self._size
        barrier = Barrier(self._size, timeout=60)

        def start(work: Work) -> Sequence[AcceptedMessage]:
            barrier.wait()
            return work()

        futures = [self._threads.submit(start, work) for work in works]
        return [one for future in futures for one in future.result(120)]

    def dismiss(self) -> None:
        """Close every connection."""

        def close() -> Sequence[AcceptedMessage]:
            connection.close()
            return []

        self.run([close] * self._size)
        self._threads.shutdown()


class Stage:
    """One expert who is there around the clock, and fifty youths."""

    def __init__(self) -> None:
        made = at("12:00")
        team = create_team(name="Noord", now=made)
        set_team_numbers(team_id=team.id, settings=dict.fromkeys(CAPS), now=made)
        (expert,) = create_people(team_id=team.id, people=[NewPerson("expert", "Ben")], now=made)
        new = [NewPerson("youth", f"Youth {number}") for number in range(PLACES)]
        youths = create_people(team_id=team.id, people=new, now=made)
        create_hours(person_ids=[expert.id], zone=AMSTERDAM, windows=AROUND_THE_CLOCK, now=made)
        lists = [[youth.id, expert.id] for youth in youths]
        places = open_conversations(team_id=team.id, kind="pair", member_lists=lists, now=made)
        self.ben = PersonCard(str(expert.id), "Ben", "expert", str(team.id))
        self.youth_of = {str(one.id): str(youth.id) for one, youth in zip(places, youths, strict=True)}
        self.seen: dict[str, list[int]] = {place: [] for place in self.youth_of}
        self.sent = dict.fromkeys(self.youth_of, 0)
        self.head = self._read_on()

    # --- the two that race

    def send(self, places: Sequence[str], now: datetime, late: int) -> list[AcceptedMessage]:
        """Have the youths of these places write, in one transaction, after so many words with the database."""
        for _ in range(late):
            Membership.objects.filter(person_id=self.ben.id, guarded=False).exists()
        drafts = [MessageDraft(self.youth_of[place], None, place, str(make_id()), "hoi") for place in places]
        answers = accept_messages(drafts, now=now).answers
        assert all(isinstance(one, AcceptedMessage) for one in answers), answers
        return [one for one in answers if isinstance(one, AcceptedMessage)]

    def close(self, way: int, now: datetime) -> list[AcceptedMessage]:
        """Close the expert's hours."""
        if way == 0:
            set_hours(actor=self.ben, zone=AMSTERDAM, windows=[], now=now)
        elif way == 1:
            start_pause(actor=self.ben, now=now)
        else:
            first, last = TUESDAY.isoformat(), (TUESDAY + timedelta(days=3)).isoformat()
            add_exception(actor=self.ben, kind="exam", first=first, last=last, windows=[], now=now)
        return []

    def reopen(self, way: int, now: datetime) -> list[AcceptedMessage]:
        """Open them again."""
        if way == 0:
            set_hours(actor=self.ben, zone=AMSTERDAM, windows=ALWAYS, now=now)
        elif way == 1:
            end_pause(actor=self.ben, now=now)
        else:
            remove_exception(actor=self.ben, exception_id=HoursException.objects.get().id, now=now)
        return []

    # --- what must be true afterwards

    def check(self, accepted: Sequence[AcceptedMessage], nows: Sequence[datetime], *, closing: bool) -> Counter[str]:
        """Hold each race against the log of its youth, the gate, and what the expert's log holds."""
        self.head = self._read_on()
        order = self._find_order(nows)
        seats = {str(one.conversation_id): one for one in Membership.objects.filter(person_id=self.ben.id)}
        assert len(accepted) == PLACES
        for one in accepted:
            place, held = one.draft.conversation_id, one.hold is not None
            self.sent[place] += 1
            assert one.seq == self.sent[place]
            change_first = order[place]
            assert held is (change_first is closing), "what was decided agrees with who committed first"
            seat = seats[place]
            assert seat.gate == ("closed" if closing else "open")
            visible = seat.visible_upto if closing else self.sent[place]
            assert (visible < one.seq) is (held and closing), "the cut lies before what is held"
            assert self.seen[place] == list(range(1, visible + 1)), "all of it up to the cut, once, in order"
        return Counter("held" if one.hold else "stored" for one in accepted)

    def check_what_is_shown(self, dice: Random) -> None:
        """Look as the expert does: no message beyond the cut, in the log and in a page of history."""
        (missed,) = read_missed([MissedAsk(self.ben.id, 0, 1_000_000)], now=at("12:00"))
        shown = sum(b'"kind":"msg.new"' in item for _, item in missed.items)
        assert shown == sum(len(seqs) for seqs in self.seen.values())
        for place in dice.sample(list(self.youth_of), 5):
            messages, _ = list_messages(self.ben.id, place, before=None, after=None, limit=200)
            assert [one["seq"] for one in messages] == self.seen[place][-200:]

    def _read_on(self) -> int:
        """Take in what is new in the expert's log, and return its head."""
        log = UserEvent.objects.filter(user_id=self.ben.id, pos__gt=getattr(self, "head", 0)).order_by("pos")
        head = getattr(self, "head", 0)
        for pos, kind, place, seq in log.values_list("pos", "kind", "conversation_id", "seq"):
            head = pos
            if kind == "msg.new":
                self.seen[str(place)].append(int(seq or 0))
        return head

    def _find_order(self, nows: Sequence[datetime]) -> dict[str, bool]:
        """Return of each place whether its youth heard of the change before they had sent."""
        log = UserEvent.objects.filter(at__in=nows, kind__in=("msg.own", "availability.changed"))
        found = {(str(place), kind): pos for place, kind, pos in log.values_list("conversation_id", "kind", "pos")}
        return {one: found[one, "availability.changed"] < found[one, "msg.own"] for one in self.youth_of}


@pytest.mark.usefixtures("on_postgres")
def test_a_change_of_hours_and_a_send_always_come_one_after_the_other() -> None:
    stage, dice, crew = Stage(), Random(SEED), Crew(SENDERS + 1)
    places, counted = list(stage.youth_of), Counter[tuple[bool, str]]()
    try:
        for number in range(RACES // PLACES):
            closing, way = number % 2 == 0, number // 2 % 3
            nows = [at("13:00") + number * timedelta(seconds=5) + move for move in (timedelta(0), INSTANT)]
            if dice.random() < 0.5:
                nows.reverse()  # clocks of two servers need not agree on who was first
            dice.shuffle(places)
            change = partial(stage.close if closing else stage.reopen, way, nows[0])
            lates = [dice.randrange(MOST_WORDS) for _ in range(SENDERS)]
            sends = [partial(stage.send, places[start::SENDERS], nows[1], late) for start, late in enumerate(lates)]
            accepted = crew.run(dice.sample([change, *sends], SENDERS + 1))
            for what, count in stage.check(accepted, nows, closing=closing).items():
                counted[closing, what] += count
            if number % 20 == 0:
                stage.check_what_is_shown(dice)
    finally:
        crew.dismiss()
    stage.check_what_is_shown(dice)
    assert stage.seen == {place: list(range(1, stage.sent[place] + 1)) for place in places}, "nothing lost, none twice"
    both = [counted[closing, what] for closing in (True, False) for what in ("held", "stored")]
    assert min(both) > RACES // 50, f"one of them is always first: {counted}"
