"""The duty pool's door: a youth asks, three experts at a time hear of it, the first who is free takes the line.

Lock order: the request → hours → conversations → memberships → streams.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard
from server.availability.actions.changing import hold_hours
from server.availability.queries import list_on_shift
from server.availability.rules.kinds import DUTY
from server.chat.actions.conversations import open_conversation
from server.chat.duty import (
    CLAIMED,
    CLOSED,
    OFFERED,
    TAKEN,
    access_offer,
    count_offers,
    find_running_duty,
    list_blocked,
    list_free,
    list_having_duty,
    list_running,
)
from server.chat.errors import DutyBusy, DutyClosed, DutyTaken, OffDuty
from server.chat.models import DutyOffer, DutyRequest, Membership
from server.chat.policies import require_ask_duty, require_claim_duty
from server.chat.rules.duty import LEASE, WAVE_EVERY, choose_wave
from server.chat.states import DUTY_REQUEST
from server.events.facts import DutyOffered
from server.events.outbox import record_facts
from server.foundation.clock import format_instant
from server.foundation.errors import NotFound
from server.foundation.ids import make_id
from server.realtime.streams import EventDraft, append_events, lock_streams


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's hold on a wave that is due: nobody else sends it before `until`."""

    request_id: UUID
    until: datetime


def ask_duty(*, actor: PersonCard, now: datetime) -> tuple[DutyRequest, bool]:
    """Ask for whoever of the actor's team has duty; return the request, and whether it is new.

    Asked again it is the same request: the open one, or the claimed one while its talk runs. The first wave goes out
    with it. Raises Forbidden, DutyClosed when nobody stands on a duty shift. Publishes duty.offered into the logs of
    up to three experts, and DutyOffered. Locks the request, then their streams.
    """
    require_ask_duty(actor)
    with transaction.atomic():
        running = find_running_duty(actor.id, now=now)
        if running is not None:
            return running, False
        if not list_on_shift(actor.team_id, DUTY, now):
            raise DutyClosed()
        request, new = _open_request(actor, now)
        if new:
            _go_on(request, now)
        return request, new


def lease_wave(*, now: datetime) -> Lease | None:
    """Take hold of one wave that is due, so that no other worker sends it; None when there is none.

    Locks the request; one that is locked is in somebody else's hands.
    """
    with transaction.atomic():
        waiting = DutyRequest.objects.select_for_update(skip_locked=True, no_key=True)
        due = waiting.filter(state=DUTY_REQUEST.start, next_wave_at__lte=now).order_by("next_wave_at", "id").first()
        if due is None:
            return None
        DutyRequest.objects.filter(id=due.id).update(next_wave_at=now + LEASE)
        return Lease(due.id, now + LEASE)


def send_wave(*, lease: Lease, now: datetime) -> bool:
    """Offer a request to up to three more experts, or let it lapse when nobody has duty any more.

    False when it was no longer to be done: claimed, withdrawn, or in another worker's hands by now. Publishes
    duty.offered to the experts and DutyOffered, or duty.closed to the youth. Locks the request, then the streams.
    """
    with transaction.atomic():
        waiting = DutyRequest.objects.select_for_update(no_key=True).filter(state=DUTY_REQUEST.start)
        request = waiting.filter(id=lease.request_id, next_wave_at=lease.until).first()
        if request is None:
            return False
        _go_on(request, now)
        return True


def claim_duty(*, actor: PersonCard, request_id: UUID | str, now: datetime) -> tuple[DutyRequest, bool]:
    """Take a line that was offered to the actor: open it, and return the request and whether this call took it.

    Of many at once one does. Raises Forbidden, NotFound unless it was offered to them (also after a block), DutyTaken,
    OffDuty, DutyBusy. Publishes duty.claimed and conv.new to the youth, conv.new to the expert, duty.taken to the
    others who were asked. Locks in the order of this module.
    """
    require_claim_duty(actor)
    request = access_offer(actor.id, request_id)
    with transaction.atomic():
        if not _step(request, "claim", now, claimed_by=UUID(actor.id), claimed_at=now):
            return _require_own(request, actor), False
        with hold_hours([actor], now=now):
            asked = _list_asked(request, now)
            _lock_line(actor.id, [str(request.youth_id), actor.id, *asked])
            _require_may_claim(request, actor, now)
            _open_line(request, actor, now)
        taken = [_draft(one, TAKEN, request) for one in asked if one != actor.id]
        claimed = {"request": str(request.id), "c": str(request.line_id)}
        append_events([_draft(str(request.youth_id), CLAIMED, request, claimed), *taken], now=now)
    return request, True


def withdraw_duty(*, actor: PersonCard, now: datetime) -> None:
    """Ask no longer. Raises Forbidden, NotFound when nothing is open: a colleague may have taken it just now.

    Publishes duty.closed to the youth's own devices and to the experts who were asked. Locks the request, then the
    streams.
    """
    require_ask_duty(actor)
    with transaction.atomic():
        request = DutyRequest.objects.filter(youth_id=actor.id, state=DUTY_REQUEST.start).first()
        if request is None or not _step(request, "withdraw", now):
            raise NotFound()
        told = [str(request.youth_id), *_list_asked(request, now)]
        append_events([_draft(one, CLOSED, request) for one in told], now=now)


# --- one wave


def _open_request(actor: PersonCard, now: datetime) -> tuple[DutyRequest, bool]:
    """Return the youth's open request, made unless another device of theirs made one just now."""
    made = {"id": make_id(), "team_id": UUID(actor.team_id), "asked_at": now, "next_wave_at": now}
    return DutyRequest.objects.get_or_create(youth_id=UUID(actor.id), state=DUTY_REQUEST.start, defaults=made)


def _go_on(request: DutyRequest, now: datetime) -> None:
    """Send the next wave of a locked request. When everybody has been asked or is in a talk it waits for the next."""
    on_shift = list_on_shift(request.team_id, DUTY, now)
    if not on_shift:
        _step(request, "lapse", now)
        append_events([_draft(str(request.youth_id), CLOSED, request)], now=now)
        return
    chosen = _choose(request, on_shift, now)
    wave = request.wave + 1 if chosen else request.wave
    DutyOffer.objects.bulk_create(
        DutyOffer(request=request, person_id=UUID(one), wave=wave, offered_at=now) for one in chosen
    )
    request.wave, request.next_wave_at = wave, now + WAVE_EVERY
    request.save(update_fields=["wave", "next_wave_at"])
    append_events([_draft(one, OFFERED, request) for one in chosen], now=now)
    if chosen:
        record_facts([DutyOffered(str(request.id), tuple(chosen), format_instant(now))], now=now)


def _choose(request: DutyRequest, on_shift: Iterable[str], now: datetime) -> list[str]:
    asked = {str(one) for one in request.offers.values_list("person_id", flat=True)}
    free = list_free([one for one in on_shift if one not in asked], str(request.youth_id), now=now)
    return choose_wave(free, count_offers(free, str(request.team_id), now=now))


# --- the end of a request


def _step(request: DutyRequest, verb: str, now: datetime, **columns: Any) -> bool:
    """End an open request by one conditional update; False when somebody else has ended it."""
    changed = {"state": DUTY_REQUEST.steps[verb][1], "ended_at": now} | columns
    if DutyRequest.objects.filter(id=request.id, state=DUTY_REQUEST.start).update(**changed) != 1:
        return False
    for name, value in changed.items():
        setattr(request, name, value)
    return True


def _require_own(request: DutyRequest, actor: PersonCard) -> DutyRequest:
    """Return a request that the actor had claimed before: the same call, sent again. Raises DutyTaken."""
    request.refresh_from_db()
    if request.claimed_by is None or str(request.claimed_by) != actor.id:
        raise DutyTaken()
    return request


def _lock_line(expert_id: str, told: Sequence[str]) -> None:
    """Lock what the opening of a line will: the seats in the expert's conversations, then all streams it writes to.

    All of them here and at once: opened bit by bit, it would wait for a block between the two, or for a colleague who
    takes another line, who in turn wait for it. The caller holds the expert's hours.
    """
    own = Membership.objects.filter(person_id=expert_id, left_at=None).values("conversation_id")
    seats = Membership.objects.select_for_update(no_key=True).filter(conversation_id__in=own, left_at=None)
    list(seats.order_by("id").values_list("id"))
    lock_streams(told)


def _open_line(request: DutyRequest, actor: PersonCard, now: datetime) -> None:
    members = [request.youth_id, UUID(actor.id)]
    request.line = open_conversation(team_id=request.team_id, kind="line", member_ids=members, now=now)
    request.save(update_fields=["line"])


def _require_may_claim(request: DutyRequest, actor: PersonCard, now: datetime) -> None:
    """Raise OffDuty, NotFound behind a block, DutyBusy; under the locks of `_lock_line` nothing of it can change."""
    if actor.id not in list_on_shift(request.team_id, DUTY, now):
        raise OffDuty()
    if list_blocked([actor.id], str(request.youth_id), now=now):
        raise NotFound()
    if list_running([actor.id], now=now):
        raise DutyBusy()


def _list_asked(request: DutyRequest, now: datetime) -> list[str]:
    """Return who was asked and still has duty: nobody hears of it after their shift."""
    asked = [str(one) for one in request.offers.values_list("person_id", flat=True)]
    return sorted(list_having_duty(asked, now=now))


def _draft(person_id: str, kind: str, request: DutyRequest, refs: dict[str, Any] | None = None) -> EventDraft:
    """Draft an event without a conversation; each log holds the newest one of a request."""
    return EventDraft(person_id, kind, None, None, refs or {"request": str(request.id)}, f"duty:{request.id}")
