"""Clients and servers in every order that Hypothesis can think of: nothing is lost, doubled, reordered or leaked.

The servers are the real application in a simulation, the clients keep to PROTOCOL §3, and a referee who knows what
is true holds every frame and every commit against it. After every step, and after everything has come to rest:
0 lost, 0 duplicated, 0 reordered, 0 seen before the gate opened, 0 delivered to somebody who is no member, no cursor
goes back, the answer to a repeat is the first answer, and snapshot, replay and a device's own way lead to one state.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from server.chat.actions.conversations import add_member, remove_member
from server.chat.actions.gates import close_gate, open_gate
from server.foundation.clock import read_clock
from server.realtime.actions.epochs import prune_log, renew_epochs
from tests.property.model import split
from tests.property.profiles import examples
from tests.property.stage import DEVICES, PEOPLE, PROCESSES, ROOMS, Stage

devices = st.sampled_from(tuple(DEVICES))
rooms = st.sampled_from(tuple(ROOMS))
members = st.sampled_from([(room, person) for room, people in ROOMS.items() for person in people])
processes = st.integers(0, PROCESSES - 1)
numbers = st.integers(0, 30)
bodies = st.sampled_from(("hoi", "", " \n", "x" * 900, "é" * 4_000, "x" * 4_001))


class Sessions(RuleBasedStateMachine):
    """Everything that people, their devices, the servers and the database may do."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage()

    def teardown(self) -> None:
        """Let everything come to rest, and look at what everybody holds."""
        try:
            if self.stage.sound:
                self.stage.come_to_rest()
                self.stage.compare_everything()
        finally:
            self.stage.close()

    # --- coming and going

    @initialize(connected=st.sets(devices, max_size=4))
    def begin(self, connected: set[str]) -> None:
        """Some are there from the start."""
        with self.stage.step():
            for number, name in enumerate(sorted(connected)):
                self.stage.connect(name, number % PROCESSES)

    @rule(name=devices, process=processes)
    def connect(self, name: str, process: int) -> None:
        """A device comes, or comes again while the server still believes in its earlier line."""
        with self.stage.step():
            self.stage.connect(name, process)

    @rule(name=devices)
    def lose_the_line(self, name: str) -> None:
        """Both sides notice."""
        with self.stage.step():
            self.stage.hang_up(name)

    @rule(name=devices, number=numbers, process=processes)
    def come_back_with_an_old_cursor(self, name: str, number: int, process: int) -> None:
        """A device forgets what it persisted last, and resumes from before that."""
        device = self.stage.devices[name]
        with self.stage.step():
            if device.checkpoints:
                device.memory = device.checkpoints[number % len(device.checkpoints)]
                device.checkpoints.clear()
                self.stage.connect(name, process)

    @rule(name=devices)
    def lag(self, name: str) -> None:
        """A device takes in nothing for a while, or goes on."""
        with self.stage.step():
            self.stage.lagging ^= {name}

    @rule(name=devices, fault=st.sampled_from(("drop", "double", "repeat")))
    def disturb(self, name: str, fault: str) -> None:
        """The next frame to the device gets lost or comes twice, or its next request is sent twice."""
        with self.stage.step():
            if fault == "repeat":
                self.stage.devices[name].duplicate_next = True
            else:
                (self.stage.drop_next if fault == "drop" else self.stage.double_next).add(name)

    # --- sending

    @rule(name=devices, room=rooms, body=bodies)
    def send(self, name: str, room: str, body: str) -> None:
        """Somebody presses send."""
        with self.stage.step():
            self.stage.send(name, self.stage.c[room], self.stage.make_text(body))

    @rule(name=devices, room=rooms, size=st.integers(2, 90), body=st.sampled_from(("hoi", "x" * 900)))
    def send_many(self, name: str, room: str, size: int, body: str) -> None:
        """Somebody's outbox goes out at once."""
        with self.stage.step():
            self.stage.send_in_a_row(name, self.stage.c[room], [self.stage.make_text(body) for _ in range(size)])

    @rule(name=devices, number=numbers)
    def send_again(self, name: str, number: int) -> None:
        """The same message once more, from this or the other device of the sender."""
        with self.stage.step():
            if known := self.stage.sent[self.stage.devices[name].person]:
                m, c, body = known[-1 - number % len(known)]
                self.stage.send(name, c, body, m)

    @rule(name=devices, whose=st.sampled_from(PEOPLE), number=numbers, room=rooms)
    def send_under_an_old_m(self, name: str, whose: str, number: int, room: str) -> None:
        """Another text under an old m: a conflict with one's own, nothing special with somebody else's."""
        with self.stage.step():
            if known := self.stage.sent[self.stage.ids[whose]]:
                m = known[-1 - number % len(known)][0]
                self.stage.send(name, self.stage.c[room], self.stage.make_text("hoi"), m)

    @rule(name=devices, room=rooms, number=numbers)
    def withdraw(self, name: str, room: str, number: int) -> None:
        """Somebody takes a message back."""
        with self.stage.step():
            self.stage.withdraw(name, self.stage.c[room], number)

    # --- what a device says besides

    @rule(name=devices, number=numbers)
    def acknowledge(self, name: str, number: int) -> None:
        """All of it (0), or only an earlier part."""
        device = self.stage.devices[name]
        with self.stage.step():
            cursors = [device.memory.cursor, *(one.cursor for one in reversed(device.checkpoints))]
            cursor, newest = cursors[number % len(cursors)], cursors[0]
            if device.state == "following" and cursor and newest and split(cursor)[0] == split(newest)[0]:
                device.ask("ack", cursor=cursor)

    @rule(name=devices, room=rooms, upto=numbers)
    def read(self, name: str, room: str, upto: int) -> None:
        """Somebody reads."""
        with self.stage.step():
            self.stage.read(name, self.stage.c[room], upto)

    @rule(name=devices, room=rooms)
    def type_on(self, name: str, room: str) -> None:
        """Somebody types."""
        with self.stage.step():
            self.stage.devices[name].ask("typing", c=self.stage.c[room], on=True)

    @rule(name=devices, what=st.sampled_from(("ping", "sync")))
    def ask_for_more(self, name: str, what: str) -> None:
        """A heartbeat, or a needless sync."""
        device = self.stage.devices[name]
        with self.stage.step():
            if what == "ping":
                device.ask("ping")
            elif device.state == "following":
                device.sync()

    # --- who may see what

    @rule(member=members)
    def close_a_gate(self, member: tuple[str, str]) -> None:
        """Somebody's hours end."""
        room, person = self.stage.seat(*member)
        with self.stage.step():
            if room.is_present(person):
                seat, now = room.seats[person], read_clock()
                moved = close_gate(conversation_id=room.uuid, person_id=seat.uuid, reason="window", opens_at=None, now=now)
                assert moved == seat.gate_open
                seat.cut = room.last_seq if seat.gate_open else seat.cut
                seat.gate_open = False
                self.stage.truth.look()

    @rule(member=members)
    def open_a_gate(self, member: tuple[str, str]) -> None:
        """Somebody's hours begin."""
        room, person = self.stage.seat(*member)
        with self.stage.step():
            if room.is_present(person):
                seat = room.seats[person]
                held = 0 if seat.gate_open else room.last_seq - seat.cut
                assert open_gate(conversation_id=room.uuid, person_id=seat.uuid, now=read_clock()) == held
                seat.gate_open = True
                self.stage.truth.note_visible(room, person)
                self.stage.truth.look()

    @rule(member=members)
    def remove(self, member: tuple[str, str]) -> None:
        """Somebody is taken out."""
        room, person = self.stage.seat(*member)
        with self.stage.step():
            if room.is_present(person):
                remove_member(conversation_id=room.uuid, person_id=room.seats[person].uuid, now=read_clock())
                self.stage.truth.note_leave(room, person, busy=bool(self.stage.house.loop.jobs))
                self.stage.truth.look()

    @rule(member=members, from_start=st.booleans())
    def add(self, member: tuple[str, str], from_start: bool) -> None:
        """Somebody is let in again."""
        room, person = self.stage.seat(*member)
        with self.stage.step():
            if not room.is_present(person):
                seat, now = room.seats[person], read_clock()
                add_member(conversation_id=room.uuid, person_id=seat.uuid, from_start=from_start, now=now)
                seat.present, seat.gate_open, seat.visible_from = True, True, 0 if from_start else room.last_seq
                self.stage.truth.note_visible(room, person)
                self.stage.truth.look()

    # --- what happens to servers

    @rule(process=processes)
    def restart(self, process: int) -> None:
        """A server process is killed, and another takes its place."""
        with self.stage.step():
            self.stage.house.restart(process)

    @rule(person=st.sampled_from(PEOPLE), number=numbers)
    def prune(self, person: str, number: int) -> None:
        """Retention removes the older part of a log."""
        person_id = self.stage.ids[person]
        with self.stage.step():
            prune_log(person_id, max(0, self.stage.truth.heads[person_id] - number))
            self.stage.truth.look()

    @rule()
    def restore(self) -> None:
        """The database was restored: every log has a new epoch."""
        with self.stage.step():
            renew_epochs()
            self.stage.truth.look()

    @rule()
    def lose_hints(self) -> None:
        """The bus between processes goes deaf, or hears again."""
        with self.stage.step():
            self.stage.house.deaf = not self.stage.house.deaf

    @rule(seconds=st.sampled_from((0.5, 6.0)))
    def let_time_pass(self, seconds: float) -> None:
        """Acknowledgements are passed on; after six seconds the keepers have compared heads as well."""
        with self.stage.step():
            self.stage.house.loop.pass_time(seconds)

    @rule()
    def slow_the_database(self) -> None:
        """From now on its answers come one by one."""
        with self.stage.step():
            self.stage.house.loop.slow = True

    @precondition(lambda self: self.stage.house.loop.jobs)
    @rule(number=numbers)
    def move_the_database_on(self, number: int) -> None:
        """One piece of work is begun, or its result comes."""
        with self.stage.step():
            self.stage.house.loop.step_job(number)

    @precondition(lambda self: self.stage.house.loop.slow)
    @rule()
    def speed_the_database_up(self) -> None:
        """All of it is done."""
        with self.stage.step():
            self.stage.house.loop.finish_jobs()


@pytest.fixture
def quick_commits(transactional_db: None) -> Iterator[None]:
    """On SQLite: do not wait for the disk, nobody pulls the plug here."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
    yield


def test_whatever_happens_everybody_has_everything_they_may_see_once_and_in_order(quick_commits: None) -> None:
    run_state_machine_as_test(Sessions, settings=examples(30, stateful_step_count=40))  # type: ignore[no-untyped-call]
