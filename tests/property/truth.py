"""What is true, kept apart from the code under test: who may see which message, and what must never be said.

The truth learns of an accepted message from its row, right after the transaction; of gates and members from the
rules of the machine. Everything that a server says is held against it at that moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from server.chat.keys import load_deks, place_body
from server.chat.models import Conversation, Membership, Message
from server.foundation.clock import format_instant
from server.realtime.models import UserEvent, UserStream
from tests.frames import check_sent_by_server

Frame = dict[str, Any]
Draft = tuple[str, str]  # conversation, body
Shown = tuple[str, str, str, str, str | None]  # mid, sender, body, state, m for the sender's own devices

# What reaches the log of a member whose gate is closed: what they do themselves, and who is in the conversation.
THROUGH_A_CLOSED_GATE = {"self.read", "msg.update", "member.changed", "gate.opened"}


@dataclass(slots=True)
class Stored:
    """One accepted message."""

    seq: int
    mid: str
    sender: str
    m: str
    body: str
    at: str
    state: str = "accepted"

    def shown_to(self, person: str) -> Shown:
        """Return what this person's devices may know of it now."""
        body = self.body if self.state == "accepted" else ""
        return self.mid, self.sender, body, self.state, self.m if self.sender == person else None

    def as_sent(self, person: str) -> Shown:
        """Return what they may have known at first."""
        return self.mid, self.sender, self.body, "accepted", self.m if self.sender == person else None


@dataclass(slots=True)
class Seat:
    """One person in one conversation: there or not, and the part of the messages that they may see."""

    uuid: UUID
    present: bool = True
    gate_open: bool = True
    cut: int = 0
    visible_from: int = 0


@dataclass(slots=True)
class Room:
    """One conversation as it truly is."""

    id: str
    seats: dict[str, Seat]
    messages: list[Stored] = field(default_factory=list)

    @property
    def uuid(self) -> UUID:
        """The id as actions take it."""
        return UUID(self.id)

    @property
    def last_seq(self) -> int:
        """How many messages were ever accepted."""
        return len(self.messages)

    def list_visible(self, person: str) -> list[Stored]:
        """Return what this person may see now."""
        seat = self.seats.get(person)
        if seat is None or not seat.present:
            return []
        return self.messages[seat.visible_from : self.last_seq if seat.gate_open else seat.cut]

    def is_held(self, message: Stored) -> bool:
        """Tell whether nobody but the sender may see it, although there is somebody."""
        others = [seat for person, seat in self.seats.items() if person != message.sender and seat.present]
        return bool(others) and all(not seat.gate_open and seat.cut < message.seq for seat in others)

    def is_present(self, person: str) -> bool:
        """Tell whether this person is a member now."""
        return person in self.seats and self.seats[person].present

    def is_open_to(self, person: str) -> bool:
        """Tell whether this person is a member whose gate is open."""
        return self.is_present(person) and self.seats[person].gate_open


class Truth:
    """The referee: `look` after everything that may have committed, `hear` everything that a server says."""

    def __init__(self, people: list[str], rooms: Mapping[str, list[str]]) -> None:
        self.rooms = {
            id_: Room(id_, {person: Seat(UUID(person)) for person in members}) for id_, members in rooms.items()
        }
        self.people = people
        self.drafts: dict[tuple[str, str], set[Draft]] = {}
        self.stored: dict[tuple[str, str], tuple[str, Stored]] = {}
        self.bursts: list[list[tuple[str, str]]] = []
        self.ever_visible: dict[str, set[tuple[str, int]]] = {person: set() for person in people}
        self.leaving: set[tuple[str, str]] = set()  # removed while the database had answers under way
        self.heads = dict.fromkeys(people, 0)
        self.floors = dict.fromkeys(people, 0)
        self.epochs = dict.fromkeys(people, "")
        self.answered: set[tuple[str, str]] = set()
        self._last_logged: dict[tuple[str, str], int] = {}

    # --- what was committed

    def look(self) -> None:
        """Take in what was committed since, and hold it against what was true then."""
        before = dict(self.heads)
        for person, epoch, head, floor in self._read_streams():
            assert head >= self.heads[person], "a head went back"
            assert floor >= self.floors[person], "a floor went back"
            self.heads[person], self.floors[person], self.epochs[person] = head, floor, epoch
        if before != self.heads:
            self._take_messages()
            self._take_events(before)

    def _read_streams(self) -> list[tuple[str, str, int, int]]:
        rows = UserStream.objects.filter(user_id__in=self.people).values_list("user_id", "epoch", "head", "floor")
        return [(str(person), epoch, head, floor) for person, epoch, head, floor in rows]

    def _take_messages(self) -> None:
        for conversation in Conversation.objects.filter(id__in=self.rooms):
            room = self.rooms[str(conversation.id)]
            assert conversation.last_seq >= room.last_seq, "last_seq went back"
            if conversation.last_seq > room.last_seq:
                self._take_new(room, conversation)

    def _take_new(self, room: Room, conversation: Conversation) -> None:
        dek = load_deks([str(conversation.key_id)])[str(conversation.key_id)]
        for row in Message.objects.filter(conversation_id=room.id, seq__gt=room.last_seq).order_by("seq"):
            place = place_body(room.id, str(row.id), str(row.sender_id), row.accepted_at, dek)
            body = dek.open(bytes(row.body or b""), place).decode()
            at = format_instant(row.accepted_at)
            message = Stored(row.seq, str(row.id), str(row.sender_id), str(row.client_id), body, at)
            self._take(room, message)
        assert room.last_seq == conversation.last_seq, "a number without a message"

    def _take(self, room: Room, message: Stored) -> None:
        key = (message.sender, message.m)
        assert message.seq == room.last_seq + 1, "reordered: the numbers do not rise one by one"
        assert key not in self.stored, "duplicated: one m, two messages"
        assert (room.id, message.body) in self.drafts[key], "nobody sent this"
        assert room.is_open_to(message.sender), "accepted from somebody who may not send"
        room.messages.append(message)
        self.stored[key] = (room.id, message)
        for person in room.seats:
            self.note_visible(room, person)

    def note_leave(self, room: Room, person: str, *, busy: bool) -> None:
        """Note that somebody is no member any more; what was read for them before may still be on its way."""
        room.seats[person].present = False
        if busy:
            self.leaving.add((person, room.id))

    def note_visible(self, room: Room, person: str) -> None:
        """Note what this person may see from now on, whatever happens later."""
        self.ever_visible[person] |= {(room.id, message.seq) for message in room.list_visible(person)}

    def _take_events(self, before: Mapping[str, int]) -> None:
        moved = [person for person in self.people if self.heads[person] > before[person]]
        known = min(before[person] for person in moved)
        rows = UserEvent.objects.filter(user_id__in=moved, pos__gt=known).order_by("user_id", "pos")
        for person_id, pos, kind, c, seq in rows.values_list("user_id", "pos", "kind", "conversation_id", "seq"):
            person = str(person_id)
            if pos > before[person]:
                assert pos <= self.heads[person], "an event beyond the head"
                self._take_event(person, kind, str(c), seq)

    def _take_event(self, person: str, kind: str, c: str, seq: int | None) -> None:
        room = self.rooms[c]
        closed = room.is_present(person) and not room.seats[person].gate_open
        assert not closed or kind in THROUGH_A_CLOSED_GATE, f"{kind} went into a log through a closed gate"
        if kind in ("msg.new", "msg.own"):
            assert seq is not None
            assert seq > self._last_logged.get((person, c), 0), "reordered or duplicated in a log"
            self._last_logged[person, c] = seq

    # --- what is said

    def hear(self, person: str, frame: Frame, *, busy: bool) -> None:
        """Hold a frame that a server sends to this person against the truth. `busy`: answers are under way."""
        check_sent_by_server(frame)
        if frame["type"] == "events":
            for event in frame["ev"]:
                self._hear_event(person, event)
        elif frame["type"] == "sent":
            self._hear_sent(person, frame, busy)
        elif frame["type"] == "typing":
            room = self.rooms[frame["c"]]
            assert busy or (room.is_open_to(person) and room.is_open_to(frame["user"])), "typing through a closed gate"

    def _hear_event(self, person: str, event: Frame) -> None:
        room = self.rooms[event["c"]]
        own_leave = event["kind"] == "member.changed" and event["user"] == person
        may_know = room.is_present(person) or own_leave or (person, room.id) in self.leaving
        assert may_know, f"{event['kind']} to somebody who is no member"
        if event["kind"] == "msg.new":
            self._hear_message(person, room, event)
        elif event["kind"] == "gate.opened":
            seat = room.seats[person]
            assert seat.gate_open or event["upto"] <= seat.cut, "gate.opened counts beyond the reader's own gate"

    def _hear_message(self, person: str, room: Room, event: Frame) -> None:
        message = room.messages[event["seq"] - 1]
        seen = (room.id, message.seq) in self.ever_visible[person] or message.sender == person
        assert seen, "seen before the gate opened, or by somebody who was no member then"
        assert event["at"] == message.at
        earlier = message.as_sent(person) if message.sender == person else None  # its withdrawal follows in the log
        assert show(event) in (message.shown_to(person), earlier)

    def _hear_sent(self, person: str, frame: Frame, busy: bool) -> None:
        key = (person, frame["m"])
        c, message = self.stored[key]
        said = (frame["c"], frame["seq"], frame["mid"], frame["at"])
        assert said == (c, message.seq, message.mid, message.at), "the answer is not the first answer again"
        assert frame["dup"] or key not in self.answered, "two answers claim to be the first"
        if not frame["dup"]:
            self.answered.add(key)
        if not busy:
            assert frame["status"] == ("held" if self.rooms[c].is_held(message) else "stored")
        assert ("hold" in frame) == (frame["status"] == "held")

    # --- what a device must hold in the end

    def show_to(self, person: str) -> dict[str, dict[int, Shown]]:
        """Return by conversation and seq what a device of this person holds when it has everything."""
        return {
            room.id: {message.seq: message.shown_to(person) for message in room.list_visible(person)}
            for room in self.rooms.values()
            if room.is_present(person)
        }

    def list_absent(self) -> list[tuple[Room, str]]:
        """Return who was taken out of what."""
        return [(room, person) for room in self.rooms.values() for person in room.seats if not room.is_present(person)]

    def check_bursts(self) -> None:
        """What one device sent in a row, without a second try, stands in a row."""
        for burst in self.bursts:
            seqs = [self.stored[key][1].seq for key in burst if key in self.stored]
            assert seqs == sorted(seqs), "reordered: what was sent first stands later"

    def check_rows(self) -> None:
        """The table holds exactly what was seen to be accepted."""
        for room in self.rooms.values():
            rows = Message.objects.filter(conversation_id=room.id).order_by("seq").values_list("seq", "id", "state")
            assert [(seq, str(id_), state) for seq, id_, state in rows] == [
                (message.seq, message.mid, message.state) for message in room.messages
            ]

    def read_marks(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Return (delivered_upto, read_upto) by (conversation, person), of present members."""
        rows = Membership.objects.filter(conversation_id__in=self.rooms, left_at=None)
        marks = rows.values_list("conversation_id", "person_id", "delivered_upto", "read_upto")
        return {(str(c), str(person)): (delivered, read) for c, person, delivered, read in marks}


def show(message: Frame) -> Shown:
    """Return a message of the wire in the truth's form."""
    return message["mid"], message["sender"], message["body"], message.get("state", "accepted"), message.get("m")
