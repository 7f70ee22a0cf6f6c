"""A client as PROTOCOL §3 wants it: what it persists, what it asks for, and what it makes of what comes."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from server.chat.errors import ConversationNotFound
from server.chat.queries import list_conversations, list_messages, read_snapshot
from server.foundation.clock import read_clock
from server.foundation.json_codec import encode
from tests.frames import check_sent_by_client
from tests.property.truth import Frame, Shown, show

_PAGE = 3  # small, so that pages are turned
_CHECKPOINTS = 6


@dataclass(slots=True)
class Shelf:
    """What a device holds of one conversation."""

    messages: dict[int, Shown] = field(default_factory=dict)
    read_upto: int = 0
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)  # others: delivered, read
    last_seq: int = 0  # of the newest event; what comes after it has a higher one

    def copy(self) -> Shelf:
        """Return the same, to be changed apart."""
        return replace(self, messages=dict(self.messages), marks=dict(self.marks))


@dataclass(slots=True)
class Memory:
    """What a device has persisted, in one transaction: where it stands and what it holds."""

    cursor: str | None = None
    shelves: dict[str, Shelf] = field(default_factory=dict)

    def copy(self) -> Memory:
        """Return the same, to be changed apart."""
        return Memory(self.cursor, {c: shelf.copy() for c, shelf in self.shelves.items()})


class Device:
    """One device of one person. It is `offline`, `greeting`, `reset` (it needs a snapshot), or `following`."""

    def __init__(self, person: str, token: str, name: str) -> None:
        self.person, self.token, self.name = person, token, name
        self.memory = Memory()
        self.checkpoints: deque[Memory] = deque(maxlen=_CHECKPOINTS)
        self.state = "offline"
        self.syncing: str | None = None  # the id of a sync that was not answered yet
        self.behind_at: str | None = None
        self.inbox: deque[Frame] = deque()
        self.outbox: dict[str, tuple[str, str]] = {}  # m → conversation, body: not answered yet
        self.refusals: dict[str, str] = {}  # request id → code
        self.oks: set[str] = set()
        self.sends: dict[str, str] = {}  # request id → m
        self.tell_text: Callable[[str], None] = lambda text: None
        self.duplicate_next = False
        self.persisted: dict[str, int] = {}  # conversation → the highest seq of others that it ever held
        self._ids = 0

    # --- what it says

    def ask(self, kind: str, **fields: Any) -> str:
        """Send a request; return its id."""
        self._ids += 1
        request_id = f"{self.name}-{self._ids}"
        frame = {"type": kind, "id": request_id} | fields
        check_sent_by_client(frame)
        text = encode(frame).decode()
        again, self.duplicate_next = self.duplicate_next, False
        if kind == "send":
            self.sends[request_id] = fields["m"]
        self.tell_text(text)
        if again and kind != "hello":
            self.tell_text(text)
        return request_id

    def hello(self) -> None:
        """Greet with the own cursor."""
        self.state, self.syncing = "greeting", None
        self.inbox.clear()
        self.ask("hello", ticket=None, device_id=self.name, cursor=self.memory.cursor)

    def send(self, c: str, body: str, m: str) -> str:
        """Put a message into the outbox and send it; return the request's id."""
        self.outbox[m] = (c, body)
        return self.ask("send", c=c, m=m, body=body)

    def retry(self) -> None:
        """Send again what was not answered."""
        for m, (c, body) in list(self.outbox.items()):
            self.ask("send", c=c, m=m, body=body)

    def sync(self) -> None:
        """Ask for everything after the own cursor."""
        self.syncing = self.ask("sync", cursor=self.memory.cursor)

    def take_snapshot(self) -> None:
        """Forget everything, take what there is now, and follow from there."""
        snapshot = read_snapshot(self.person, now=read_clock())
        self.memory = Memory(snapshot["cursor"])
        for shown in snapshot["conversations"]:
            self.memory.shelves[shown["id"]] = self._make_shelf(shown, shown["messages"], shown["more"])
            self.memory.shelves[shown["id"]].last_seq = shown["last_seq"]
        self.state = "following"
        self.sync()

    # --- what it hears

    def listen(self) -> None:
        """Take in everything that has come."""
        while self.inbox and self.state != "offline":
            self._take(self.inbox.popleft())

    def lose_line(self) -> None:
        """Note that the line is gone."""
        self.state, self.syncing = "offline", None
        self.inbox.clear()

    def _take(self, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                self.state = "following" if frame["resumed"] else "reset"
            case "events":
                self._take_batch(frame)
            case "sent":
                self.outbox.pop(frame["m"], None)
            case "pong":
                self._compare(frame["head"])
            case "ok":
                self.oks.add(frame["re"])
            case "error":
                self._take_error(frame)
            case "closed":
                self.lose_line()

    def _compare(self, head: int) -> None:
        """Behind at two heartbeats in a row, and nothing has come between them: ask."""
        behind = self.state == "following" and head > split(self.memory.cursor or ".0")[1]
        if behind and self.behind_at == self.memory.cursor:
            self.sync()
        self.behind_at = self.memory.cursor if behind else None

    def _take_error(self, frame: Frame) -> None:
        request_id = str(frame.get("re"))
        self.refusals[request_id] = frame["code"]
        if frame["retry"] == "never" and request_id in self.sends:
            self.outbox.pop(self.sends[request_id], None)
        if request_id == self.syncing:
            assert frame["code"] == "sync.reset_required"
            self.syncing, self.state = None, "reset"

    def _take_batch(self, batch: Frame) -> None:
        if batch.get("re") is not None and batch["re"] == self.syncing:
            self.syncing = None
        if self.state == "reset":
            return
        if batch["from"] == self.memory.cursor:
            self._persist(batch)
        elif not _is_beyond(batch["to"], self.memory.cursor) or self.syncing:
            return
        else:
            self.sync()

    def _persist(self, batch: Frame) -> None:
        self.checkpoints.append(self.memory.copy())
        previous = split(batch["from"])[1]
        for event in batch["ev"]:
            assert previous < event["pos"] <= split(batch["to"])[1], "positions do not rise"
            previous = event["pos"]
            self._apply(event)
        assert split(batch["to"])[1] >= split(batch["from"])[1], "a cursor went back"
        self.memory.cursor = batch["to"]

    # --- what it makes of an event

    def _apply(self, event: Frame) -> None:
        c = event["c"]
        match event["kind"]:
            case "conv.new":
                self._fetch(c)
                return
            case "member.changed" if event["user"] == self.person:
                self.memory.shelves.pop(c, None)
                return
        shelf = self.memory.shelves.get(c)
        if shelf is None:
            return  # not a member any more by the time this was read; the leave follows in the log
        match event["kind"]:
            case "msg.new":
                self._put(shelf, event)
            case "msg.update":
                _update(shelf, event)
            case "self.read":
                shelf.read_upto = max(shelf.read_upto, event["upto"])
            case "receipt.delivered":
                delivered, read = shelf.marks.get(event["user"], (0, 0))
                shelf.marks[event["user"]] = (max(delivered, event["upto"]), read)
            case "receipt.read":
                delivered, read = shelf.marks.get(event["user"], (0, 0))
                shelf.marks[event["user"]] = (delivered, max(read, event["upto"]))
            case "member.changed":
                self._fetch_marks(c, shelf)

    def _put(self, shelf: Shelf, event: Frame) -> None:
        seq = event["seq"]
        assert seq > shelf.last_seq, "reordered or duplicated on the way"
        shelf.last_seq = seq
        known = shelf.messages.get(seq)
        assert known is None or known[0] == event["mid"], "one number, two messages"
        shelf.messages[seq] = show(event)
        self._note_persisted(event["c"], shelf)

    def _fetch(self, c: str) -> None:
        """Take a conversation over from history; what it holds may come once more as events."""
        found = _find_conversation(self.person, c)
        if found is None:
            self.memory.shelves.pop(c, None)
            return
        self.memory.shelves[c] = self._make_shelf(found, [], True)

    def _fetch_marks(self, c: str, shelf: Shelf) -> None:
        found = _find_conversation(self.person, c)
        if found is not None:
            shelf.marks = _read_marks(found, self.person)

    def _make_shelf(self, shown: Frame, messages: list[Frame], more: bool) -> Shelf:
        messages = list(messages)
        try:
            while more:
                before = messages[0]["seq"] if messages else None
                page, more = list_messages(self.person, shown["id"], before=before, after=None, limit=_PAGE)
                messages = page + messages
        except ConversationNotFound:
            return Shelf()
        assert [one["seq"] for one in messages] == sorted({one["seq"] for one in messages}), "history does not rise"
        held = {one["seq"]: show(one) for one in messages}
        shelf = Shelf(held, shown["read_upto"], _read_marks(shown, self.person))
        self._note_persisted(shown["id"], shelf)
        return shelf

    def _note_persisted(self, c: str, shelf: Shelf) -> None:
        others = [seq for seq, (_, sender, *_) in shelf.messages.items() if sender != self.person]
        self.persisted[c] = max([self.persisted.get(c, 0), *others])


def split(cursor: str) -> tuple[str, int]:
    """Return epoch and position."""
    epoch, _, pos = cursor.rpartition(".")
    return epoch, int(pos)


def read_frame(text: str) -> Frame:
    """Return the frame in a text."""
    frame: Frame = json.loads(text)
    return frame


def _is_beyond(to: str, cursor: str | None) -> bool:
    if cursor is None:
        return True
    (epoch, pos), (own_epoch, own_pos) = split(to), split(cursor)
    return epoch != own_epoch or pos > own_pos


def _find_conversation(person: str, c: str) -> Frame | None:
    return next((one for one in list_conversations(person, now=read_clock()) if one["id"] == c), None)


def _read_marks(shown: Frame, person: str) -> dict[str, tuple[int, int]]:
    others = [one for one in shown["members"] if one["id"] != person]
    return {one["id"]: (one["delivered_upto"], one["read_upto"]) for one in others}


def _update(shelf: Shelf, event: Frame) -> None:
    known = shelf.messages.get(event["seq"])
    if known is not None:
        mid, sender, _, _, m = known
        assert mid == event["mid"]
        shelf.messages[event["seq"]] = (mid, sender, "", event["state"], m)
