"""Accepting messages: a group commit. Any number of drafts, one transaction, a fixed number of statements.

The way of a batch: lock conversations and the members' streams → read members, standing and repeats as they are
after the locks → judge each draft alone → number and seal → insert everything → COMMIT. Only then is `sent` true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from server.accounts.queries import Standing, ask_standing
from server.availability.actions.ledger import LedgerDraft, note_in_ledger
from server.availability.rules.kinds import REFUSED_SEND
from server.chat.access import DUE_GATES_KINDS, DUE_GATES_SQL, read_gates
from server.chat.actions.answers import HeldWord, give_answers
from server.chat.actions.gates import freshen_conversations
from server.chat.errors import CannotSend, ConversationNotFound, IdempotencyConflict, OutsideWindow
from server.chat.keys import load_deks, place_body
from server.chat.rules.bodies import require_body
from server.chat.rules.holds import Gate, Hold, find_hold
from server.chat.states import MESSAGE
from server.events.facts import MessageAccepted
from server.events.outbox import tell_facts
from server.foundation.clock import format_instant
from server.foundation.database import Answer, Pipeline, as_texts, open_pipeline, open_transaction
from server.foundation.errors import NotSignedIn, Unavailable, WarmlijnError
from server.foundation.ids import make_id
from server.foundation.sealing import Dek
from server.realtime.streams import (
    EventDraft,
    PlacedEvent,
    StreamHead,
    ask_stream_locks_of,
    place_events,
    read_stream_heads,
)


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """What somebody wants to send. `client_id` is the wire's `m`; ids are lower-case text.

    `session_id` is None only for what the server itself writes.
    """

    sender_id: str
    session_id: str | None
    conversation_id: str
    client_id: str
    body: str
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptedMessage:
    """A message that is in the log. `duplicate`: it was there already, and this is the same answer again.

    `answer`: the words of the honest answer, when this message was the one that got it.
    """

    draft: MessageDraft
    seq: int
    message_id: str
    at: datetime
    duplicate: bool
    hold: Hold | None
    answer: str | None = None


@dataclass(slots=True)
class AcceptedBatch:
    """One answer per draft, in order, and the events that the commit put into logs."""

    answers: list[AcceptedMessage | WarmlijnError]
    placed: list[PlacedEvent] = field(default_factory=list)
    bodies: dict[tuple[str, int], AcceptedMessage] = field(default_factory=dict)


@dataclass(slots=True)
class _Conversation:
    state: str
    last_seq: int
    key_id: str
    members: dict[str, Gate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Repeat:
    conversation_id: str
    seq: int
    message_id: str
    at: datetime
    body_hash: bytes


_REPEATED_SQL = "SELECT TRUE, sender_id, client_id FROM chat_message WHERE client_id = ANY(%(clients)s::uuid[])"

_MESSAGE_COLUMNS = {
    "id": "uuid",
    "conversation_id": "uuid",
    "seq": "bigint",
    "sender_id": "uuid",
    "client_id": "uuid",
    "reply_to": "uuid",
    "body": "bytea",
    "body_hash": "bytea",
}


def accept_messages(drafts: Sequence[MessageDraft], *, now: datetime, announce: bool = True) -> AcceptedBatch:
    """Accept any number of drafts in one transaction and return when it is committed.

    A draft that fails alone is refused alone: conv.not_found, conv.cannot_send, msg.empty, msg.too_long,
    msg.idempotency_conflict, expert.outside_window, auth.session_revoked. Drafts of one sender keep their order.
    Publishes MessageAccepted and `msg.new` into the logs of the sender and of every member whose gate is open.
    Locks: conversations, then the members' streams. With `announce=False` the caller tells the hubs itself.
    """
    batch = _accept(drafts, now, announce)
    if batch.due:  # rare: a window has just ended or begun; the gates turn first, then everything is asked again
        freshen_conversations(batch.due, now=now)
        batch = _accept(drafts, now, announce)
    if batch.due:
        raise Unavailable("a gate does not turn")
    if batch.refused:
        note_in_ledger(drafts=batch.refused, now=now)
    return AcceptedBatch([batch.answers[at] for at in range(len(drafts))], batch.placed, batch.accepted)


def _accept(drafts: Sequence[MessageDraft], now: datetime, announce: bool) -> _Batch:
    batch = _Batch(drafts, now)
    with open_transaction():
        with open_pipeline() as pipeline:
            batch.ask(pipeline)
        batch.read()
        if batch.due:
            return batch
        batch.judge()
        if batch.rows:
            batch.answer()
            with open_pipeline() as pipeline:
                batch.write(pipeline, announce)
                pipeline.commit()
    return batch


class _Batch:
    """The state of one call."""

    def __init__(self, drafts: Sequence[MessageDraft], now: datetime) -> None:
        self.drafts, self.now, self.at = drafts, now, format_instant(now)
        self.answers: dict[int, AcceptedMessage | WarmlijnError] = {}
        self.accepted: dict[tuple[str, int], AcceptedMessage] = {}
        self.rows: list[tuple[Any, ...]] = []
        self.events: list[EventDraft] = []
        self.facts: list[MessageAccepted] = []
        self.placed: list[PlacedEvent] = []
        self.conversations: dict[str, _Conversation] = {}
        self.repeats: dict[tuple[str, str], _Repeat] = {}
        self.heads: dict[str, StreamHead] = {}
        self.due: list[str] = []  # conversations with a gate that may not be gone by any more
        self.held: list[HeldWord] = []
        self.refused: list[LedgerDraft] = []
        self.deks: dict[str, Dek] = {}
        self.standing: Standing
        self._asked: tuple[Answer, Answer]

    # --- what is true after the locks

    def ask(self, pipeline: Pipeline) -> None:
        """Lock, then read; the order of the statements is what makes the answers current."""
        conversations = as_texts(draft.conversation_id for draft in self.drafts)
        senders = as_texts(draft.sender_id for draft in self.drafts)
        locked = pipeline.ask(
            "SELECT id, state, last_seq, key_id FROM chat_conversation "
            "WHERE id = ANY(%(conversations)s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
            {"conversations": conversations},
            "uuid text int uuid",
        )
        given = {"conversations": conversations, "now": self.now}
        members = ask_stream_locks_of(pipeline, DUE_GATES_SQL, given, DUE_GATES_KINDS)
        sessions = [draft.session_id for draft in self.drafts]
        clients = {"clients": as_texts(draft.client_id for draft in self.drafts)}
        self.standing = ask_standing(pipeline, sessions, senders, now=self.now, also=(_REPEATED_SQL, clients))
        self._asked = (locked, members)

    def read(self) -> None:
        """Take in the answers, once the pipeline has run."""
        locked, members = self._asked
        for id_, state, last_seq, key_id in locked.rows():
            self.conversations[id_] = _Conversation(state, last_seq, key_id)
        seats = [row[3:] for row in members.rows()]
        self.due = sorted({seat[0] for seat in seats if seat[-1]})
        for conversation_id, gates in read_gates(seats).items():
            self.conversations[conversation_id].members = gates
        self.heads = read_stream_heads(members)
        if self.standing.also:
            self._read_repeats()

    def _read_repeats(self) -> None:
        with open_pipeline() as pipeline:
            found = pipeline.ask(
                "SELECT sender_id, client_id, conversation_id, seq, id, accepted_at, body_hash FROM chat_message "
                "WHERE client_id = ANY(%(clients)s::uuid[])",
                {"clients": as_texts(client_id for _, client_id in self.standing.also)},
                "uuid uuid uuid int uuid time bytes",
            )
        for sender_id, client_id, *rest in found.rows():
            self.repeats[sender_id, client_id] = _Repeat(*rest)

    # --- each draft alone

    def judge(self) -> None:
        """Answer each draft; what is accepted is numbered and sealed, and waits to be written."""
        self.deks = load_deks(conversation.key_id for conversation in self.conversations.values())
        for at, draft in enumerate(self.drafts):
            try:
                self.answers[at] = self._judge(draft)
            except WarmlijnError as refusal:
                self.answers[at] = refusal

    def _judge(self, draft: MessageDraft) -> AcceptedMessage:
        if not self.standing.is_live(draft.session_id):
            raise NotSignedIn()
        conversation = self.conversations.get(draft.conversation_id)
        if conversation is None or draft.sender_id not in conversation.members:
            raise ConversationNotFound()
        dek = self.deks.get(conversation.key_id)
        if dek is None:
            raise CannotSend()
        body_hash = dek.fingerprint(f"{draft.reply_to or ''}\n{draft.body}".encode())
        if repeat := self.repeats.get((draft.sender_id, draft.client_id)):
            return self._repeat(draft, repeat, body_hash, conversation)
        self._require_may_send(draft, conversation)
        require_body(draft.body)
        return self._number(draft, conversation, dek, body_hash)

    def _require_may_send(self, draft: MessageDraft, conversation: _Conversation) -> None:
        if conversation.state != "open":
            raise CannotSend()
        others = [person for person in conversation.members if person != draft.sender_id]
        if any(self.standing.is_blocked(draft.sender_id, other) for other in others):
            raise CannotSend()
        own = conversation.members[draft.sender_id]
        if own.state != "open":
            self.refused.append(LedgerDraft(draft.sender_id, REFUSED_SEND, own.reason, "", draft.conversation_id))
            raise OutsideWindow(own.opens_at)

    def _repeat(
        self, draft: MessageDraft, repeat: _Repeat, body_hash: bytes, conversation: _Conversation
    ) -> AcceptedMessage:
        if repeat.conversation_id != draft.conversation_id or repeat.body_hash != body_hash:
            raise IdempotencyConflict()
        hold = self._find_hold(draft, conversation, repeat.seq)
        return AcceptedMessage(draft, repeat.seq, repeat.message_id, repeat.at, True, hold)

    def _find_hold(self, draft: MessageDraft, conversation: _Conversation, seq: int) -> Hold | None:
        return find_hold({one: gate for one, gate in conversation.members.items() if one != draft.sender_id}, seq)

    def _number(self, draft: MessageDraft, conversation: _Conversation, dek: Dek, body_hash: bytes) -> AcceptedMessage:
        conversation.last_seq += 1
        seq, message_id = conversation.last_seq, str(make_id())
        place = place_body(draft.conversation_id, message_id, draft.sender_id, self.now, dek)
        self.rows.append(
            (message_id, draft.conversation_id, seq, draft.sender_id, draft.client_id, draft.reply_to,
             dek.seal(draft.body.encode(), place), body_hash)
        )  # fmt: skip
        self.repeats[draft.sender_id, draft.client_id] = _Repeat(
            draft.conversation_id, seq, message_id, self.now, body_hash
        )
        self._tell_members(draft, conversation, seq, message_id)
        hold = self._find_hold(draft, conversation, seq)
        if hold is not None:
            self.held.append(HeldWord(draft.sender_id, draft.conversation_id, hold.person_id, hold))
        made = AcceptedMessage(draft, seq, message_id, self.now, False, hold)
        self.accepted[draft.conversation_id, seq] = made
        return made

    def _tell_members(self, draft: MessageDraft, conversation: _Conversation, seq: int, message_id: str) -> None:
        # `msg.own` is how a log marks the owner's own message: receipts count what others wrote.
        self.events.append(EventDraft(draft.sender_id, "msg.own", draft.conversation_id, seq))
        others = {person: gate for person, gate in conversation.members.items() if person != draft.sender_id}
        open_to = [person for person, gate in others.items() if gate.state == "open"]
        self.events.extend(EventDraft(person, "msg.new", draft.conversation_id, seq) for person in open_to)
        held_for = tuple(sorted(others.keys() - set(open_to)))
        self.facts.append(
            MessageAccepted(
                draft.conversation_id, seq, message_id, draft.sender_id, tuple(sorted(others)), held_for, self.at
            )
        )

    # --- everything at once

    def answer(self) -> None:
        """Answer honestly who wrote while nobody may read it yet, once an evening: with the messages, or not at all."""
        if not self.held:
            return
        for given in give_answers(self.held, now=self.now):
            self.events.append(given.draft)
            for at, answer in self.answers.items():
                if (
                    isinstance(answer, AcceptedMessage)
                    and not answer.duplicate
                    and given.word.is_in(answer.draft.sender_id, answer.draft.conversation_id)
                ):
                    self.answers[at] = replace(answer, answer=given.text)

    def write(self, pipeline: Pipeline, announce: bool) -> None:
        """Insert messages, move the conversations' last_seq, append events, record facts: one statement."""
        touched = {row[1] for row in self.rows}
        alike = {"state": ("text", MESSAGE.start), "accepted_at": ("timestamptz", self.now)}
        pipeline.insert("chat_message", _MESSAGE_COLUMNS, self.rows, shared=alike)
        pipeline.update(
            "chat_conversation",
            {"id": "uuid"},
            {"last_seq": "bigint"},
            [(id_, self.conversations[id_].last_seq) for id_ in sorted(touched)],
        )
        self.placed = place_events(pipeline, self.heads, self.events, now=self.now, announce=announce)
        tell_facts(pipeline, self.facts, now=self.now)
