"""Clients and servers in every order that Hypothesis can think of: nothing is lost, doubled, reordered or leaked.

The servers are the real application in a simulation, the clients keep to PROTOCOL §3, and a referee who knows what
is true holds every frame and every commit against it. After every step, and after everything has come to rest:
0 lost, 0 duplicated, 0 reordered, 0 seen before the gate opened, 0 delivered to somebody who is no member, no cursor
goes back, the answer to a repeat is the first answer, and snapshot, replay and a device's own way lead to one state.
"""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from server.realtime.actions.epochs import prune_log, renew_epochs
from tests.property.profiles import examples
from tests.property.stage import DEVICES, PEOPLE, PROCESSES, ROOMS, Stage

devices = st.sampled_from([*DEVICES, *(name for name, person in DEVICES.items() if person != "eve")])
rooms = st.sampled_from(tuple(ROOMS))
# Mostly devices of members, sometimes somebody who has no business there.
_BELONGING = [(name, room) for room, people in ROOMS.items() for name, person in DEVICES.items() if person in people]
_STRANGE = [("cleo's phone", "pair"), ("eve's phone", "pair"), ("eve's phone", "room")]
places = st.sampled_from([*_BELONGING, *_STRANGE])
members = st.sampled_from([(room, person) for room, people in ROOMS.items() for person in people])
processes = st.integers(0, PROCESSES - 1)
numbers = st.integers(0, 30)
texts = st.sampled_from(("hoi", "dag", "tot zo", "long", "longest", "too long", "blank"))


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

    @initialize(absent=st.sets(devices, max_size=3), closed=st.sets(members, max_size=3), deaf=st.booleans())
    def begin(self, absent: set[str], closed: set[tuple[str, str]], deaf: bool) -> None:
        """Most are there from the start, some gates are closed, and processes may not hear of each other."""
        with self.stage.step():
            for number, name in enumerate(sorted(DEVICES.keys() - absent)):
                self.stage.connect(name, number % PROCESSES)
            for member in sorted(closed):
                self.stage.close_gate(*self.stage.seat(*member))
            self.stage.house.deaf = deaf

    @rule(name=devices, process=processes, how=st.sampled_from(("anew", "twice", "from before", "not at all")))
    def change_lines(self, name: str, process: int, how: str) -> None:
        """A device loses its line and connects; or connects while the server still believes in its earlier line;
        or has forgotten what it persisted last, and resumes from before that; or stays away."""
        device = self.stage.devices[name]
        with self.stage.step():
            if how != "twice":
                self.stage.hang_up(name)
            if how == "from before" and device.checkpoints:
                device.memory = device.checkpoints[0]
                device.checkpoints.clear()
            if how != "not at all":
                self.stage.connect(name, process)

    @rule(name=devices, fault=st.sampled_from(("lag", "drop", "double", "repeat")))
    def disturb(self, name: str, fault: str) -> None:
        """A device takes in nothing for a while, or goes on; the next frame to it gets lost or comes twice; or its
        own next request is sent twice."""
        with self.stage.step():
            match fault:
                case "lag":
                    self.stage.lagging ^= {name}
                case "drop":
                    self.stage.drop_next.add(name)
                case "double":
                    self.stage.double_next.add(name)
                case "repeat":
                    self.stage.devices[name].duplicate_next = True

    # --- sending

    @rule(where=places, text=texts)
    def send(self, where: tuple[str, str], text: str) -> None:
        """Somebody presses send."""
        name, room = where
        with self.stage.step():
            self.stage.send(name, self.stage.c[room], self.stage.make_text(text))

    @rule(wheres=st.lists(places, min_size=2, max_size=4), at_once=st.booleans())
    def talk(self, wheres: list[tuple[str, str]], at_once: bool) -> None:
        """Several people press send, one after the other or in the same moment."""
        with self.stage.step(), self.stage.house.loop.at_once() if at_once else nullcontext():
            for name, room in wheres:
                self.stage.send(name, self.stage.c[room], self.stage.make_text("hoi"))

    @rule(where=places, size=st.sampled_from((2, 5, 70)), text=st.sampled_from(("hoi", "long")))
    def send_many(self, where: tuple[str, str], size: int, text: str) -> None:
        """Somebody's outbox goes out at once."""
        name, room = where
        with self.stage.step():
            self.stage.send_in_a_row(name, self.stage.c[room], [self.stage.make_text(text) for _ in range(size)])

    @rule(name=devices, number=numbers, twist=st.sampled_from((None, None, None, "text", "pair", "room")))
    def send_again(self, name: str, number: int, twist: str | None) -> None:
        """The same message once more, from this or the other device of the sender; or, by a client that breaks the
        rule, the same m for another text or another conversation."""
        with self.stage.step():
            if known := self.stage.list_sent(self.stage.devices[name].person):
                m, c, body = known[-1 - number % len(known)]
                body = self.stage.make_text("hoi") if twist == "text" else body
                self.stage.send(name, self.stage.c.get(twist or "", c), body, m)

    @rule(where=places, whose=st.sampled_from(PEOPLE))
    def send_under_the_m_of_another(self, where: tuple[str, str], whose: str) -> None:
        """An m is its sender's own: somebody else's means nothing."""
        name, room = where
        with self.stage.step():
            if known := self.stage.list_sent(self.stage.ids[whose]):
                self.stage.send(name, self.stage.c[room], self.stage.make_text("hoi"), known[-1][0])

    @rule(where=places, number=numbers)
    def withdraw(self, where: tuple[str, str], number: int) -> None:
        """Somebody takes a message back."""
        name, room = where
        with self.stage.step():
            self.stage.withdraw(name, self.stage.c[room], number)

    # --- what a device says besides

    @rule(name=devices, back=st.integers(0, 3))
    def acknowledge(self, name: str, back: int) -> None:
        """All of it (0), or only an earlier part."""
        with self.stage.step():
            self.stage.acknowledge(name, back)

    @rule(where=places, upto=numbers)
    def read(self, where: tuple[str, str], upto: int) -> None:
        """Somebody reads."""
        name, room = where
        with self.stage.step():
            self.stage.read(name, self.stage.c[room], upto)

    @rule(where=places, what=st.sampled_from(("ping", "sync", "typing")))
    def say(self, where: tuple[str, str], what: str) -> None:
        """A heartbeat, a needless sync, or somebody types."""
        name, room = where
        device = self.stage.devices[name]
        with self.stage.step():
            if what == "ping":
                device.ask("ping")
            elif what == "typing":
                device.ask("typing", c=self.stage.c[room], on=True)
            elif device.state == "following":
                device.sync()

    # --- who may see what

    @rule(member=members, opens=st.booleans())
    def turn_a_gate(self, member: tuple[str, str], opens: bool) -> None:
        """Somebody's hours begin or end."""
        room, person = self.stage.seat(*member)
        with self.stage.step():
            if room.is_present(person) and opens:
                self.stage.open_gate(room, person)
            elif room.is_present(person):
                self.stage.close_gate(room, person)

    @rule(member=members)
    def remove(self, member: tuple[str, str]) -> None:
        """Somebody is taken out."""
        room, person = self.stage.seat(*member)
        with self.stage.step():
            if room.is_present(person):
                self.stage.remove(room, person)

    @precondition(lambda self: self.stage.truth.list_absent())
    @rule(number=numbers, from_start=st.booleans())
    def let_in_again(self, number: int, from_start: bool) -> None:
        """Somebody who was taken out comes back."""
        absent = self.stage.truth.list_absent()
        with self.stage.step():
            self.stage.add(*absent[number % len(absent)], from_start)

    # --- what happens to servers

    @rule(what=st.sampled_from(("restart", "deafness", "restore")), process=processes)
    def hit_a_server(self, what: str, process: int) -> None:
        """A process is killed and another takes its place; the bus between them goes deaf, or hears again; the
        database was restored, and every log has a new epoch."""
        with self.stage.step():
            if what == "restart":
                self.stage.house.restart(process)
            elif what == "deafness":
                self.stage.house.deaf = not self.stage.house.deaf
            else:
                renew_epochs()
                self.stage.truth.look()

    @rule(person=st.sampled_from(PEOPLE[:3]), kept=st.sampled_from((0, 1, 3, 10)))
    def prune(self, person: str, kept: int) -> None:
        """Retention removes the older part of a log."""
        person_id = self.stage.ids[person]
        with self.stage.step():
            prune_log(person_id, max(0, self.stage.truth.heads[person_id] - kept))
            self.stage.truth.look()

    @rule(seconds=st.sampled_from((0.5, 11.0)))
    def let_time_pass(self, seconds: float) -> None:
        """Acknowledgements are passed on; in eleven seconds the keepers have compared heads as well."""
        with self.stage.step():
            self.stage.pass_time(seconds)

    @rule(slow=st.booleans())
    def change_the_database(self, slow: bool) -> None:
        """From now on its answers come one by one; or it keeps up again."""
        with self.stage.step():
            self.stage.house.loop.slow = slow
            if not slow:
                self.stage.house.loop.finish_jobs()

    @precondition(lambda self: self.stage.house.loop.jobs)
    @rule(picks=st.lists(numbers, min_size=1, max_size=4))
    def move_the_database_on(self, picks: list[int]) -> None:
        """Some pieces of work are begun, or their results come."""
        with self.stage.step():
            for pick in picks:
                self.stage.house.loop.step_job(pick)


@pytest.fixture
def quick_commits(transactional_db: None) -> None:
    """On SQLite: do not wait for the disk, nobody pulls the plug here."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")


def test_whatever_happens_everybody_has_everything_they_may_see_once_and_in_order(quick_commits: None) -> None:
    run_state_machine_as_test(Sessions, settings=examples(100, stateful_step_count=30))
