"""Keeping the line warm: reminders to whoever answers a youth who went silent, then the coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from server.accounts.queries import PersonCard
from server.accounts.rules.roles import COORDINATOR, EXPERT
from server.availability.actions.telling import tell
from server.availability.queries import find_reachability
from server.availability.rules.reading import read_instant
from server.buddies.actions.seats import hold_pairing
from server.buddies.events import NUDGE, SILENT
from server.buddies.models import Pairing, PairingCover, PairingText, PairingWarmth
from server.buddies.pairing_access import access_answering, access_pairing, access_step
from server.buddies.pairing_errors import DaysOutOfBounds
from server.buddies.pairing_policies import require_role
from server.buddies.pairings import find_cover
from server.buddies.rules.warmth import LEAST_DAYS, MOST_DAYS, TELL_COORDINATOR_AT, find_due
from server.buddies.team_settings import get_buddy_settings
from server.events.facts import YouthWentSilent
from server.events.outbox import record_facts
from server.foundation.leases import lease_row, lock_leased
from server.realtime.streams import EventDraft

_LOOK_AGAIN: Final = timedelta(days=1)


def begin_warmth(pairing: Pairing, *, now: datetime) -> None:
    """Count a youth's silence from now on."""
    days = get_buddy_settings(pairing.team_id).silence_days
    columns: dict[str, Any] = {
        "conversation_id": pairing.conversation_id,
        "youth_id": pairing.youth_id,
        "heard_at": now,
        "nudged_at": None,
        "nudges": 0,
    }
    warmth, _ = PairingWarmth.objects.update_or_create(pairing=pairing, defaults=columns)
    PairingWarmth.objects.filter(pairing=pairing).update(due_at=now + timedelta(days=warmth.silence_days or days))


def end_warmth(pairing: Pairing) -> None:
    """Count no longer."""
    PairingWarmth.objects.filter(pairing=pairing).update(due_at=None)


def hear_youths(*, heard: Mapping[tuple[str, str], datetime]) -> None:
    """Note when youths wrote, by (conversation, youth); their reminders begin anew. Two statements."""
    talks, youths = {talk for talk, _ in heard}, {youth for _, youth in heard}
    with transaction.atomic():
        rows = PairingWarmth.objects.select_for_update(no_key=True).select_related(None)
        rows = rows.filter(conversation_id__in=talks, youth_id__in=youths, due_at__isnull=False).order_by("pairing_id")
        found = [one for one in rows if (str(one.conversation_id), str(one.youth_id)) in heard]
        if not found:
            return
        for one in found:
            at = heard[str(one.conversation_id), str(one.youth_id)]
            # The due time is worked out when it comes: here it only moves away, by the least that anybody may set.
            one.heard_at, one.nudges, one.nudged_at = max(at, one.heard_at), 0, None
            one.due_at = one.heard_at + timedelta(days=LEAST_DAYS)
        PairingWarmth.objects.bulk_update(found, ["heard_at", "nudges", "nudged_at", "due_at"])


def remind_of_silence(*, now: datetime) -> bool:
    """Look at one silence that is due; say whether there was one.

    The reminder goes to whoever answers, inside their hours only: otherwise it waits for them. With the third the
    coordinator hears of it. Publishes pairing.nudge, pairing.silent, YouthWentSilent. Locks as
    `seats.hold_pairings`.
    """
    due = lease_row(PairingWarmth.objects.select_related("pairing"), "due_at", now=now)
    if due is None:
        return False
    with hold_pairing(due.pairing, now=now) as pairing:
        warmth = lock_leased(due, "due_at")
        if warmth is not None:
            warmth.pairing = pairing
            warmth.due_at = _consider(warmth, now)
            warmth.save(update_fields=["due_at", "nudges", "nudged_at"])
    return True


def set_silence_days(*, actor: PersonCard, pairing_id: UUID | str, days: int | None, now: datetime) -> None:
    """Set after how many days of silence this youth's buddy is reminded; None: as the team has it.

    Raises Forbidden save for a coordinator, NotFound, DaysOutOfBounds.
    """
    require_role(actor, COORDINATOR)
    seen = access_step(actor, pairing_id)
    if days is not None and not LEAST_DAYS <= days <= MOST_DAYS:
        raise DaysOutOfBounds()
    with hold_pairing(seen, now=now) as pairing:
        _write(pairing, now, silence_days=days)


def keep_quiet(*, actor: PersonCard, pairing_id: UUID | str, until: str | None, now: datetime) -> None:
    """Be reminded of nothing until an instant (RFC 3339), because the expert knows of the silence; None takes it back.

    Raises Forbidden, NotFound unless the actor answers this youth, DateMalformed.
    """
    require_role(actor, EXPERT)
    seen = access_answering(actor, pairing_id)
    quiet = read_instant(until) if until is not None else None
    with hold_pairing(seen, now=now) as pairing:
        _write(pairing, now, quiet_until=quiet)


def access_warmth(actor: PersonCard, pairing_id: UUID | str) -> tuple[PairingWarmth | None, int]:
    """Return how a youth's silence is counted, and the team's days. Not for the youth, who is no case.

    Raises Forbidden, NotFound.
    """
    require_role(actor, EXPERT, COORDINATOR)
    pairing = access_pairing(actor, pairing_id) if actor.role == COORDINATOR else access_answering(actor, pairing_id)
    warmth = PairingWarmth.objects.filter(pairing=pairing).first()
    return warmth, get_buddy_settings(pairing.team_id).silence_days


def _write(pairing: Pairing, now: datetime, **columns: Any) -> None:
    """Change how a silence is counted; if it is counted, it is looked at anew."""
    begun = {"heard_at": now, "youth_id": pairing.youth_id, "conversation_id": pairing.conversation_id}
    warmth, _ = PairingWarmth.objects.get_or_create(pairing=pairing, defaults=begun)
    due = {"due_at": now} if warmth.due_at is not None else {}
    PairingWarmth.objects.filter(pairing=pairing).update(**columns, **due)


def _consider(warmth: PairingWarmth, now: datetime) -> datetime | None:
    """Remind if it is time; return when to look again."""
    pairing = warmth.pairing
    if pairing.state != "active":
        return now + _LOOK_AGAIN if pairing.state in ("paused", "closing") else None
    days = warmth.silence_days or get_buddy_settings(pairing.team_id).silence_days
    due = find_due(warmth.nudged_at or warmth.heard_at, warmth.nudges, days, _list_stretches(pairing, now))
    due = max(due, warmth.quiet_until or due)
    if due > now:
        return due
    if find_cover(pairing.id) is not None:
        return now + _LOOK_AGAIN
    hours = find_reachability(pairing.expert_id, now)
    if not hours.open:
        return hours.next_opening or now + _LOOK_AGAIN
    warmth.nudges, warmth.nudged_at = warmth.nudges + 1, now
    _remind(warmth, now)
    return find_due(now, warmth.nudges, days, ())


def _list_stretches(pairing: Pairing, now: datetime) -> list[tuple[datetime, datetime]]:
    found = PairingCover.objects.filter(pairing=pairing).values_list("since", "ended_at")
    return [(since, ended_at or now) for since, ended_at in found]


def _remind(warmth: PairingWarmth, now: datetime) -> None:
    pairing, days = warmth.pairing, (now - warmth.heard_at).days
    note = PairingText.objects.filter(pairing=pairing, kind="note").order_by("-written_at", "-id").first()
    conversation = str(pairing.conversation_id) if pairing.conversation_id else None
    refs: dict[str, Any] = {"pairing": str(pairing.id), "days": days}
    noted = refs | {"text": str(note.id) if note else None}
    marks = [EventDraft(str(pairing.expert_id), NUDGE, conversation, None, noted)]
    if warmth.nudges == TELL_COORDINATOR_AT:
        marks.append(EventDraft(str(pairing.coordinator_id), SILENT, conversation, None, refs))
        fact = YouthWentSilent(
            str(pairing.id), str(pairing.team_id), str(pairing.youth_id), str(pairing.expert_id), conversation, days
        )
        record_facts([fact], now=now)
    tell(marks, now=now)
