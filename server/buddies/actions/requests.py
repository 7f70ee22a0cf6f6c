"""The waiting list: getting onto it, being placed, coming back, leaving it.

Lock order: the seats of those to be paired, if any (`seats`), then the youth's entry. The one entry of a youth that
waits is kept one by a unique index.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from server.accounts.queries import PersonCard, list_standing
from server.accounts.rules.roles import YOUTH
from server.buddies.models import BuddyRequest, Pairing, YouthProfile
from server.buddies.profile_access import access_request
from server.buddies.rules.kinds import BRIDGE, BUDDY, FIRST
from server.buddies.states import BUDDY_REQUEST
from server.buddies.team_settings import get_buddy_settings
from server.foundation.ids import make_id

_WAITING = BUDDY_REQUEST.start


def open_missing_requests(*, team_id: UUID | str, now: datetime, youth_ids: Iterable[str] | None = None) -> int:
    """Put every youth of a team onto the waiting list who was never asked for nor paired; return how many.

    Idempotent: called when a youth comes in, and again whenever a coordinator looks, so that nobody hangs on a fact
    that has not been handed on yet. `youth_ids` narrows it down to some.
    """
    youths = {one.id for one in list_standing([YOUTH], team_id)}
    wanted = youths if youth_ids is None else youths & {str(one) for one in youth_ids}
    known = {str(one) for one in BuddyRequest.objects.filter(team_id=team_id).values_list("youth_id", flat=True)}
    known |= {str(one) for one in Pairing.objects.filter(team_id=team_id).values_list("youth_id", flat=True)}
    return _open(team_id, sorted(wanted - known), now) if wanted - known else 0


def open_request(
    *, team_id: UUID | str, youth_id: UUID | str, reason: str, due_at: datetime | None = None, now: datetime
) -> BuddyRequest:
    """Have a youth wait for somebody; return the entry that waits, which may have been there before.

    `due_at` is until when somebody was promised; of two promises the earlier holds. Its kind is that of the youth:
    a bridge while they have one that has not ended. Needs an open transaction; locks the entry.
    """
    _open(team_id, [str(youth_id)], now, reason=reason, due_at=due_at)
    request = BuddyRequest.objects.select_for_update(no_key=True).get(youth_id=youth_id, state=_WAITING)
    if due_at is not None and (request.due_at is None or due_at < request.due_at):
        request.due_at, request.remind_at = due_at, min(request.remind_at, due_at)
        request.save(update_fields=["due_at", "remind_at"])
    return request


def place_request(*, youth_id: UUID | str, now: datetime) -> BuddyRequest | None:
    """Take a youth off the waiting list: somebody was proposed. None when they were not on it.

    Needs an open transaction; locks the entry.
    """
    request = BuddyRequest.objects.select_for_update(no_key=True).filter(youth_id=youth_id, state=_WAITING).first()
    if request is not None:
        _move(request, "place", now)
    return request


def bring_back_request(*, youth_id: UUID | str, now: datetime) -> BuddyRequest | None:
    """Put a youth's last placed entry back, with the age that it had: the proposal has led to nothing.

    Idempotent: who waits already goes on waiting. None when nothing was placed. Needs an open transaction; locks the
    entry.
    """
    rows = BuddyRequest.objects.select_for_update(no_key=True).filter(youth_id=youth_id)
    waiting = rows.filter(state=_WAITING).first()
    placed = rows.filter(state="placed").order_by("-ended_at", "-id").first()
    if waiting is not None or placed is None:
        return waiting
    try:
        with transaction.atomic():
            _move(placed, "bring_back", None)
    except IntegrityError:
        # Somebody has just put them onto the list anew.
        return rows.get(state=_WAITING)
    return placed


def withdraw_request(*, actor: PersonCard, request_id: UUID | str, now: datetime) -> BuddyRequest:
    """Take a youth off the waiting list who needs nobody; only a new request brings them back.

    Raises Forbidden, NotFound, RequestEnded. Locks the entry.
    """
    with transaction.atomic():
        request = access_request(actor, request_id, lock=True)
        _move(request, "withdraw", now)
        return request


def _open(
    team_id: UUID | str, youth_ids: list[str], now: datetime, *, reason: str = FIRST, due_at: datetime | None = None
) -> int:
    """Make an entry for each of these youths who has none that waits; return how many were tried."""
    remind_at = now + timedelta(days=get_buddy_settings(team_id).reminder_days)
    bridged = YouthProfile.objects.filter(person_id__in=youth_ids, bridge_until__gte=now.date())
    bridges = {str(one) for one in bridged.values_list("person_id", flat=True)}
    drafts = [
        BuddyRequest(
            id=make_id(),
            team_id=UUID(str(team_id)),
            youth_id=UUID(one),
            reason=reason,
            kind=BRIDGE if one in bridges else BUDDY,
            asked_at=now,
            due_at=due_at,
            remind_at=remind_at if due_at is None else min(remind_at, due_at),
        )
        for one in youth_ids
    ]
    BuddyRequest.objects.bulk_create(drafts, ignore_conflicts=True, batch_size=1000)
    return len(drafts)


def _move(request: BuddyRequest, verb: str, ended_at: datetime | None) -> None:
    request.state, request.ended_at = BUDDY_REQUEST.require_step(verb, request.state), ended_at
    request.save(update_fields=["state", "ended_at"])
