"""The stage of the session properties: people with their devices, the servers they speak to, and the referee."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from server.accounts.actions import create_people, create_team, start_sessions
from server.accounts.actions.people import NewPerson
from server.availability.actions.hours import create_hours
from server.availability.rules.schedule import AROUND_THE_CLOCK
from server.chat.actions.conversations import add_member, open_conversation, remove_member
from server.chat.actions.gates import close_gate, open_gate
from server.chat.errors import ConversationNotFound
from server.chat.queries import list_messages
from server.foundation.clock import read_clock
from server.foundation.ids import make_id
from server.foundation.json_codec import encode
from server.realtime.limits import RECONCILE_SECONDS
from server.realtime.queries import MissedAsk, read_missed
from tests.property.model import Device, read_frame, split
from tests.property.simulation import House, Line, Message
from tests.property.truth import Frame, Room, Truth

PEOPLE = ("ada", "ben", "cleo", "eve")
ROOMS = {"pair": ("ada", "ben"), "room": ("ada", "ben", "cleo")}
DEVICES = {f"{person}'s {what}": person for person in PEOPLE for what in ("phone", "laptop")}
del DEVICES["eve's laptop"]
PROCESSES = 2
_ROUNDS = 12  # in which everything must have come to rest
_REPLAY_PAGE = 7
_ALL = 200  # in a page of history
_TWO_TURNS = 2.2 * RECONCILE_SECONDS


class Stage:
    """Three people with two devices each, and Eve, who is in no conversation; two conversations, two servers."""

    def __init__(self) -> None:
        now = read_clock()
        team = create_team(name="Noord", now=now)
        people = create_people(team_id=team.id, people=[NewPerson("expert", name) for name in PEOPLE], now=now)
        sessions = start_sessions(person_ids=[one.id for one in people], device_name="device", now=now)
        create_hours(person_ids=[one.id for one in people], zone=team.zone, windows=AROUND_THE_CLOCK, now=now)
        self.ids = {name: str(one.id) for name, one in zip(PEOPLE, people, strict=True)}
        self.c: dict[str, str] = {}
        for name, who in ROOMS.items():
            ids = [one.id for one, person in zip(people, PEOPLE, strict=True) if person in who]
            self.c[name] = str(open_conversation(team_id=team.id, kind=name, member_ids=ids, now=now).id)
        seats = {self.c[name]: [self.ids[one] for one in who] for name, who in ROOMS.items()}
        self.truth = Truth(list(self.ids.values()), seats)
        self.truth.look()
        tokens = {name: token for name, (_, token) in zip(PEOPLE, sessions, strict=True)}
        self.devices = {name: Device(self.ids[owner], tokens[owner], name) for name, owner in DEVICES.items()}
        self.house = House(PROCESSES, self._look)
        self.lines: dict[str, Line] = {}
        self.lagging: set[str] = set()
        self.drop_next: set[str] = set()
        self.double_next: set[str] = set()
        self.sent: dict[str, list[tuple[str, str, str]]] = {person: [] for person in self.ids.values()}
        self.reads: dict[tuple[str, str], int] = {}
        self.sound = True
        self._used: dict[str, Device] = {}
        self._reached: dict[Line, str] = {}
        self._violations: list[AssertionError] = []
        self._count = 0

    # --- the frame of every step

    @contextmanager
    def step(self) -> Iterator[None]:
        """Do something, let everything happen that follows by itself, and check."""
        self.sound = False
        yield
        self.pump()
        self.check()
        self.sound = True

    def pump(self) -> None:
        """Have every device that does not lag hear what there is, until nothing comes any more."""
        moved = not self.house.loop.held
        while moved:
            self.house.loop.run_until_idle()
            moved = False
            for name, device in self.devices.items():
                if name in self.lines and self.lines[name].cut:
                    self.lines.pop(name)
                    device.lose_line()
                if name not in self.lagging and (device.inbox or device.state == "reset"):
                    moved = True
                    device.listen()
                    if device.state == "reset":
                        device.take_snapshot()
                    elif device.state == "offline":
                        self.lines.pop(name, None)  # the server has closed it

    def check(self) -> None:
        """Raise what was found on the way; hold every device that is up to date against the truth."""
        for violation in self._violations:
            raise violation
        assert not self.house.complaints, self.house.complaints
        marks = self.truth.read_marks()
        self._check_marks(marks)
        for device in self.devices.values():
            if device.state == "following" and self._is_up_to_date(device):
                self._compare(device, marks)

    def _check_marks(self, marks: dict[tuple[str, str], tuple[int, int]]) -> None:
        for (c, person), (delivered, read) in marks.items():
            held = [device.persisted.get(c, 0) for device in self.devices.values() if device.person == person]
            # What was there before somebody came back counts as delivered, although they are not shown it.
            before = self.truth.rooms[c].seats[person].visible_from
            assert delivered <= max(before, *held), "a receipt for what no device has persisted"
            assert read <= self.reads.get((person, c), 0), "a receipt for what nobody has read"

    def _is_up_to_date(self, device: Device) -> bool:
        return device.memory.cursor == f"{self.truth.epochs[device.person]}.{self.truth.heads[device.person]}"

    def _compare(self, device: Device, marks: dict[tuple[str, str], tuple[int, int]]) -> None:
        person, shelves = device.person, device.memory.shelves
        held = {c: shelf.messages for c, shelf in shelves.items()}
        assert held == self.truth.show_to(person), f"{device.name} holds something else than is true"
        for c, shelf in shelves.items():
            assert shelf.read_upto == marks[c, person][1]
            if self.truth.rooms[c].is_open_to(person):
                others = {other: mark for (room, other), mark in marks.items() if room == c and other != person}
                assert {one: shelf.marks.get(one, (0, 0)) for one in others} == others, "receipts got lost"

    # --- lines

    def connect(self, name: str, process: int) -> None:
        """Open a line and greet; an earlier line stays open on the server's side until it notices."""
        device = self._used[name] = self.devices[name]
        line = self.house.connect(process, device.token, lambda line, message: self._hear(name, line, message))
        self.lines[name] = line
        device.tell_text = lambda text: None if line.cut else line.tell(text)
        device.hello()

    def hang_up(self, name: str) -> None:
        """Break a device's line; what was under way is lost."""
        if name in self.lines:
            self.lines.pop(name).break_off()
            self.devices[name].lose_line()

    def _look(self) -> None:
        """After database work: an assertion must not get lost in the care that a server takes of its errors."""
        try:
            self.truth.look()
        except AssertionError as violation:
            self._violations.append(violation)

    def _hear(self, name: str, line: Line, message: Message) -> None:
        if message["type"] == "websocket.accept":
            return
        frame = read_frame(message["text"]) if "text" in message else {"type": "closed"}
        try:
            if frame["type"] != "closed":
                self.truth.hear(self.devices[name].person, frame, busy=bool(self.house.loop.jobs))
                self._follow(line, frame)
        except AssertionError as violation:
            self._violations.append(violation)
        if not line.cut and self.lines.get(name) is line:
            self.devices[name].inbox.extend(self._disturb(name, frame))

    def _follow(self, line: Line, frame: Frame) -> None:
        """On one line each batch goes on where the last one ended, unless the client asked from elsewhere."""
        if frame["type"] == "events":
            assert "re" in frame or self._reached.get(line) in (None, frame["from"]), "a gap on the line"
            self._reached[line] = frame["to"]

    def _disturb(self, name: str, frame: Frame) -> list[Frame]:
        if frame["type"] in ("closed", "bye", "welcome"):
            return [frame]
        if name in self.drop_next:
            self.drop_next.discard(name)
            return []
        twice = name in self.double_next
        self.double_next.discard(name)
        return [frame, frame] if twice else [frame]

    # --- what devices do

    def seat(self, room: str, person: str) -> tuple[Room, str]:
        """Return a conversation as it truly is, and a person's id."""
        return self.truth.rooms[self.c[room]], self.ids[person]

    def make_text(self, kind: str) -> str:
        """Return a text of that kind, like no other where there is room for that."""
        self._count += 1
        fixed = {"blank": " \n", "longest": "é" * 4_000, "too long": "x" * 4_001}
        return fixed.get(kind, f"{self._count} {kind}" + "." * (900 if kind == "long" else 0))

    def send(self, name: str, c: str, body: str, m: str | None = None) -> None:
        """Send from a device, with an m of its own or an old one; hold the answer against what must come."""
        device, m = self.devices[name], m or str(make_id())
        expected = self._expect(name, c, body, m)
        self._note_draft(device.person, m, c, body)
        request_id = device.send(c, body, m)
        self.pump()
        if expected is not None and name in self.lines:
            got = device.refusals.get(request_id, "sent")
            assert got == expected, f"{name} got {got} instead of {expected}"
            assert device.state != "following" or m not in device.outbox, "no answer to a send"

    def list_sent(self, person: str) -> list[tuple[str, str, str]]:
        """Return what this person has sent (m, conversation, text): what was accepted last, or else what was tried."""
        stored = [one for one in self.sent[person] if (person, one[0]) in self.truth.stored]
        return stored or self.sent[person]

    def send_in_a_row(self, name: str, c: str, bodies: list[str]) -> None:
        """Send several at once, without waiting for answers."""
        device, burst = self.devices[name], []
        with self.house.loop.at_once():
            for body in bodies:
                m = str(make_id())
                self._note_draft(device.person, m, c, body)
                device.send(c, body, m)
                burst.append((device.person, m))
        self.truth.bursts.append(burst)

    def _note_draft(self, person: str, m: str, c: str, body: str) -> None:
        drafts = self.truth.drafts.setdefault((person, m), set())
        if drafts and (person, m) not in self.truth.stored:  # tried again, it may come later than what followed it
            self.truth.bursts = [[key for key in burst if key != (person, m)] for burst in self.truth.bursts]
        drafts.add((c, body))
        self.sent[person].append((m, c, body))

    def _expect(self, name: str, c: str, body: str, m: str) -> str | None:
        """Return the code that must come, `sent` for an answer, None when that depends on what is under way."""
        device, room = self.devices[name], self.truth.rooms[c]
        if not self._is_undisturbed(name):
            return None
        if not room.is_present(device.person):
            return "conv.not_found"
        if known := self.truth.stored.get((device.person, m)):
            return "sent" if (known[0], known[1].body) == (c, body) else "msg.idempotency_conflict"
        if not room.seats[device.person].gate_open:
            return "expert.outside_window"
        if len(body) > 4_000:
            return "msg.too_long"
        return "sent" if body.strip() else "msg.empty"

    def _is_undisturbed(self, name: str) -> bool:
        """Tell whether what this device asks is answered before anything else happens."""
        connected = name in self.lines and self.devices[name].state != "greeting"
        delayed = self.house.loop.slow or self.house.loop.held
        return connected and not delayed and name not in self.lagging | self.drop_next | self.double_next

    def read(self, name: str, c: str, upto: int) -> None:
        """Read up to a number."""
        device, room = self.devices[name], self.truth.rooms[c]
        seat = room.seats.get(device.person)
        if seat is not None:
            visible = room.last_seq if seat.gate_open else seat.cut
            reach = upto if self.house.loop.slow else min(upto, visible)
            self.reads[device.person, c] = max(self.reads.get((device.person, c), 0), reach)
        device.ask("read", c=c, upto=upto)

    def withdraw(self, name: str, c: str, number: int) -> None:
        """Try to take back one of the last messages: it works when it is one's own, and held."""
        device, room = self.devices[name], self.truth.rooms[c]
        if not room.messages or not self._is_undisturbed(name) or device.duplicate_next:
            return
        message = room.messages[-1 - number % room.last_seq]
        own = room.is_present(device.person) and message.sender == device.person
        works = own and room.is_held(message) and message.state == "accepted"
        message.state = "withdrawn" if works else message.state
        request_id = device.ask("withdraw", c=c, mid=message.mid)
        self.pump()
        expected = None if works else "msg.not_held" if own else "conv.not_found"
        if name in self.lines:
            assert device.refusals.get(request_id) == expected

    def acknowledge(self, name: str, back: int) -> None:
        """Acknowledge everything (0), or what was persisted some batches ago."""
        device = self.devices[name]
        cursors = [device.memory.cursor, *(one.cursor for one in reversed(device.checkpoints))]
        cursor, newest = cursors[back % len(cursors)], cursors[0]
        if device.state == "following" and cursor and newest and split(cursor)[0] == split(newest)[0]:
            device.ask("ack", cursor=cursor)

    # --- who may see what

    def open_gate(self, room: Room, person: str) -> None:
        """Open a member's gate: brings exactly what was held."""
        seat = room.seats[person]
        held = 0 if seat.gate_open else room.last_seq - seat.cut
        assert open_gate(conversation_id=room.uuid, person_id=seat.uuid, now=read_clock()) == held
        seat.gate_open = True
        self.truth.note_visible(room, person)
        self.truth.look()

    def close_gate(self, room: Room, person: str) -> None:
        """Close a member's gate at the newest message."""
        seat, now = room.seats[person], read_clock()
        moved = close_gate(conversation_id=room.uuid, person_id=seat.uuid, reason="window", opens_at=None, now=now)
        assert moved == seat.gate_open
        seat.cut = room.last_seq if seat.gate_open else seat.cut
        seat.gate_open = False
        self.truth.look()

    def remove(self, room: Room, person: str) -> None:
        """Take a member out."""
        remove_member(conversation_id=room.uuid, person_id=room.seats[person].uuid, now=read_clock())
        self.truth.note_leave(room, person, busy=bool(self.house.loop.jobs))
        self.truth.look()

    def add(self, room: Room, person: str, from_start: bool) -> None:
        """Let somebody in again."""
        seat, now = room.seats[person], read_clock()
        add_member(conversation_id=room.uuid, person_id=seat.uuid, from_start=from_start, now=now)
        seat.present, seat.gate_open, seat.visible_from = True, True, 0 if from_start else room.last_seq
        self.truth.note_visible(room, person)
        self.truth.look()

    # --- in the end

    def pass_time(self, seconds: float) -> None:
        """Let time go by. After two turns of the keepers every socket was sent what its credit allows."""
        self.house.loop.pass_time(seconds)
        if seconds < _TWO_TURNS or self.house.loop.slow:
            return
        for process in self.house.processes:
            for socket in process.hub.sockets.values():
                if socket.following and socket.epoch == self.truth.epochs[socket.user_id]:
                    head = self.truth.heads[socket.user_id]
                    assert socket.sent_pos == head or not socket.credit_events(), "a stall that nobody ends"

    def come_to_rest(self) -> None:
        """Take every fault away; all must be everywhere after a few rounds."""
        self.house.deaf = False
        self.lagging, self.drop_next, self.double_next = set(), set(), set()
        self.house.loop.finish_jobs()
        for _ in range(_ROUNDS):
            self._do_a_round()
            self.check()
            if self._is_at_rest():
                return
        raise AssertionError("stalled: " + ", ".join(self._list_behind()))

    def _do_a_round(self) -> None:
        for number, (name, device) in enumerate(self._used.items()):
            # A quiet log tells nobody of its new epoch: the device hears of it when it comes back one day.
            stale = split(device.memory.cursor or ".0")[0] != self.truth.epochs[device.person]
            if name not in self.lines or device.state == "greeting" or stale:
                self.connect(name, number % PROCESSES)
        self.pump()
        for device in self._used.values():
            device.duplicate_next = False
            device.retry()
            device.ask("ack", cursor=device.memory.cursor)
            if device.syncing:
                device.sync()
            device.ask("ping")
        self.pump()
        self.house.loop.pass_time(0.5)
        self.pump()

    def _is_at_rest(self) -> bool:
        return not self._list_behind() and not any(device.outbox for device in self._used.values())

    def _list_behind(self) -> list[str]:
        following = [one.name for one in self._used.values() if one.state == "following" and self._is_up_to_date(one)]
        return [f"{name} ({device.state})" for name, device in self._used.items() if name not in following]

    def compare_everything(self) -> None:
        """A fresh device that takes a snapshot, one that replays the log, history, the tables: all tell the same."""
        self.truth.check_bursts()
        self.truth.check_rows()
        for person in self.truth.people:
            for room in self.truth.rooms.values():
                self._compare_history(room, person)
        marks = self.truth.read_marks()
        for person in self.truth.people:
            fresh = Device(person, "", "a fresh device")
            fresh.take_snapshot()
            self._compare(fresh, marks)
            if self.truth.floors[person] == 0:
                self._compare(self._replay(person), marks)

    def _compare_history(self, room: Room, person: str) -> None:
        """Somebody who is no member gets the answer of a conversation that does not exist."""
        try:
            found, more = list_messages(person, room.id, before=None, after=None, limit=_ALL)
        except ConversationNotFound:
            assert not room.is_present(person)
        else:
            assert room.is_present(person), "history for somebody who is no member"
            assert [one["seq"] for one in found] == [one.seq for one in room.list_visible(person)][-_ALL:]
            assert more == (len(room.list_visible(person)) > _ALL)

    def _replay(self, person: str) -> Device:
        device, at, head = Device(person, "", "a replay"), 0, self.truth.heads[person]
        epoch = self.truth.epochs[person]
        device.state, device.memory.cursor = "following", f"{epoch}.0"
        while at < head:
            missed = read_missed([MissedAsk(person, at, _REPLAY_PAGE)], now=read_clock())[0]
            assert split(f"{epoch}.{missed.upto}")[1] > at, "the log does not go on"
            items = b",".join(item for _, item in missed.items)
            text = b'{"type":"events","from":%b,"to":%b,"more":false,"ev":[%b]}' % (
                encode(f"{epoch}.{at}"), encode(f"{epoch}.{missed.upto}"), items,
            )  # fmt: skip
            frame = read_frame(text.decode())
            self.truth.hear(person, frame, busy=False)
            device.inbox.append(frame)
            device.listen()
            at = missed.upto
        return device

    def close(self) -> None:
        """Let go of everything."""
        self.house.close()
