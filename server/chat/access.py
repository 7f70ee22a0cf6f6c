"""The access door: fetch, authorise and, where asked, lock. Nobody else may fetch a conversation for somebody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.chat.errors import ConversationNotFound
from server.chat.models import Conversation, Membership
from server.chat.rules.holds import Gate
from server.foundation.database import Answer, Pipeline, Row, as_texts
from server.foundation.errors import NotFound
from server.ports.glass import GlassDoor, GlassGrant
from server.ports.registry import ask_port


@dataclass(frozen=True, slots=True)
class Access:
    """A conversation as one member may see it: messages with visible_from < seq ≤ visible_upto."""

    conversation: Conversation
    membership: Membership

    @property
    def visible_upto(self) -> int:
        """The newest message that the member may see."""
        return find_visible_upto(self.membership, self.conversation.last_seq)


def access_conversation(person_id: UUID | str, conversation_id: UUID | str, *, lock: bool = False) -> Access:
    """Return the conversation for a present member. Raises ConversationNotFound for everybody else and for none.

    With `lock`, inside a transaction: locks the conversation, so that the gate cannot move meanwhile.
    """
    if lock:
        Conversation.objects.select_for_update(no_key=True).filter(id=conversation_id).first()
    membership = (
        Membership.objects.select_related("conversation")
        .filter(conversation_id=conversation_id, person_id=person_id, left_at__isnull=True)
        .first()
    )
    if membership is None:
        raise ConversationNotFound()
    return Access(membership.conversation, membership)


@dataclass(frozen=True, slots=True)
class Reading:
    """What somebody may read of a conversation: messages with first < seq ≤ last.

    `grant` is the broken glass through which somebody reads who is no member, None for a member.
    """

    conversation: Conversation
    first: int
    last: int
    grant: GlassGrant | None

    def require_recorded(self, seqs: Sequence[int], *, session_id: str | None, now: datetime) -> None:
        """Have the audit write down that these messages are read now, unless a member does; nothing may be unsealed
        before. Whatever keeps it from being written is raised. Raises ConversationNotFound when the grant has ended.
        """
        if self.grant is None:
            return
        door: GlassDoor = ask_port(GlassDoor)
        try:
            first, last = min(seqs, default=0), max(seqs, default=0)
            door.record_read(self.grant, first_seq=first, last_seq=last, session_id=session_id, now=now)
        except NotFound:
            raise ConversationNotFound() from None


def access_reading(person_id: UUID | str, conversation_id: UUID | str, *, now: datetime) -> Reading:
    """Return what somebody may read: a member up to their gate, a coordinator through broken glass everything.

    Raises ConversationNotFound for everybody else and for none.
    """
    try:
        access = access_conversation(person_id, conversation_id)
    except ConversationNotFound:
        return _access_through_glass(str(person_id), str(conversation_id), now)
    return Reading(access.conversation, access.membership.visible_from, access.visible_upto, None)


def _access_through_glass(person_id: str, conversation_id: str, now: datetime) -> Reading:
    door: GlassDoor = ask_port(GlassDoor)
    grant = door.find_grant(person_id=person_id, conversation_id=conversation_id, now=now)
    conversation = Conversation.objects.filter(id=conversation_id).first() if grant else None
    if conversation is None:
        raise ConversationNotFound()
    return Reading(conversation, 0, conversation.last_seq, grant)


_GATES_SQL = (
    "SELECT conversation_id, person_id, gate, gate_reason, opens_at, visible_upto{more} FROM chat_membership "
    "WHERE conversation_id = ANY(%(conversations)s::uuid[]) AND left_at IS NULL"
)
_GATES_KINDS = "uuid uuid text text time int"
# With a last column that says whether the gate is due, so that nobody may go by it before it was asked anew.
DUE_GATES_SQL = _GATES_SQL.format(more=", guarded AND turns_at <= %(now)s::timestamptz")
DUE_GATES_KINDS = f"{_GATES_KINDS} bool"


def ask_gates(pipeline: Pipeline, conversation_ids: Iterable[str]) -> Answer:
    """Ask for the gates of the present members of these conversations; `read_gates` takes the rows."""
    return pipeline.ask(_GATES_SQL.format(more=""), {"conversations": as_texts(conversation_ids)}, _GATES_KINDS)


def read_gates(rows: Iterable[Row]) -> dict[str, dict[str, Gate]]:
    """Return the gates by conversation and person."""
    gates: dict[str, dict[str, Gate]] = {}
    for conversation_id, person_id, state, reason, opens_at, visible_upto, *_ in rows:
        gates.setdefault(conversation_id, {})[person_id] = Gate(state, reason, opens_at, visible_upto)
    return gates


def find_visible_upto(membership: Membership, last_seq: int) -> int:
    """Return the cut of a member's gate: everything while it is open, what was there when it closed otherwise."""
    return last_seq if membership.gate == "open" else membership.visible_upto
