"""Reading conversations and messages, always for somebody and always cut at their gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from server.accounts.queries import PersonCard, ask_standing, list_cards
from server.accounts.rules.roles import EXPERT, YOUTH
from server.chat.access import Reading, access_conversation, access_reading, ask_gates, find_visible_upto, read_gates
from server.chat.actions.opening import show_availability
from server.chat.answers import KIND, show_answers
from server.chat.keys import load_deks, place_body
from server.chat.models import Membership, Message
from server.chat.rules.holds import Gate, find_hold
from server.chat.shapes import show_message, show_status
from server.foundation.clock import format_instant
from server.foundation.database import Answer, Pipeline, Row, as_texts, open_pipeline
from server.foundation.logs import get_logger
from server.foundation.sealing import Dek, SealBroken
from server.ports.socket_door import LoggedEvent
from server.realtime.queries import get_cursor

log = get_logger(__name__)
PAGE_MESSAGES = 50
MOST_MESSAGES = 200
_SNAPSHOT_MESSAGES = 30
_MESSAGE_COLUMNS = (
    "m.id, m.conversation_id, m.seq, m.sender_id, m.client_id, m.reply_to, m.state, m.body, m.accepted_at"
)
_MESSAGE_KINDS = "uuid uuid int uuid uuid uuid text bytes time"
_PLACES_SQL = (
    f"SELECT {_MESSAGE_COLUMNS} FROM chat_message m "  # noqa: S608  no value of a request is in it
    "JOIN unnest(%(conversations)s::uuid[], %(seqs)s::bigint[]) AS place(conversation_id, seq) "
    "ON m.conversation_id = place.conversation_id AND m.seq = place.seq"
)
_PLACES_SQLITE = (
    f"SELECT {_MESSAGE_COLUMNS} FROM chat_message m "  # noqa: S608
    "WHERE m.conversation_id = ANY(%(conversations)s::uuid[]) AND m.seq = ANY(%(seqs)s::bigint[])"
)


def list_conversations(person_id: UUID | str, *, now: datetime) -> list[dict[str, Any]]:
    """Return the person's conversations as the wire shows them, the newest first: three queries however many."""
    own = list(
        Membership.objects.select_related("conversation")
        .filter(person_id=person_id, left_at__isnull=True)
        .order_by("-conversation__created_at")
    )
    present = Membership.objects.filter(
        conversation_id__in=[one.conversation_id for one in own], left_at__isnull=True
    ).order_by("joined_at", "id")
    fellows: dict[UUID, list[Membership]] = {}
    for one in present:
        fellows.setdefault(one.conversation_id, []).append(one)
    cards = list_cards(one.person_id for group in fellows.values() for one in group)
    return [_show_conversation(one, fellows[one.conversation_id], cards, now) for one in own]


def list_messages(
    person_id: UUID | str, conversation_id: UUID | str, *, before: int | None, after: int | None, limit: int
) -> tuple[list[dict[str, Any]], bool]:
    """Return a page rising by seq and whether more lie beyond it: after `after`, else the newest (before `before`).

    Raises ConversationNotFound.
    """
    access = access_conversation(person_id, conversation_id)
    reading = Reading(access.conversation, access.membership.visible_from, access.visible_upto, None)
    seqs, more = _list_seqs(reading, before, after, limit)
    return _show_messages(reading, seqs, str(person_id)), more


def read_messages(
    person_id: UUID | str,
    conversation_id: UUID | str,
    *,
    before: int | None,
    after: int | None,
    limit: int,
    session_id: UUID | str | None = None,
    now: datetime,
) -> tuple[list[dict[str, Any]], bool]:
    """Return a page as `list_messages` does, also to a coordinator who broke the glass.

    Their read, and over which session, is written down first, in a transaction of its own; what keeps it from being
    written is raised, and nothing is read. Raises ConversationNotFound.
    """
    reading = access_reading(person_id, conversation_id, now=now)
    seqs, more = _list_seqs(reading, before, after, limit)
    reading.require_recorded(seqs, session_id=None if session_id is None else str(session_id), now=now)
    return _show_messages(reading, seqs, str(person_id)), more


def _list_seqs(reading: Reading, before: int | None, after: int | None, limit: int) -> tuple[list[int], bool]:
    """Return which messages a page holds, rising, and whether more lie beyond it."""
    found = Message.objects.filter(
        conversation_id=reading.conversation.id, seq__gt=reading.first, seq__lte=reading.last
    )
    if before is not None:
        found = found.filter(seq__lt=before)
    if after is not None:
        found = found.filter(seq__gt=after)
    page = list(found.order_by("seq" if after is not None else "-seq").values_list("seq", flat=True)[: limit + 1])
    return sorted(page[:limit]), len(page) > limit


def _show_messages(reading: Reading, seqs: Sequence[int], for_person: str) -> list[dict[str, Any]]:
    id_, key_id = str(reading.conversation.id), str(reading.conversation.key_id)
    with open_pipeline() as pipeline:
        asked_rows, asked_gates = _ask_messages(pipeline, [(id_, seq) for seq in seqs]), ask_gates(pipeline, [id_])
    rows, gates = _read_messages(asked_rows), read_gates(asked_gates.rows())
    dek = load_deks([key_id]).get(key_id)
    return [_show_row(rows[id_, seq], dek, gates, for_person) for seq in seqs]


def read_snapshot(person_id: UUID | str, *, now: datetime) -> dict[str, Any]:
    """Return everything a fresh device needs. The cursor is fixed first: what comes later comes as events as well."""
    cursor = get_cursor(str(person_id))
    conversations = list_conversations(person_id, now=now)
    for conversation in conversations:
        messages, more = list_messages(person_id, conversation["id"], before=None, after=None, limit=_SNAPSHOT_MESSAGES)
        conversation["messages"], conversation["more"] = messages, more
    return {"cursor": cursor, "conversations": conversations}


def list_open_fellows(person_id: str, conversation_id: str, *, now: datetime) -> list[str]:
    """Return who may see that this member types: the others whose gate is open and with whom there is no block, if
    the member's own gate is open. Raises ConversationNotFound."""
    access = access_conversation(person_id, conversation_id)
    if access.membership.gate != "open" or access.conversation.state != "open":
        return []
    open_to = Membership.objects.filter(conversation_id=conversation_id, left_at__isnull=True, gate="open")
    fellows = [str(one) for one in open_to.exclude(person_id=person_id).values_list("person_id", flat=True)]
    with open_pipeline() as pipeline:
        standing = ask_standing(pipeline, [], [person_id], now=now)
    return [one for one in fellows if not standing.is_blocked(person_id, one)]


class ChatEvents:
    """Answers ports.socket_door.EventRenderer for the chat room's kinds."""

    KINDS = (
        "msg.new", "msg.own", "msg.update", "receipt.delivered", "receipt.read", "self.read", "gate.opened",
        "conv.new", "conv.closed", "member.changed", "availability.changed", KIND,
    )  # fmt: skip

    def render(self, events: Sequence[LoggedEvent], *, now: datetime) -> list[dict[str, Any] | None]:
        """Return each event as its owner may see it now: nothing of a conversation they have left, no message
        beyond their gate. Three statements in one go, and one more for keys not used before."""
        places = {(str(e.conversation_id), int(e.seq)) for e in events if e.kind in ("msg.new", "msg.own") and e.seq}
        own = {str(event.conversation_id) for event in events if event.kind == "msg.own"}
        with open_pipeline() as pipeline:
            asked_cuts, asked_rows, asked_gates = (
                _ask_cuts(pipeline, events), _ask_messages(pipeline, places), ask_gates(pipeline, own)
            )  # fmt: skip
        cuts, rows, gates = _read_cuts(asked_cuts), _read_messages(asked_rows), read_gates(asked_gates.rows())
        deks = load_deks({cut[2] for cut in cuts.values()})
        shown = [self._show(event, cuts, rows, deks, gates) for event in events]
        self._show_answers(events, shown)
        return shown

    def _show_answers(self, events: Sequence[LoggedEvent], shown: list[dict[str, Any] | None]) -> None:
        """Put the words of the honest answers in the place of their references."""
        places = [at for at, event in enumerate(events) if event.kind == KIND and shown[at] is not None]
        answers = show_answers([(events[at].user_id, events[at].refs or {}) for at in places])
        for at, answer in zip(places, answers, strict=True):
            shown[at] = {"kind": KIND, "c": str(events[at].conversation_id)} | answer

    def _show(
        self,
        event: LoggedEvent,
        cuts: dict[tuple[str, str], tuple[int, int, str]],
        rows: dict[tuple[str, int], Row],
        deks: dict[str, Dek],
        gates: dict[str, dict[str, Gate]],
    ) -> dict[str, Any] | None:
        conversation_id = str(event.conversation_id)
        cut = cuts.get((event.user_id, conversation_id))
        if cut is None:
            own_leave = event.kind == "member.changed" and (event.refs or {}).get("user") == event.user_id
            return _show_refs(event) if own_leave else None
        if event.kind not in ("msg.new", "msg.own"):
            return _show_refs(event)
        seq = int(event.seq or 0)
        row = rows.get((conversation_id, seq))
        beyond = event.kind == "msg.new" and not cut[0] < seq <= cut[1]
        if row is None or beyond:
            return None
        return {"kind": "msg.new"} | _show_row(row, deks.get(cut[2]), gates, event.user_id)


def _show_refs(event: LoggedEvent) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": event.kind, "c": event.conversation_id}
    if event.seq is not None:
        shown["seq"] = event.seq
    return shown | (event.refs or {})


def _show_row(row: Row, dek: Dek | None, gates: dict[str, dict[str, Gate]], for_person: str) -> dict[str, Any]:
    id_, conversation_id, seq, sender_id, client_id, reply_to, state, body, at = row
    text = ""
    if body is not None and dek is not None:
        try:
            text = dek.open(body, place_body(conversation_id, id_, sender_id, at, dek)).decode()
        except SealBroken:
            # One damaged row must not stop the log behind it; who operates the server must hear of it.
            log.error("seal_broken", message=id_, conversation=conversation_id)
            state = "unreadable"
    shown = show_message(
        conversation_id=conversation_id,
        seq=seq,
        message_id=id_,
        sender_id=sender_id,
        client_id=client_id if sender_id == for_person else None,
        body=text,
        reply_to=reply_to,
        at=at,
        state=state if dek is not None else "erased",
    )
    if sender_id != for_person or state != "accepted":
        return shown
    others = {person: gate for person, gate in gates.get(conversation_id, {}).items() if person != for_person}
    return shown | show_status(find_hold(others, seq))


def _ask_messages(pipeline: Pipeline, places: Iterable[tuple[str, int]]) -> Answer:
    """Ask for the rows at these places (conversation, seq); SQLite answers a superset."""
    wanted = sorted(places)
    params = {"conversations": [one for one, _ in wanted], "seqs": [seq for _, seq in wanted]}
    return pipeline.ask(_PLACES_SQL if connection.vendor == "postgresql" else _PLACES_SQLITE, params, _MESSAGE_KINDS)


def _read_messages(answer: Answer) -> dict[tuple[str, int], Row]:
    return {(row[1], row[2]): row for row in answer.rows()}


def _ask_cuts(pipeline: Pipeline, events: Sequence[LoggedEvent]) -> Answer:
    """Ask where present members' gates cut, for the owners of these events."""
    return pipeline.ask(
        "SELECT m.person_id, m.conversation_id, m.visible_from, "
        "CASE WHEN m.gate = 'open' THEN c.last_seq ELSE m.visible_upto END, c.key_id "
        "FROM chat_membership m JOIN chat_conversation c ON c.id = m.conversation_id "
        "WHERE m.person_id = ANY(%(people)s::uuid[]) AND m.conversation_id = ANY(%(conversations)s::uuid[]) "
        "AND m.left_at IS NULL",
        {
            "people": as_texts(event.user_id for event in events),
            "conversations": as_texts(event.conversation_id for event in events if event.conversation_id),
        },
        "uuid uuid int int uuid",
    )


def _read_cuts(answer: Answer) -> dict[tuple[str, str], tuple[int, int, str]]:
    """Return (visible_from, visible_upto, key id) by (person, conversation)."""
    return {(person, conversation): (first, last, key) for person, conversation, first, last, key in answer.rows()}


def _show_conversation(
    own: Membership, members: Sequence[Membership], cards: dict[str, PersonCard], now: datetime
) -> dict[str, Any]:
    conversation = own.conversation
    visible_upto = find_visible_upto(own, conversation.last_seq)
    others = [one for one in members if one.id != own.id]
    in_two = len(others) == 1 or conversation.kind != "room"
    return {
        "id": str(conversation.id),
        "kind": conversation.kind,
        "state": conversation.state,
        "created_at": format_instant(conversation.created_at),
        "last_seq": visible_upto,
        "visible_upto": visible_upto,
        "read_upto": own.read_upto,
        "gate": _show_own_gate(own),
        "members": [_show_member(one, cards, visible_upto) for one in members],
        "counterpart": _show_counterpart(_choose_counterpart(others, cards), cards, now) if others and in_two else None,
    }


def _show_own_gate(own: Membership) -> dict[str, Any]:
    """Return where one's own gate stands; `until`: when an open one is judged again, a running talk's end included."""
    until = own.turns_at if own.gate == "open" else None
    return {
        "state": own.gate,
        "opens_at": format_instant(own.opens_at) if own.opens_at else None,
        "until": format_instant(until) if until else None,
    }


def _choose_counterpart(others: Sequence[Membership], cards: dict[str, PersonCard]) -> Membership:
    """Return whom a talk is with, also while a coordinator or a cover is in it: the youth, or else the expert who can
    be reached, or else whoever came first."""
    rank = {YOUTH: 0, EXPERT: 1}
    return min(others, key=lambda one: (rank.get(cards[str(one.person_id)].role, 2), one.gate != "open"))


def _show_member(one: Membership, cards: dict[str, PersonCard], visible_upto: int) -> dict[str, Any]:
    card = cards[str(one.person_id)]
    return {
        "id": card.id,
        "display_name": card.display_name,
        "role": card.role,
        "delivered_upto": min(one.delivered_upto, visible_upto),
        "read_upto": min(one.read_upto, visible_upto),
    }


def _show_counterpart(other: Membership, cards: dict[str, PersonCard], now: datetime) -> dict[str, Any]:
    shown = show_availability(str(other.person_id), other.gate, other.opens_at, other.turns_at, now)
    del shown["user"]
    return {"display_name": cards[str(other.person_id)].display_name} | shown
