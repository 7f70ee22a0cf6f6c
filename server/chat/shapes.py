"""How the wire shows what the chat room holds: one home for each shape, used by the socket and REST."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from server.availability.rules.schedule import OUTSIDE_HOURS, REASONS
from server.chat.actions.accept import AcceptedBatch, AcceptedMessage
from server.chat.rules.holds import Hold
from server.foundation.clock import format_instant
from server.foundation.json_codec import encode
from server.ports.help_card import HelpCard
from server.ports.registry import ask_port
from server.realtime.hub import Delivery


def show_sent(accepted: AcceptedMessage) -> dict[str, Any]:
    """Return the fields of `sent`."""
    shown: dict[str, Any] = {
        "m": accepted.draft.client_id,
        "dup": accepted.duplicate,
        "status": "stored",
        "c": accepted.draft.conversation_id,
        "seq": accepted.seq,
        "mid": accepted.message_id,
        "at": format_instant(accepted.at),
    }
    answer = {} if accepted.answer is None else {"answer": accepted.answer}
    return shown | show_status(accepted.hold) | answer


def show_status(hold: Hold | None) -> dict[str, Any]:
    """Return what a sender's own message shows beside its text while nobody else may see it."""
    return {"status": "held", "hold": show_hold(hold)} if hold else {}


def show_hold(hold: Hold) -> dict[str, Any]:
    """Return why a message waits, until when, and what help there is meanwhile."""
    help_card: HelpCard = ask_port(HelpCard)
    return {
        "reason": show_reason(hold.reason),
        "opens_at": format_instant(hold.opens_at) if hold.opens_at else None,
        "help": help_card.list_help_lines(),
    }


def show_reason(reason: str) -> str:
    """Return what others may know of why somebody cannot be reached: never that they rest, or are ill."""
    return OUTSIDE_HOURS if reason in REASONS else reason


def show_message(
    *,
    conversation_id: str,
    seq: int,
    message_id: str,
    sender_id: str,
    client_id: str | None,
    body: str,
    reply_to: str | None,
    at: datetime,
    state: str,
) -> dict[str, Any]:
    """Return a message as events and history show it. `client_id` only for the sender's own devices."""
    shown: dict[str, Any] = {
        "c": conversation_id,
        "seq": seq,
        "mid": message_id,
        "sender": sender_id,
        "body": body,
        "at": format_instant(at),
    }
    if reply_to is not None:
        shown["reply_to"] = reply_to
    if client_id is not None:
        shown["m"] = client_id
    if state != "accepted":
        shown["state"] = state
    return shown


def make_deliveries(batch: AcceptedBatch) -> list[Delivery]:
    """Return the batch's new events by log, rendered from what is at hand: nothing is read again. A log into which
    something else than a message was put gets a delivery without items: its owner's sockets read it."""
    by_user: dict[str, list[tuple[int, bytes]]] = {}
    spans: dict[str, tuple[str, int, int]] = {}
    unread: set[str] = set()
    shown = {key: _show_accepted(accepted) for key, accepted in batch.bodies.items()}
    for event in batch.placed:
        draft = event.draft
        items = by_user.setdefault(draft.user_id, [])
        after = spans[draft.user_id][1] if draft.user_id in spans else event.pos - 1
        spans[draft.user_id] = (event.epoch, after, event.pos)
        if draft.kind not in ("msg.own", "msg.new"):
            unread.add(draft.user_id)
            continue
        message = shown[str(draft.conversation_id), int(draft.seq or 0)]
        own = message["own"] if draft.kind == "msg.own" else {}
        items.append((event.pos, encode({"pos": event.pos, "kind": "msg.new"} | message["fields"] | own)))
    return [
        Delivery(user, epoch, after, [] if user in unread else by_user[user], head)
        for user, (epoch, after, head) in spans.items()
    ]


def _show_accepted(accepted: AcceptedMessage) -> dict[str, Any]:
    draft = accepted.draft
    fields = show_message(
        conversation_id=draft.conversation_id,
        seq=accepted.seq,
        message_id=accepted.message_id,
        sender_id=draft.sender_id,
        client_id=None,
        body=draft.body,
        reply_to=draft.reply_to,
        at=accepted.at,
        state="accepted",
    )
    return {"fields": fields, "own": {"m": draft.client_id} | show_status(accepted.hold)}
