"""What an opened gate brings, and what others hear of a turn: drafts of events, in bulk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from server.chat.access import find_visible_upto
from server.chat.models import Membership
from server.chat.rules.turns import OPEN, Turn
from server.chat.seats import Seat
from server.foundation.clock import format_instant
from server.foundation.database import open_pipeline
from server.realtime.streams import EventDraft

Held = Mapping[str, Sequence[tuple[int, str]]]  # seat → (seq, sender), in order

_SOON = timedelta(days=1)  # an end beyond this is of no use to whoever writes now
_HELD_SQL = (
    "SELECT s.id, m.seq, m.sender_id FROM chat_membership s "
    "JOIN chat_message m ON m.conversation_id = s.conversation_id AND m.seq > s.visible_upto "
    "AND m.seq > s.visible_from WHERE s.id = ANY(%(seats)s::uuid[]) ORDER BY s.id, m.seq"
)


def list_held(seats: Sequence[Seat]) -> Held:
    """Return what waits behind these gates, which are closed as yet."""
    if not seats:
        return {}
    with open_pipeline() as pipeline:
        asked = pipeline.ask(_HELD_SQL, {"seats": [seat.id for seat in seats]}, "uuid int uuid")
    held: dict[str, list[tuple[int, str]]] = {}
    for seat_id, seq, sender in asked.rows():
        held.setdefault(seat_id, []).append((seq, sender))
    return held


def draft_openings(seats: Sequence[Seat], held: Held) -> list[EventDraft]:
    """Draft what these seats missed, whose gates have just been opened: their conversation's own events first, then
    the held messages in order, then how far the others have received and read; and gate.opened for the senders. A
    sender whose own gate is closed hears that when it opens."""
    if not seats:
        return []
    fellows = _list_fellows(seats)
    opening = {seat.id for seat in seats}
    drafts: list[EventDraft] = []
    for seat in seats:
        others = [one for one in fellows[seat.conversation_id] if str(one.person_id) != seat.person_id]
        present = [one for one in others if one.left_at is None]
        drafts += _draft_conversation(seat, others)
        drafts += _draft_held(seat, held.get(seat.id, []), present, opening)
        drafts += _draft_seen(seat, present)
    return drafts


def draft_changes(turned: Sequence[tuple[Seat, Turn]], *, now: datetime) -> list[EventDraft]:
    """Draft availability.changed for the other members whose own gate is open."""
    fellows = _list_fellows([seat for seat, _ in turned])
    return [
        EventDraft(str(other.person_id), "availability.changed", seat.conversation_id, None, refs, slot)
        for seat, turn in turned
        for refs in [show_availability(seat.person_id, turn.state, turn.opens_at, turn.turns_at, now)]
        for slot in [f"availability.changed:{seat.conversation_id}:{seat.person_id}"]
        for other in fellows[seat.conversation_id]
        if str(other.person_id) != seat.person_id and other.left_at is None and other.gate == OPEN
    ]


def show_availability(
    person_id: str, gate: str, opens_at: datetime | None, turns_at: datetime | None, now: datetime
) -> dict[str, object]:
    """Return what others may know of somebody's hours: reachable or not, until when (if that is soon), or from when."""
    reachable = gate == OPEN
    soon = reachable and turns_at is not None and turns_at - now <= _SOON
    return {
        "user": person_id,
        "reachable": reachable,
        "until": format_instant(turns_at) if soon and turns_at else None,
        "next_opening": format_instant(opens_at) if opens_at and not reachable else None,
    }


def _list_fellows(seats: Sequence[Seat]) -> dict[str, list[Membership]]:
    fellows: dict[str, list[Membership]] = {seat.conversation_id: [] for seat in seats}
    for one in Membership.objects.filter(conversation_id__in=fellows):
        fellows[str(one.conversation_id)].append(one)
    return fellows


def _draft_conversation(seat: Seat, others: Sequence[Membership]) -> list[EventDraft]:
    """What happened to the conversation since the gate closed: no event of it was told meanwhile."""
    id_, since = seat.conversation_id, seat.turned_at
    if since is None:
        return []
    drafts = [EventDraft(seat.person_id, "conv.new", id_)] if seat.made_at >= since else []
    for other in others:
        for change, at in (("joined", other.joined_at), ("left", other.left_at)):
            if at is not None and at > since and at > seat.made_at:
                refs = {"user": str(other.person_id), "change": change}
                drafts.append(EventDraft(seat.person_id, "member.changed", id_, None, refs))
    if seat.closed_at is not None and seat.closed_at >= since:
        drafts.append(EventDraft(seat.person_id, "conv.closed", id_))
    return drafts


def _draft_held(
    seat: Seat, held: Sequence[tuple[int, str]], others: Sequence[Membership], opening: Collection[str]
) -> list[EventDraft]:
    id_ = seat.conversation_id
    # The member's own messages are in their log already, from when they sent them.
    drafts = [EventDraft(seat.person_id, "msg.new", id_, seq) for seq, sender in held if sender != seat.person_id]
    senders = {sender for _, sender in held}
    for other in others:
        if str(other.person_id) in senders and other.gate == OPEN and str(other.id) not in opening:
            drafts.append(EventDraft(str(other.person_id), "gate.opened", id_, None, {"upto": seat.last_seq}))
    for other in others:
        for kind, upto in (("receipt.delivered", other.delivered_upto), ("receipt.read", other.read_upto)):
            if upto:
                refs = {"user": str(other.person_id), "upto": upto}
                drafts.append(EventDraft(seat.person_id, kind, id_, None, refs, f"{kind}:{id_}:{other.person_id}"))
    return drafts


def _draft_seen(seat: Seat, others: Sequence[Membership]) -> list[EventDraft]:
    """Tell the member how far colleagues can see whose gates turned while the member's own was closed."""
    since = seat.turned_at
    turned = [one for one in others if since is not None and one.turned_at is not None and one.turned_at >= since]
    upto = max((find_visible_upto(one, seat.last_seq) for one in turned), default=0)
    return [EventDraft(seat.person_id, "gate.opened", seat.conversation_id, None, {"upto": upto})] if upto else []
